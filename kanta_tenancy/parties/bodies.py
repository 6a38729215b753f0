"""Parties as the API shows and takes them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import ContactId, OrganisationId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.parties import soteri, wording
from kanta_tenancy.parties.model import (
    AccessKey,
    Contact,
    ContactPerson,
    Finding,
    Function,
    NewContact,
    NewEvidence,
    NewKey,
    NewOrganisation,
    Organisation,
    OrganisationChange,
    PartyFacts,
    Permission,
    SoteriEvidence,
    TenancyLine,
    TheParties,
)
from kanta_tenancy.parties.tokens import Token

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
BusinessId = Annotated[str, msgspec.Meta(max_length=20, description="Y-tunnus, FO-nummer", examples=["0246246-0"])]
Oid = Annotated[
    str, msgspec.Meta(max_length=200, description="National identifier", examples=["1.2.246.10.2462460.10.0"])
]
Until = Annotated[date, msgspec.Meta(description="The first day on which it no longer holds")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class SaidOrganisation(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can change about an organisation."""

    name: Annotated[Line, msgspec.Meta(description="As in the trade register")]
    language: Annotated[Language, msgspec.Meta(description="The language that it is written to in")]
    parallel_names: Annotated[
        Mapping[Language, Line], msgspec.Meta(description="Its registered names in other languages, by language")
    ] = {}
    oid: Oid | None = None

    def change(self) -> OrganisationChange:
        return OrganisationChange(**asdict(self))


class SaidNewOrganisation(SaidOrganisation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation to register."""

    business_id: BusinessId

    def new(self) -> NewOrganisation:
        return NewOrganisation(**asdict(self))


class SaidContact(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person and the function that they are there for."""

    name: Line
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    function: Function
    valid_from: Annotated[date, msgspec.Meta(description="The first day, in Finland")]
    valid_until: Until | None = None
    phone: Annotated[str, msgspec.Meta(max_length=40)] | None = None

    def new(self) -> NewContact:
        return NewContact(**asdict(self))


class SaidTenancy(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which organisation becomes a tenant."""

    organisation_id: UUID
    reference: Annotated[Line, msgspec.Meta(description="Your own number for it; else its business id")] | None = None


class SaidEvidence(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look into the Soteri register (K1.2)."""

    entry_reference: Annotated[Line, msgspec.Meta(description="As the register shows it")]
    checked_on: date
    checked_by: Line
    finding: Finding = Finding.REGISTERED
    document_name: Line | None = None
    document_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{64}$")] | None = None

    def new(self) -> NewEvidence:
        return NewEvidence(**asdict(self))


class SaidWithdrawal(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why evidence does not count any more."""

    reason: Line


class SaidKey(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a key is for: one contact of the organisation, or one system by its name."""

    organisation_id: UUID
    permissions: Annotated[frozenset[Permission], msgspec.Meta(min_length=1)]
    contact_id: UUID | None = None
    system_name: Line | None = None
    expires_at: (
        Annotated[Instant, msgspec.Meta(description="A year from now when left out; never after the key that makes it")]
        | None
    ) = None

    def new(self) -> NewKey:
        return NewKey(
            organisation_id=OrganisationId(self.organisation_id),
            permissions=self.permissions,
            contact_id=None if self.contact_id is None else ContactId(self.contact_id),
            system_name=self.system_name,
            expires_at=self.expires_at,
        )


class OrganisationsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    business_id: BusinessId | None = None


class ShownOrganisation(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None
    business_id: str
    name: str
    parallel_names: Mapping[Language, str]
    language: Language
    oid: str | None
    version: int
    created_at: datetime
    warnings: Annotated[tuple[Flaw, ...], msgspec.Meta(description="What is odd, but allowed")]


class ShownContact(Body, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    name: str
    email: str
    phone: str | None
    function: Function
    valid_from: date
    valid_until: date | None
    version: int
    created_at: datetime


class ShownTenancy(Body, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    business_id: str
    name: str
    reference: str
    created_at: datetime


class ShownParty(Body, frozen=True, kw_only=True):
    """A party as an agreement made today would name it."""

    organisation_id: UUID
    business_id: str
    name: str
    parallel_names: Mapping[Language, str]
    language: Language
    oid: str | None
    contact: Annotated[ContactPerson | None, msgspec.Meta(description="For agreement matters")]
    warnings: Annotated[tuple[Flaw, ...], msgspec.Meta(description="What its Soteri evidence lacks today (K1.2)")]


class ShownTenancyWithParties(ShownTenancy, frozen=True, kw_only=True):
    main_connector: ShownParty
    tenant: ShownParty


class ShownEvidence(Body, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    finding: Finding
    entry_reference: str
    checked_on: date
    checked_by: str
    document_name: str | None
    document_sha256: str | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    version: int
    recheck_due: Annotated[date, msgspec.Meta(description="The last day for the next yearly look")]


class ShownKey(Body, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    tenancy_id: UUID | None
    contact_id: UUID | None
    system_name: str | None
    permissions: tuple[Permission, ...]
    version: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_hour: Annotated[datetime | None, msgspec.Meta(description="When that hour began")]


class MadeKey(ShownKey, frozen=True, kw_only=True):
    token: Annotated[str, msgspec.Meta(description="The key itself. It is shown this once, and kept nowhere")]


def shown_organisation(organisation: Organisation) -> ShownOrganisation:
    doubt = wording.doubt_about_oid(organisation.oid, organisation.business_id)
    return ShownOrganisation(**asdict(organisation), warnings=() if doubt is None else (doubt,))


def shown_contact(contact: Contact) -> ShownContact:
    return ShownContact(**_without(contact, "tenancy_id"))


def shown_tenancy(tenancy: TenancyLine) -> ShownTenancy:
    return ShownTenancy(**asdict(tenancy))


def shown_with_parties(tenancy: TenancyLine, both: TheParties, today: date) -> ShownTenancyWithParties:
    return ShownTenancyWithParties(
        **asdict(tenancy), main_connector=_party(both.main_connector, today), tenant=_party(both.tenant, today)
    )


def shown_evidence(evidence: SoteriEvidence) -> ShownEvidence:
    due = soteri.recheck_due(evidence.checked_on)
    return ShownEvidence(**_without(evidence, "tenancy_id"), version=evidence.version, recheck_due=due)


def shown_key(key: AccessKey) -> ShownKey:
    return ShownKey(**asdict(key))


def made_key(key: AccessKey, token: Token) -> MadeKey:
    return MadeKey(**asdict(key), token=token.text)


def _party(facts: PartyFacts, today: date) -> ShownParty:
    found = (soteri.missing(facts.soteri, today), soteri.recheck_overdue(facts.soteri, today))
    return ShownParty(**_without(facts, "role", "soteri"), warnings=tuple(flaw for flaw in found if flaw is not None))


def _without(struct: msgspec.Struct, *fields: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(struct).items() if name not in fields}
