"""Who the parties are: organisations, tenancies, contacts, Soteri evidence, access keys (K1.1, K1.2)."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import AccessKeyId, ContactId, MainConnectorId, OrganisationId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Role(enum.StrEnum):
    """A relation, not a kind of organisation: one firm may be both, in two realms (K1.1)."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"
    NONE = "none"  # registered, but neither yet


class Function(enum.StrEnum):
    """What a person is the contact for."""

    AGREEMENTS = "agreements"  # clauses 1 and 20: offers, notices and everything about the agreement itself
    SIGNATORY = "signatory"  # clause 21
    ADMINISTRATOR = "administrator"  # who looks after contacts and access keys here
    DISTURBANCES = "disturbances"  # clause 4.1: the person named for reports
    DATA_PROTECTION_OFFICER = "data_protection_officer"  # clause 17
    INFORMATION_SECURITY = "information_security"  # clauses 2 and 11
    ARCHIVIST = "archivist"  # clause 12
    RESPONSIBLE_PHYSICIAN = "responsible_physician"  # clause 15
    TECHNICAL = "technical"  # clauses 3, 5 and 7
    FEES = "fees"  # clause 18


class Finding(enum.StrEnum):
    """What a look into the Soteri register found."""

    REGISTERED = "registered"
    NOT_REGISTERED = "not_registered"  # never, or no longer


class Permission(enum.StrEnum):
    """What a key lets its holder do; every route names the one that it needs."""

    PARTIES_READ = "parties.read"
    PARTIES_WRITE = "parties.write"
    AGREEMENTS_READ = "agreements.read"
    AGREEMENTS_DRAFT = "agreements.draft"
    AGREEMENTS_OFFER = "agreements.offer"
    AGREEMENTS_SIGN = "agreements.sign"
    AGREEMENTS_END = "agreements.end"  # notices
    AGREEMENTS_RESCIND = "agreements.rescind"
    AGREEMENTS_RECORD = "agreements.record"  # what happened outside this service
    MODELS_READ = "models.read"
    MODELS_WRITE = "models.write"
    KEYS_MANAGE = "keys.manage"
    JOURNAL_READ = "journal.read"
    PROMISES_READ = "promises.read"
    PROMISES_KEEP = "promises.keep"
    MESSAGES_READ = "messages.read"
    MESSAGES_MANAGE = "messages.manage"
    CALENDAR_MANAGE = "calendar.manage"
    JOINING_READ = "joining.read"
    JOINING_WRITE = "joining.write"
    TRUST_READ = "trust.read"
    TRUST_MANAGE = "trust.manage"
    SYSTEMS_READ = "systems.read"
    SYSTEMS_WRITE = "systems.write"
    CERTIFICATES_READ = "certificates.read"
    CERTIFICATES_WRITE = "certificates.write"
    DISTURBANCES_READ = "disturbances.read"
    DISTURBANCES_REPORT = "disturbances.report"  # and fulfil duties of one's own
    DISTURBANCES_MANAGE = "disturbances.manage"
    RENEWALS_READ = "renewals.read"
    RENEWALS_RECEIVE = "renewals.receive"  # told by the system that requests reach
    RENEWALS_ANSWER = "renewals.answer"  # and that patients were told
    RENEWALS_MANAGE = "renewals.manage"  # who prescribes, and is there
    RENEWALS_DECIDE = "renewals.decide"  # units, whether they receive, and how requests are followed
    BREACHES_READ = "breaches.read"
    BREACHES_WRITE = "breaches.write"


TENANT_PERMISSIONS: Final = frozenset(
    {
        Permission.PARTIES_READ,
        Permission.PARTIES_WRITE,  # its own contacts only
        Permission.AGREEMENTS_READ,
        Permission.AGREEMENTS_SIGN,
        Permission.AGREEMENTS_END,
        Permission.KEYS_MANAGE,  # its own keys only
        Permission.JOURNAL_READ,
        Permission.PROMISES_READ,
        Permission.PROMISES_KEEP,  # its own only
        Permission.MESSAGES_READ,  # to its own endpoints only
        Permission.MESSAGES_MANAGE,  # its own endpoints only
        Permission.CALENDAR_MANAGE,
        Permission.TRUST_READ,  # what its main connector trusts
        Permission.SYSTEMS_READ,  # what serves it
        Permission.CERTIFICATES_READ,  # its own only
        Permission.DISTURBANCES_READ,  # what it reported and was told
        Permission.DISTURBANCES_REPORT,
        Permission.RENEWALS_READ,  # its own only
        Permission.RENEWALS_ANSWER,  # its own only
        Permission.RENEWALS_MANAGE,  # its own prescribers only
        Permission.BREACHES_READ,  # its own register
        Permission.BREACHES_WRITE,  # its own register
    }
)


class MainConnector(Record, frozen=True, kw_only=True):
    """A realm by its owner. Two realms see nothing of each other."""

    id: MainConnectorId
    organisation_id: OrganisationId
    business_id: str
    name: str


class NewOrganisation(Record, frozen=True, kw_only=True):
    business_id: str
    name: str  # as in the trade register
    language: Language  # the one it is written to in
    parallel_names: Mapping[Language, str] = {}
    oid: str | None = None


class OrganisationChange(Record, frozen=True, kw_only=True):
    """All that can change: who has another business id is another organisation, which joins anew."""

    name: str
    language: Language
    parallel_names: Mapping[Language, str] = {}
    oid: str | None = None


class Organisation(Record, frozen=True, kw_only=True):
    id: OrganisationId
    tenancy_id: TenancyId | None  # None: the main connector itself, or one that is not a tenant (yet)
    business_id: str  # 1234567-8
    name: str
    parallel_names: Mapping[Language, str]
    language: Language
    oid: str | None
    version: int
    created_at: datetime


class NewContact(Record, frozen=True, kw_only=True):
    name: str
    email: str
    function: Function
    valid_from: date  # Europe/Helsinki
    valid_until: date | None = None  # exclusive; None: until further notice
    phone: str | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A person whom an organisation has named for one function, for as long as that holds."""

    id: ContactId
    organisation_id: OrganisationId
    tenancy_id: TenancyId | None
    name: str
    email: str
    phone: str | None
    function: Function
    valid_from: date
    valid_until: date | None
    version: int
    created_at: datetime


class Tenancy(Record, frozen=True, kw_only=True):
    """That an organisation is the main connector's tenant; there is one for each organisation of a realm."""

    id: TenancyId
    organisation_id: OrganisationId
    reference: str  # the main connector's own number for it; the tenant's business id where none was given
    created_at: datetime


class TenancyLine(Record, frozen=True, kw_only=True):
    """A tenancy as a list shows it."""

    id: TenancyId
    organisation_id: OrganisationId
    reference: str
    created_at: datetime
    business_id: str
    name: str


class NamedOnDay(Record, frozen=True, kw_only=True):
    """A party by its name on a day; the rest is as it is now."""

    organisation_id: OrganisationId
    tenancy_id: TenancyId | None  # None: the main connector
    reference: str | None
    business_id: str
    oid: str | None
    name: str


class NewEvidence(Record, frozen=True, kw_only=True):
    entry_reference: str  # as Soteri shows it: no fixed form of it is known, so free text
    checked_on: date
    checked_by: str
    finding: Finding = Finding.REGISTERED
    document_name: str | None = None
    document_sha256: str | None = None


class SoteriEvidence(Record, frozen=True, kw_only=True):
    """What somebody saw of a party in the Soteri register on a day (K1.2). Never edited; a mistake is withdrawn."""

    id: UUID
    organisation_id: OrganisationId
    tenancy_id: TenancyId | None
    finding: Finding
    entry_reference: str
    checked_on: date
    checked_by: str
    document_name: str | None
    document_sha256: str | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str | None

    @property
    def version(self) -> int:
        """1 as it was recorded, 2 once it is withdrawn: no other change can happen to it."""
        return 1 if self.withdrawn_at is None else 2


class EvidenceChanged(Record, frozen=True, kw_only=True, tag="soteri_evidence.changed"):
    """Said when a look into the Soteri register was recorded or taken back, so that the next one can be owed."""

    evidence_id: UUID
    organisation_id: OrganisationId
    at: datetime


class SoteriCheck(Record, frozen=True, kw_only=True):
    """The part of the evidence that the rule of K1.2 reads."""

    id: UUID
    finding: Finding
    entry_reference: str
    checked_on: date
    recorded_at: datetime


class ContactPerson(Record, frozen=True, kw_only=True):
    id: ContactId
    name: str
    email: str
    phone: str | None


class Person(Record, frozen=True, kw_only=True):
    """Somebody to write to, in the language that their organisation is written to in."""

    id: ContactId
    name: str
    email: str
    language: Language


class Reachable(Person, frozen=True, kw_only=True):
    """Somebody at a tenant, with what they are there for and how else they are reached."""

    tenancy_id: TenancyId
    function: Function
    phone: str | None


class PartyFacts(Record, frozen=True, kw_only=True):
    """What an agreement needs to know of a party on a day."""

    role: Role
    organisation_id: OrganisationId
    business_id: str
    name: str
    parallel_names: Mapping[Language, str]
    language: Language
    oid: str | None
    contact: ContactPerson | None  # for agreement matters; else who signs, else who administers
    soteri: tuple[SoteriCheck, ...]  # not withdrawn, oldest first


class NamedParty(Record, frozen=True, kw_only=True):
    """What a party was called on a day."""

    role: Role
    organisation_id: OrganisationId
    name: str


class FactsOfTenancy(PartyFacts, frozen=True, kw_only=True):
    """A party's facts where several tenancies are asked for."""

    tenancy_id: TenancyId


class TheParties(Record, frozen=True, kw_only=True):
    tenancy_id: TenancyId
    main_connector: PartyFacts
    tenant: PartyFacts


class NewKey(Record, frozen=True, kw_only=True):
    """Whom a key is for, and what it lets them do. It belongs to a contact or to a system, never to both."""

    organisation_id: OrganisationId
    permissions: frozenset[Permission]
    contact_id: ContactId | None = None
    system_name: str | None = None
    expires_at: datetime | None = None  # None: one year from now


class AccessKey(Record, frozen=True, kw_only=True):
    """A key without its secret, which only its holder knows."""

    id: AccessKeyId
    organisation_id: OrganisationId
    tenancy_id: TenancyId | None  # None: a key of the main connector
    contact_id: ContactId | None
    system_name: str | None
    permissions: tuple[Permission, ...]  # in alphabetical order
    version: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_hour: datetime | None


class KeyFound(Record, frozen=True, kw_only=True):
    """What is told of a key across realms, to the one place that compares secrets."""

    id: AccessKeyId
    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None
    contact_id: ContactId | None
    system_name: str | None
    permissions: frozenset[str]
    secret_sha256: bytes
    expires_at: datetime
    revoked_at: datetime | None
    holder_valid: bool  # false: the contact that it belongs to is not, or no longer, one
