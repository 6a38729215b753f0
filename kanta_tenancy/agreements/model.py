"""What an agreement between a main connector and a tenant is (clauses 1, 20 and 21, Annex 1)."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Status(enum.StrEnum):
    DRAFT = "draft"  # the main connector writes it; the tenant does not see it
    OFFERED = "offered"  # its content is frozen and both parties see it
    PARTLY_SIGNED = "partly_signed"  # at least one signatory has signed, and at least one has not
    IN_FORCE = "in_force"  # from the day of the last signature until further notice
    WITHDRAWN = "withdrawn"  # given up before it was in force


class Party(enum.StrEnum):
    """A side of the agreement. One organisation may be either, in different agreements."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"


class Register(enum.StrEnum):
    """A register whose technical upkeep the tenant hands over (clause 1)."""

    CLIENT = "client_register"
    PATIENT = "patient_register"
    LOG = "log_register"


class Signatory(Record, frozen=True, kw_only=True):
    """Someone who signs for a party, and by what mandate."""

    party: Party
    position: int  # 1 or 2: two sign jointly
    name: str
    title: str
    mandate: str  # on what ground they may sign, such as an office entered in the trade register
    email: str = ""
    line: UUID | None = None  # the signature line in the document; drawn when the agreement is offered


class Signature(Record, frozen=True, kw_only=True):
    """A signature that was verified against the offer and accepted."""

    party: Party
    position: int
    signed_at: datetime  # when the service accepted it
    claimed_at: datetime  # the time that the signature itself states
    certificate_sha256: str
    certificate_subject: str


class Agreement(Record, frozen=True, kw_only=True):
    """One agreement with a tenant, as it is now."""

    id: AgreementId
    tenancy_id: TenancyId
    reference: str  # what people call it by, such as 2026-7K3QF9TD
    status: Status
    version: int  # counts changes; a change names the version that it was computed from
    language: Language  # one document, one language
    model: str
    model_version: str
    services: tuple[str, ...]  # keys of the catalogue, ticked in Annex 1
    registers: tuple[Register, ...]
    originals: int
    signatories: tuple[Signatory, ...]
    signatures: tuple[Signature, ...] = ()
    created_at: datetime
    offered_at: datetime | None = None
    content_sha256: str | None = None  # of the document without its signatures; what everybody signs
    in_force_on: date | None = None  # Europe/Helsinki
    ended_at: datetime | None = None
    withdrawn_because: str | None = None


class Summary(Record, frozen=True, kw_only=True):
    """An agreement as a list shows it."""

    id: AgreementId
    tenancy_id: TenancyId
    reference: str
    status: Status
    version: int
    language: Language
    created_at: datetime
    offered_at: datetime | None
    in_force_on: date | None


class Draft(Record, frozen=True, kw_only=True):
    """What the main connector decides before it offers."""

    language: Language
    model: str
    model_version: str
    services: tuple[str, ...]
    registers: tuple[Register, ...]
    signatories: tuple[Signatory, ...]


class NamedService(Record, frozen=True, kw_only=True):
    """A service as Annex 1 shows it: by its name on the day of the offer."""

    key: str
    name: str
    ticked: bool


class PartyAsOffered(Record, frozen=True, kw_only=True):
    """A party as it was on the day of the offer."""

    name: str
    business_id: str
    oid: str
    soteri: str  # reference of its entry in the Soteri register, and the day when that was checked
    contact: str
    email: str


class Content(Record, frozen=True, kw_only=True):
    """Everything that an offer freezes. The document is rendered from this and the model alone."""

    agreement_id: AgreementId
    reference: str
    language: Language
    model: str
    model_version: str
    model_sha256: str
    offered_on: date
    main_connector: PartyAsOffered
    tenant: PartyAsOffered
    services: tuple[NamedService, ...]
    registers: tuple[str, ...]
    laws: tuple[str, ...]  # those in force on the day of the offer, by name (clause 1)
    originals: int
    signatories: tuple[Signatory, ...]


class AgreementOffered(Record, frozen=True, kw_only=True, tag="agreement.offered"):
    agreement_id: AgreementId
    at: datetime


class AgreementSigned(Record, frozen=True, kw_only=True, tag="agreement.signed"):
    agreement_id: AgreementId
    party: Party
    position: int
    at: datetime


class AgreementInForce(Record, frozen=True, kw_only=True, tag="agreement.in_force"):
    agreement_id: AgreementId
    on: date
    at: datetime


class AgreementWithdrawn(Record, frozen=True, kw_only=True, tag="agreement.withdrawn"):
    agreement_id: AgreementId
    because: str
    at: datetime


class Document(Record, frozen=True, kw_only=True):
    """The DOCX of an agreement with so many signatures."""

    signatures: int
    sha256: str
    content: bytes
    at: datetime


class Clause(Record, frozen=True, kw_only=True):
    number: str  # such as 17.1; empty for an annex
    heading: str
    paragraphs: tuple[str, ...]


class FrozenModel(Record, frozen=True, kw_only=True):
    """A model agreement in one language, which nothing changes any more."""

    name: str
    version: str
    language: Language
    content_sha256: str
    clauses: tuple[Clause, ...]
    imported_at: datetime | None = None  # None: it travels with the program


class ModelFile(Record, frozen=True, kw_only=True):
    content: bytes
    content_sha256: str


class Receipt(Record, frozen=True, kw_only=True):
    """That a party holds its original: the same bytes for each, and a receipt of its own (clause 21)."""

    party: Party
    sha256: str
    at: datetime
