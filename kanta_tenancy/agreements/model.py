"""What an agreement between a main connector and a tenant is (clauses 1, 20 and 21, Annex 1)."""

import enum
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.ends import Ground, last_day_before
from kanta_tenancy.kernel.acting import Scope
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.levels import Level

OUR_MODEL: Final = "main-connector-tenant"  # the model agreement that travels with the program
EARLIER: Final = "earlier"  # the model of imported agreements, whose text is not known here


class Status(enum.StrEnum):
    DRAFT = "draft"  # the main connector writes it; the tenant does not see it
    OFFERED = "offered"  # its content is frozen and both parties see it
    PARTLY_SIGNED = "partly_signed"  # at least one signatory has signed, and at least one has not
    IN_FORCE = "in_force"  # from the day of the last signature until further notice, or until an end that is known
    AGREED = "agreed"  # an amendment that all have signed; Annex 1 says so from its day
    ENDED = "ended"  # it was in force, and is no longer
    WITHDRAWN = "withdrawn"  # given up before it was in force


class Origin(enum.StrEnum):
    HERE = "here"  # drafted, offered and signed through this service
    IMPORTED = "imported"  # signed before, and brought in with its dates


class Form(enum.StrEnum):
    """What an original is: that of an imported agreement, or the one that a party holds."""

    PAPER = "paper"
    FILE = "file"


class Manner(enum.StrEnum):
    """How somebody signed; it never changes."""

    DIGITAL = "digital"  # in the document, with a certificate that can be verified
    PAPER = "paper"  # by hand; what is here is a scan, which nothing can verify


class Party(enum.StrEnum):
    """A side of the agreement. One organisation may be either, in different agreements."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"


def party_of(scope: Scope) -> Party:
    """Return the side of the agreement that a caller is on."""
    return Party.MAIN_CONNECTOR if scope.tenancy_id is None else Party.TENANT


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
    mandate_id: UUID | None = None  # the mandate on record by which they sign; None: none is on record


class LaterScan(Record, frozen=True, kw_only=True):
    """A better scan of a paper that was signed; the earlier ones stay."""

    exhibit_id: UUID
    because: str
    at: datetime
    put_down_by: Party


class OnPaper(Record, frozen=True, kw_only=True):
    """What is known of a signature on paper."""

    signed_on: date  # as the paper says
    received_on: date  # when it reached the other party; its signature counts from that day
    received_by: str  # the person
    put_down_by: Party
    exhibit_id: UUID  # the scan as it was first brought
    later_scans: tuple[LaterScan, ...] = ()  # oldest first


class Judged(Record, frozen=True, kw_only=True):
    """How a digital signature was judged when it was accepted, by what the main connector trusted then."""

    indication: str  # in the words of ETSI EN 319 102-1
    sub_indication: str | None
    trust: str  # passed, or unknown: it leads to nobody that is trusted
    revocation: str  # passed, or unknown: nobody says whether it was revoked


class Signature(Record, frozen=True, kw_only=True):
    """A signature that was accepted: verified against the offer, or on paper, of which there is a scan."""

    party: Party
    position: int
    signed_at: datetime  # when the service accepted it
    claimed_at: datetime | None = None  # the time that a digital signature itself states
    certificate_sha256: str | None = None
    certificate_subject: str | None = None
    manner: Manner = Manner.DIGITAL
    paper: OnPaper | None = None
    mandate_id: UUID | None = None  # the mandate that was valid when this was signed; None: none was on record
    level: Level | None = None  # that it has reached; None: it is on paper
    level_wanted: Level | None = None  # by the policy when it was accepted; above `level`, the rest is owed
    judged: Judged | None = None  # None: it is on paper, or older than judging

    @property
    def owes_level(self) -> bool:
        """Whether it is to reach a higher level than it has."""
        return self.level is not None and self.level_wanted is not None and not self.level.reaches(self.level_wanted)

    @property
    def counts_from(self) -> datetime:
        """From when it binds: a digital one when it was accepted, a paper when it was received."""
        if self.paper is None or self.paper.received_on >= day_in_finland(self.signed_at):
            return self.signed_at
        return start_of_day(self.paper.received_on)


class Agreement(Record, frozen=True, kw_only=True):
    """One agreement with a tenant, or an amendment of one's Annex 1, as it is now.

    An amendment is drafted, offered and signed as an agreement is; it ends with the agreement that it amends.
    """

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
    revision: int = 0  # of its document: counts upgrades since the last signature in it
    created_at: datetime
    offered_at: datetime | None = None
    content_sha256: str | None = None  # of the document without its signatures; what everybody signs
    in_force_on: date | None = None  # Europe/Helsinki
    ended_at: datetime | None = None  # when it was given up, or when the service put down that it has ended
    withdrawn_because: str | None = None
    origin: Origin = Origin.HERE
    form: Form | None = None
    exhibit_id: UUID | None = None  # the scan or file of an imported one
    amends: AgreementId | None = None  # the agreement whose Annex 1 this amendment changes
    effective_on: date | None = None  # of an amendment: from when it is meant to hold
    in_force_from: datetime | None = None
    in_force_until: datetime | None = None  # exclusive; it may be still to come, or past and not put down yet
    end_ground: Ground | None = None
    end_source: UUID | None = None
    end_explanation: Explanation | None = None

    @property
    def last_day(self) -> date | None:
        """The last day in Finland on which it is in force, as far as that is known."""
        return None if self.in_force_until is None else last_day_before(self.in_force_until)

    @property
    def digital_signatures(self) -> int:
        """How many signatures its document carries."""
        return sum(one.manner is Manner.DIGITAL for one in self.signatures)


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
    amends: AgreementId | None
    origin: Origin
    in_force_until: datetime | None


class Earlier(Record, frozen=True, kw_only=True):
    """An agreement that was signed before this system, with its dates; in force when it is brought in."""

    in_force_on: date
    model_version: str  # of the text that it was made on, such as 1.3
    form: Form
    language: Language
    services: tuple[str, ...]
    registers: tuple[Register, ...] = ()
    reference: str | None = None  # what the parties call it by; None: one is made
    exhibit_id: UUID | None = None


class Draft(Record, frozen=True, kw_only=True):
    """What the main connector decides before it offers."""

    language: Language
    model: str
    model_version: str
    services: tuple[str, ...]
    registers: tuple[Register, ...]
    signatories: tuple[Signatory, ...]
    effective_on: date | None = None  # of an amendment


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
    amended: str | None = None  # an amendment: the reference of the agreement that it amends
    effective_on: date | None = None


class AgreementOffered(Record, frozen=True, kw_only=True, tag="agreement.offered"):
    agreement_id: AgreementId
    at: datetime


class AgreementSigned(Record, frozen=True, kw_only=True, tag="agreement.signed"):
    agreement_id: AgreementId
    party: Party
    position: int
    at: datetime
    manner: Manner


class SignatureRaised(Record, frozen=True, kw_only=True, tag="agreement.signature_raised"):
    """A signature has reached a higher level; the document is another revision now, and says the same."""

    agreement_id: AgreementId
    party: Party
    position: int
    level: Level
    at: datetime


class AgreementInForce(Record, frozen=True, kw_only=True, tag="agreement.in_force"):
    agreement_id: AgreementId
    on: date
    at: datetime


class AgreementImported(Record, frozen=True, kw_only=True, tag="agreement.imported"):
    agreement_id: AgreementId
    in_force_on: date
    at: datetime


class AmendmentAgreed(Record, frozen=True, kw_only=True, tag="agreement.amendment_agreed"):
    agreement_id: AgreementId  # the amendment
    amends: AgreementId
    since: date
    at: datetime


class AgreementEnding(Record, frozen=True, kw_only=True, tag="agreement.ending"):
    """The end of an agreement in force became known, changed, or (`until` is null) fell away."""

    agreement_id: AgreementId
    ground: Ground | None
    until: datetime | None
    at: datetime


class AgreementEnded(Record, frozen=True, kw_only=True, tag="agreement.ended"):
    agreement_id: AgreementId
    ground: Ground
    until: datetime  # the legal end
    at: datetime  # when it was put down


class EndingCompleted(Record, frozen=True, kw_only=True, tag="agreement.ending_completed"):
    """All that had to be done for an ending is done or not needed, and no hold stands."""

    agreement_id: AgreementId
    at: datetime


class AgreementWithdrawn(Record, frozen=True, kw_only=True, tag="agreement.withdrawn"):
    agreement_id: AgreementId
    because: str
    at: datetime


class Document(Record, frozen=True, kw_only=True):
    """The DOCX of an agreement with so many signatures; a later revision has signatures of higher levels."""

    signatures: int
    revision: int = 0
    sha256: str
    content: bytes
    at: datetime


class Receipt(Record, frozen=True, kw_only=True):
    """That a party holds its original, with a receipt of its own (clause 21).

    Parties that signed the document hold the same bytes; one that signed on paper holds the paper.
    """

    party: Party
    form: Form = Form.FILE
    sha256: str  # of the document, or of the scan of the paper
    at: datetime
    seal: str | None = None  # the service's, once it is made: a JSON Web Signature in its compact form
