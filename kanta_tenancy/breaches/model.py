"""What a personal data breach is, whose register it concerns, and what its controller says and does (K4.2, K14)."""

import enum
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record

BY_REPORT: Final = "breach_report/"  # begins a reason that only names the report by which something came to be said


class PartyKind(enum.StrEnum):
    """Who somebody is, as far as controllership asks."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"
    KELA = "kela"
    PHARMACY = "pharmacy"
    PROFESSIONAL = "professional"  # who prescribes on their own account
    COUNTY = "county"  # a wellbeing services county, or the city of Helsinki
    OTHER = "other"  # another provider, outside this realm


class Party(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who produces a service, on whose behalf it is produced, or who answers for data."""

    kind: PartyKind
    tenancy_id: TenancyId | None = None  # of a tenant
    name: str | None = None  # of who is in no register of this service

    @property
    def is_here(self) -> bool:
        """Whether it works with this service, and so is told by it and keeps its register here."""
        return self.kind in {PartyKind.MAIN_CONNECTOR, PartyKind.TENANT}


class RegisterKind(enum.StrEnum):
    """What data is of; each has its row in data/controllership.toml."""

    CLIENT_DOCUMENTS = "client_documents"
    OCCUPATIONAL_HEALTH_DOCUMENTS = "occupational_health_documents"
    USAGE_LOGS = "usage_logs"
    KELAIN_USAGE_LOGS = "kelain_usage_logs"
    DISCLOSURE_LOGS = "disclosure_logs"
    PRESCRIPTION_DISCLOSURE_LOG = "prescription_disclosure_log"
    PRESCRIPTION_CENTRE = "prescription_centre"
    INFO_MGMT = "info_mgmt"
    WILL = "will"
    PERSONAL_HEALTH_RECORD = "personal_health_record"
    ENDED_PROVIDER_DOCUMENTS = "ended_provider_documents"
    OWN_REGISTER = "own_register"  # staff, contacts, contracts: nothing of Kanta


class ControllerRole(enum.StrEnum):
    """Whom a row of the table names."""

    PROVIDER = "provider"  # on whose behalf the service is produced; else who produces it
    PRODUCER = "producer"  # who produces it, on whosever behalf
    KELA = "kela"
    PHARMACIES = "pharmacies"
    PROFESSIONALS = "professionals"
    PROVIDERS = "providers"  # the other ones
    COUNTY = "county"


class RegisterRow(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """A row of the table: who is controller of a kind of data from a day on, by which law."""

    key: RegisterKind
    since: date
    controllers: tuple[ControllerRole, ...]
    contact_point: ControllerRole
    law: str
    certainty: Certainty
    source: str
    name: Sentence
    meaning: Sentence
    on_behalf: Certainty  # how sure it is what producing for another changes


class Concerned(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Data that a breach concerns: of what, of whose service, on whose behalf."""

    register: RegisterKind
    producer: Party
    on_behalf_of: Party | None = None


class Controllership(Record, frozen=True, kw_only=True):
    """Who is controller of some data, and by which law."""

    register: RegisterKind
    controllers: tuple[Party, ...]  # more than one: jointly
    contact_point: Party
    law: str
    certainty: Certainty
    explanation: Explanation

    @property
    def is_joint(self) -> bool:
        return len(self.controllers) > 1

    @property
    def is_joint_with_kela(self) -> bool:
        return self.is_joint and any(one.kind is PartyKind.KELA for one in self.controllers)


class Part(enum.StrEnum):
    """What a breach is to the party in whose register it stands."""

    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint_controller"
    FINDER = "finder"  # who found it in the data of somebody outside, and tells them


class State(enum.StrEnum):
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"  # it was none; it stays in the register, with the reason
    CLOSED = "closed"


class Move(enum.StrEnum):
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    CLOSE = "close"
    REOPEN = "reopen"


class Damage(enum.StrEnum):
    """What happened to data (Regulation (EU) 2016/679, Article 4(12))."""

    CONFIDENTIALITY = "confidentiality"  # disclosed, or seen by somebody who may not
    INTEGRITY = "integrity"  # altered
    AVAILABILITY = "availability"  # lost, destroyed, out of reach


class AwareGround(enum.StrEnum):
    """Why a controller counts as aware from an instant on."""

    FOUND_ITSELF = "found_itself"
    TOLD_BY_PROCESSOR = "told_by_processor"  # who keeps its register, such as the main connector
    TOLD_BY_JOINT_CONTROLLER = "told_by_joint_controller"
    TOLD_BY_OTHER = "told_by_other"  # a data subject, a tenant, the press
    SUSPICION_CONFIRMED = "suspicion_confirmed"  # a short investigation made it reasonably certain


class Risk(enum.StrEnum):
    """The controller's judgement of the risk to people's rights and freedoms."""

    UNLIKELY = "unlikely"  # the authority need not be notified (Article 33(1))
    RISK = "risk"
    HIGH = "high"  # the people are told too (Article 34)


class Item(enum.StrEnum):
    """What a notice to the authority holds (Article 33(3)), and the register documents (33(5))."""

    NATURE = "nature"  # the facts
    CATEGORIES_OF_PERSONS = "categories_of_persons"
    NUMBER_OF_PERSONS = "number_of_persons"
    CATEGORIES_OF_RECORDS = "categories_of_records"
    NUMBER_OF_RECORDS = "number_of_records"
    CONTACT_POINT = "contact_point"
    CONSEQUENCES = "consequences"  # the effects
    MEASURES = "measures"  # the remedies


class Addressee(enum.StrEnum):
    """Who is told of a breach, outside this service."""

    AUTHORITY = "authority"  # the Data Protection Ombudsman
    PERSONS = "persons"  # the data subjects
    KELA = "kela"
    CONTROLLER = "controller"  # another one, outside


class Exemption(enum.StrEnum):
    """Why persons are not told one by one though the risk is high (Article 34(3))."""

    UNINTELLIGIBLE = "unintelligible"  # nobody can read the data: encryption, for one
    RISK_REMOVED = "risk_removed"  # later measures made the high risk unlikely
    DISPROPORTIONATE = "disproportionate"  # then the public is told


class Concerning(Record, frozen=True, kw_only=True, tag="concerning"):
    """Which data it concerns, and so whose it is; the first of these opens the case."""

    part: Part
    controllerships: tuple[Controllership, ...]


class Awareness(Record, frozen=True, kw_only=True, tag="awareness"):
    """Since when the controller is aware of it, and why since then."""

    aware_at: datetime
    ground: AwareGround
    reason: str


class Decision(Record, frozen=True, kw_only=True, tag="decision"):
    risk: Risk
    ground: str


class Statement(Record, frozen=True, kw_only=True, tag="statement"):
    """What is known of one item; a later one takes its place, and the first stays to be read."""

    item: Item
    text: str


class Telling(Record, frozen=True, kw_only=True, tag="telling"):
    """That somebody outside was told, as whoever told them puts it down."""

    addressee: Addressee
    told_at: datetime
    how: str  # the form, a letter, a telephone call to whom
    reference: str | None = None  # what shows it: the receipt of the form, a register number
    items: tuple[Item, ...] = ()  # what the authority was told of; the rest follows in phases
    late_because: str | None = None  # to the authority after the 72 hours
    exemption: Exemption | None = None  # of persons, who then are not told one by one
    exemption_ground: str | None = None


class Correction(Record, frozen=True, kw_only=True, tag="correction"):
    """That something that was put down does not hold. It stays to be read."""

    number: int
    reason: str


class Movement(Record, frozen=True, kw_only=True, tag="movement"):
    move: Move
    reason: str


Said = Concerning | Awareness | Decision | Statement | Telling | Correction | Movement


class Entry(Record, frozen=True, kw_only=True):
    """Something that was said of a breach, in its order; never edited, never deleted."""

    number: int
    said: Said
    said_by: str  # as the journal names who acts
    said_at: datetime


class NewReport(Record, frozen=True, kw_only=True):
    """What somebody found."""

    title: str
    what: str
    found_at: datetime
    concerned: tuple[Concerned, ...]
    damage: tuple[Damage, ...]
    suspected: bool = True
    began_at: datetime | None = None
    place: str | None = None
    disturbance_id: UUID | None = None


class Report(NewReport, frozen=True, kw_only=True):
    """A finding as it was reported; never edited."""

    id: UUID
    tenancy_id: TenancyId | None  # whose it is; None: the main connector's
    reported_by: str
    reported_at: datetime


class Breach(Record, frozen=True, kw_only=True):
    """A breach as it stands in one party's register."""

    id: UUID
    tenancy_id: TenancyId | None  # whose register; None: the main connector's
    report_id: UUID
    title: str
    found_at: datetime
    recorded_at: datetime
    state: State
    part: Part
    risk: Risk | None  # None: not decided
    aware_at: datetime | None  # of a controller
    authority_due_at: datetime | None  # while the authority is to be notified
    version: int  # how many entries it has
    disturbance_id: UUID | None = None  # of which it is a part


class BreachPosition(Record, frozen=True, kw_only=True):
    """Where a page of breaches ended, newest first."""

    id: UUID


class FindingPosition(Record, frozen=True, kw_only=True):
    """Where a page of a register ended, in the order of finding."""

    found_at: Annotated[datetime, msgspec.Meta(tz=True)]
    id: UUID


class HelpState(enum.StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"


class Help(Record, frozen=True, kw_only=True):
    """Help with a breach, asked of the other party of the agreement (clause 4.2)."""

    id: UUID
    tenancy_id: TenancyId  # the tenant of the two
    breach_id: UUID  # in the register of who asks
    asked_by_tenant: bool
    question: str
    wanted_by: datetime
    asked_by: str
    asked_at: datetime
    state: HelpState
    state_at: datetime
    version: int
    because: str | None = None  # why it was taken back


class HelpAnswer(Record, frozen=True, kw_only=True):
    """What the other party answered; a later answer adds to it."""

    number: int
    answer: str
    is_final: bool
    answered_by: str
    answered_at: datetime


class Reminded(Record, frozen=True, kw_only=True):
    """That people were reminded of the 72 hours, or that a more urgent reminder overtook this one."""

    turn: int
    hours: int  # since awareness
    due_at: datetime
    decided_at: datetime
    told: bool  # False: overtaken
    people: int


class BreachRecorded(Record, frozen=True, kw_only=True, tag="breach.recorded"):
    """Said when a breach comes into somebody's register."""

    breach_id: UUID
    report_id: UUID
    part: Part
    state: State
    aware_at: datetime | None
    authority_due_at: datetime | None
    at: datetime


class BreachReported(Record, frozen=True, kw_only=True, tag="breach.reported"):
    """Said when somebody reports a breach."""

    report_id: UUID
    at: datetime


class BreachMoved(Record, frozen=True, kw_only=True, tag="breach.moved"):
    """Said when a breach is confirmed, dismissed, closed or reopened."""

    breach_id: UUID
    state: State
    at: datetime


class HelpMoved(Record, frozen=True, kw_only=True, tag="breach.help_moved"):
    """Said when help is asked for, answered or taken back."""

    help_id: UUID
    state: HelpState
    at: datetime
