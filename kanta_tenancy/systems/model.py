"""What information systems and intermediaries are, who answers for them, and which services run on them (K3.1)."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record


class SystemKind(enum.StrEnum):
    """What an entry of the register is of (Act 703/2023, section 3)."""

    INFORMATION_SYSTEM = "information_system"
    INTERMEDIARY = "intermediary"  # who may see client data unencrypted while it connects or runs somebody's system


class SystemState(enum.StrEnum):
    PLANNED = "planned"
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"  # no longer in use, or given up before it was


class CertificateKind(enum.StrEnum):
    """By what a system shows that it conforms (Act 703/2023, section 85)."""

    SECURITY = "security"  # of an information security inspection body, section 87; it ends
    INTEROPERABILITY = "interoperability"  # of Kela, after joint testing, section 86


class Firm(Record, frozen=True, kw_only=True):
    """Who answers for a system, or makes it, and how it is reached when the system fails."""

    name: str
    business_id: str | None = None  # a maker abroad has none
    email: str | None = None
    phone: str | None = None


class Upkeep(Record, frozen=True, kw_only=True):
    """Who keeps a system running, and whom its users call."""

    keeper: str
    support_email: str | None = None
    support_phone: str | None = None
    service_hours: str | None = None  # as people write it: no machine reads it


class RegisterEntry(Record, frozen=True, kw_only=True):
    """What somebody saw of a system in the national register of information systems, Astori (section 80)."""

    reference: str
    checked_on: date


class NewRelease(Record, frozen=True, kw_only=True):
    """A version of a system as its maker numbers them, and in which period it is in use. A day to come is a plan."""

    number: str
    since: date
    until: date | None = None  # exclusive; None: until further notice


class Release(NewRelease, frozen=True, kw_only=True):
    id: UUID


class NewCertificate(Record, frozen=True, kw_only=True):
    """A certificate of conformity, as it says."""

    kind: CertificateKind
    issuer: str
    number: str
    granted_on: date
    last_day: date | None = None  # None: it does not end; a security certificate does


class Certificate(NewCertificate, frozen=True, kw_only=True):
    """A certificate of conformity of a system. Never edited; an extension is another one, a mistake is withdrawn."""

    id: UUID
    recorded_at: datetime
    # Of the certificates of one kind that a system has, the one with the latest last day stands.
    stands_since: datetime | None  # when it came to stand the last time; None: it does not stand
    turns: int  # how many times it came to stand
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    document_name: str | None = None
    document_sha256: str | None = None


class Document(Record, frozen=True, kw_only=True):
    """The file that shows a certificate; its bytes are read apart."""

    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime


class SaidSystem(Record, frozen=True, kw_only=True):
    """What is said of a system, and can be said anew."""

    kind: SystemKind
    name: str
    system_class: str  # a key of data/classes.toml
    producer: Firm  # who answers for it towards those who use it
    manufacturer: Firm | None = None  # None: the producer makes it too
    upkeep: Upkeep | None = None
    register_entry: RegisterEntry | None = None


class InformationSystem(SaidSystem, frozen=True, kw_only=True):
    """An information system, or the service of an intermediary, in the main connector's register."""

    id: UUID
    state: SystemState
    version: int
    created_at: datetime
    in_use_on: date | None = None  # the first day
    withdrawn_on: date | None = None  # the first day no longer
    withdrawn_because: str | None = None
    releases: tuple[Release, ...] = ()  # by their first day
    certificates: tuple[Certificate, ...] = ()  # in the order in which they were recorded


class ListedSystem(Record, frozen=True, kw_only=True):
    """A system as a list shows it."""

    id: UUID
    kind: SystemKind
    name: str
    system_class: str
    producer: Firm
    state: SystemState
    version: int
    security_last_day: date | None  # of the security certificate that stands


class SystemPosition(Record, frozen=True, kw_only=True):
    """Where a page of systems ended, by name."""

    name: str  # as the list orders it
    id: UUID


class Deployment(Record, frozen=True, kw_only=True):
    """That a Kanta service of a tenant, or of the main connector itself, runs on a system in a period."""

    id: UUID
    system_id: UUID
    service: str  # a key of the catalogue
    tenancy_id: TenancyId | None  # None: the main connector itself
    since: date
    until: date | None  # exclusive; None: until further notice
    version: int
    created_at: datetime

    def is_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Dependency(Record, frozen=True, kw_only=True):
    """A service of somebody, on a day, with the system that it runs on."""

    deployment_id: UUID
    service: str
    since: date
    until: date | None
    system_id: UUID
    kind: SystemKind
    name: str
    system_class: str
    state: SystemState
    producer: Firm
    upkeep: Upkeep | None
    security_last_day: date | None  # of the security certificate that stands


class Dependant(Record, frozen=True, kw_only=True):
    """Whose service stands behind a system on a day."""

    deployment_id: UUID
    tenancy_id: TenancyId | None  # None: the main connector itself
    holder: UUID  # the tenancy, or the main connector
    service: str
    since: date
    until: date | None


class DependantPosition(Record, frozen=True, kw_only=True):
    """Where a page of those who stand behind a system ended."""

    holder: UUID
    service: str


class Reach(Record, frozen=True, kw_only=True):
    """How much stands behind a system on a day."""

    tenants: int
    deployments: int


class EndingCertificate(Record, frozen=True, kw_only=True):
    """A certificate that stands and ends, with the system that it is of."""

    id: UUID
    system_id: UUID
    system: str
    state: SystemState
    kind: CertificateKind
    issuer: str
    number: str
    granted_on: date
    last_day: date
    stands_since: datetime
    turns: int
    warned: tuple[int, ...]  # the warnings that were given or overtaken, by days before its end, in no order


class EndingPosition(Record, frozen=True, kw_only=True):
    """Where a page of certificates ended, by last day."""

    last_day: date
    id: UUID


class WarningOutcome(enum.StrEnum):
    TOLD = "told"
    SUPERSEDED = "superseded"  # a more urgent one was due too when this one could have been told


class Warned(Record, frozen=True, kw_only=True):
    """That a warning was given, or overtaken by a more urgent one."""

    days_left: int  # before the last day; -1: the day after it
    due_at: datetime
    decided_at: datetime
    outcome: WarningOutcome
    people: int  # who were told


class Deployed(Record, frozen=True, kw_only=True):
    """The services of one tenancy that run on some system on a day."""

    tenancy_id: TenancyId
    services: tuple[str, ...]


class Mismatch(Record, frozen=True, kw_only=True):
    """Where a tenancy's Annex 1 and what runs for it differ on a day."""

    tenancy_id: TenancyId
    not_in_annex: tuple[str, ...]  # runs, and Annex 1 does not have it
    without_system: tuple[str, ...]  # Annex 1 has it, and nothing is known to run it


class Concern(enum.StrEnum):
    """What is not as it should be with a system. It warns and refuses nothing: the register tells what is."""

    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_ENDED = "certificate_ended"
    CERTIFICATE_ENDS_SOON = "certificate_ends_soon"
    CERTIFICATE_TOO_LONG = "certificate_too_long"  # it says that it holds longer than the law allows
    JOINT_TEST_MISSING = "joint_test_missing"
    REGISTER_ENTRY_MISSING = "register_entry_missing"
    RELEASE_MISSING = "release_missing"  # nobody says which version is in use
    PRODUCER_UNREACHABLE = "producer_unreachable"  # no address to tell it of a deviation
    SERVES_UNREADY = "serves_unready"  # services run on it though it is not in use


class SystemFinding(Record, frozen=True, kw_only=True):
    """A concern, as a person reads it."""

    what: Concern
    sentence: Sentence
    rule: str
    source: str
    certainty: Certainty


class SystemClass(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """A class, and what a system of it has to show."""

    key: str
    since: date
    security_certificate: bool
    interoperability_test: bool
    certainty: Certainty
    source: str
    meaning: Sentence


class Longest(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How many months a security certificate holds at most."""

    since: date
    months: int
    certainty: Certainty
    source: str


class WarningDays(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How many days before its end people are warned of a certificate."""

    since: date
    days: tuple[int, ...]  # descending
    urgent_from: int
    certainty: Certainty
    source: str


class SystemMoved(Record, frozen=True, kw_only=True, tag="information_system.moved"):
    system_id: UUID
    state: SystemState
    on: date | None
    at: datetime


class DeploymentSaid(Record, frozen=True, kw_only=True, tag="deployment.changed"):
    """Said when a deployment begins, or its period is said anew."""

    deployment_id: UUID
    system_id: UUID
    service: str
    since: date
    until: date | None
    at: datetime


class CertificateEnding(Record, frozen=True, kw_only=True, tag="conformity_certificate.ending"):
    """Said when people are warned that a certificate ends, or that it has ended."""

    certificate_id: UUID
    system_id: UUID
    last_day: date
    days_left: int
    at: datetime
