"""A disturbance as it is kept: reports, answers, duties with what became of them, calls, and what tenants are told."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kanta_tenancy.disturbances.model import Addressee, Answer, Channel, Fact, Matter, Source
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Kind(enum.StrEnum):
    DISTURBANCE = "disturbance"
    MAINTENANCE = "maintenance"  # planned, and told of beforehand


class State(enum.StrEnum):
    REPORTED = "reported"  # nobody has acknowledged it yet
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"
    CLOSED = "closed"  # whoever must be told was, and cause and remedy are known
    DISMISSED = "dismissed"  # it is no disturbance
    JOINED = "joined"  # it is the same as another one, which goes on
    PLANNED = "planned"  # maintenance to come, or under way
    CANCELLED = "cancelled"  # maintenance that does not come


OPEN: tuple[State, ...] = (State.REPORTED, State.ACKNOWLEDGED, State.PLANNED)


class Place(enum.StrEnum):
    """Where it is, as far as whoever reports it knows."""

    OURS = "ours"  # in the information system or the main connector's environment
    KANTA = "kanta"
    NETWORK = "network"
    UNKNOWN = "unknown"


class SaidReport(Record, frozen=True, kw_only=True):
    """What somebody says of a disturbance. The first three are enough."""

    what: str
    since: datetime
    ongoing: bool
    system_id: UUID | None = None
    service: str | None = None  # a key of the catalogue
    place: Place = Place.UNKNOWN
    patient_safety: Answer = Answer.UNKNOWN  # whether it has an effect on it
    data_protection: Answer = Answer.UNKNOWN
    symptom: str | None = None  # an error code, or what is seen
    tried: str | None = None
    message_ids: tuple[str, ...] = ()
    units_hit: int | None = None
    users_hit: int | None = None
    contact: str | None = None  # whom to ask, and how


class Report(SaidReport, frozen=True, kw_only=True):
    """A report as it was taken in. Never edited."""

    id: UUID
    disturbance_id: UUID
    tenancy_id: TenancyId | None  # None: the main connector
    reported_by: str
    reported_at: datetime


class Attachment(Record, frozen=True, kw_only=True):
    """A file that shows something of a report; its bytes are read apart."""

    id: UUID
    report_id: UUID
    tenancy_id: TenancyId | None
    name: str
    media_type: str  # as its own bytes say
    size: int
    sha256: str
    added_at: datetime


class Disturbance(Record, frozen=True, kw_only=True):
    """An event, by what both its reporters and those who are told of it may know."""

    id: UUID
    tenancy_id: TenancyId | None  # who reported it first; None: the main connector
    kind: Kind
    state: State
    since: datetime
    reported_at: datetime
    detected_at: datetime
    version: int
    title: str | None = None  # as the main connector calls it; those who are told of it see it
    what: str | None = None  # how its first report begins; only who may read that report sees it
    until: datetime | None = None  # of maintenance, its planned end; else when it ended
    system_id: UUID | None = None
    service: str | None = None
    joined_to: UUID | None = None
    aware_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    unreached_at: datetime | None = None
    because: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def reference(self) -> str:
        """What people call it by on the telephone."""
        return self.id.hex[-8:].upper()


class Basis(enum.StrEnum):
    REPORT = "report"  # drawn from a report: a proposal until a person says so
    PERSON = "person"


class Answered(Record, frozen=True, kw_only=True):
    """What was answered to a question, by whom and when; the latest counts."""

    fact: Fact
    answer: Answer
    basis: Basis
    answered_by: str
    answered_at: datetime
    reason: str | None = None


class DutyState(enum.StrEnum):
    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"  # it was tried and did not arrive; it is still to be told
    NOT_NEEDED = "not_needed"


class Purpose(enum.StrEnum):
    FIRST = "first"
    CHANGE = "change"  # what was told is another now
    CANCELLATION = "cancellation"  # it does not hold any more


class KeptDuty(Record, frozen=True, kw_only=True):
    """That somebody must tell somebody, and what became of it."""

    id: UUID
    disturbance_id: UUID
    tenancy_id: TenancyId | None  # whose duty it is; None: the main connector's
    rule: str
    round: int
    purpose: Purpose
    addressee: Addressee
    source: Source
    counted_from: datetime
    due_at: datetime
    explanation: Explanation
    state: DutyState
    state_at: datetime
    made_at: datetime
    version: int
    tries: int = 1  # one more each time that it did not arrive
    channel: Channel | None = None
    note: str | None = None
    settled_by: str | None = None
    carried_by: str | None = None  # what sees to it in another room, such as breach/0199…
    told_at: datetime | None = None  # None: not yet, or by the report itself, when it was made

    @property
    def is_open(self) -> bool:
        return self.state in {DutyState.PENDING, DutyState.FAILED}

    @property
    def is_chased(self) -> bool:
        """Whether it is promised and chased here."""
        return self.is_open and self.carried_by is None

    @property
    def is_told(self) -> bool:
        return self.state in {DutyState.SENT, DutyState.ACKNOWLEDGED}


class Carried(Record, frozen=True, kw_only=True):
    """How something that a duty asks stands in the room that sees to it. Never edited; the latest counts."""

    tenancy_id: TenancyId | None  # whose duty; None: the main connector's
    carrier: str  # such as breach/0199…
    matter: Matter
    state: DutyState  # pending, sent or not_needed
    note: str  # what shows it
    said_by: str
    said_at: datetime
    channel: Channel | None = None
    counted_from: datetime | None = None
    due_at: datetime | None = None  # while it is pending there
    explanation: Explanation | None = None


class Cause(enum.StrEnum):
    """The class of a cause."""

    SOFTWARE = "software"  # a fault of a program
    CHANGE = "change"  # a new version, a setting, work that was planned
    CAPACITY = "capacity"
    EQUIPMENT = "equipment"  # servers, storage, electricity
    NETWORK = "network"
    CERTIFICATE = "certificate"  # expired, revoked, not trusted
    KANTA_SERVICE = "kanta_service"  # at Kela
    SUPPLIER = "supplier"  # at somebody else who supplies a service
    HUMAN_ERROR = "human_error"
    ATTACK = "attack"
    NOT_FOUND = "not_found"  # it was looked for; the text says how


class FindingKind(enum.StrEnum):
    CAUSE = "cause"
    REMEDY = "remedy"
    NEW_FACTS = "new_facts"  # for which it was opened again


class Finding(Record, frozen=True, kw_only=True):
    """What was found out, by whom and when; the latest of each kind counts."""

    kind: FindingKind
    text: str
    said_by: str
    said_at: datetime
    cause: Cause | None = None  # of a cause


class Hold(Record, frozen=True, kw_only=True):
    """What another room has open, and what keeps a disturbance from being closed."""

    key: str  # such as breach/0199…
    because: Sentence
    placed_at: datetime


class Hours(Record, frozen=True, kw_only=True, rename={"begins": "from", "ends": "until"}):
    """When somebody can be called, every week, in Finland."""

    days: tuple[int, ...]  # 1 is Monday, 7 is Sunday
    begins: str  # 08:00
    ends: str  # exclusive; 24:00: to the end of the day


class OnCall(Record, frozen=True, kw_only=True):
    """Somebody whom the main connector has named for reports."""

    contact_id: ContactId
    hours: tuple[Hours, ...] = ()  # none: day and night


class Roster(Record, frozen=True, kw_only=True):
    """Whom the main connector has named, in the order in which they are called."""

    people: tuple[OnCall, ...]
    version: int
    changed_at: datetime


class Called(Record, frozen=True, kw_only=True):
    """That somebody was called."""

    number: int
    contact_id: ContactId | None  # None: nobody was left, so every administrator was called
    people: int
    called_at: datetime


class Phase(enum.StrEnum):
    """What tenants are told."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    OVER = "over"
    CANCELLED = "cancelled"  # it was no disturbance, or the maintenance does not come


class Status(Record, frozen=True, kw_only=True):
    """What tenants were told, once each."""

    id: UUID
    disturbance_id: UUID
    number: int
    phase: Phase
    published_at: datetime
    published_by: str
    text: Mapping[Language, str] | None = None  # what the main connector adds


class OwnWord(Record, frozen=True, kw_only=True):
    """What a party says of itself: whether Act 124/2025 covers it, or how an addressee is reached."""

    tenancy_id: TenancyId | None
    about: str
    word: Mapping[str, Any]
    said_by: str
    said_at: datetime
    version: int


class DisturbanceReported(Record, frozen=True, kw_only=True, tag="disturbance.reported"):
    disturbance_id: UUID
    report_id: UUID
    joined: bool  # to one that was there already
    at: datetime


class DisturbanceMoved(Record, frozen=True, kw_only=True, tag="disturbance.moved"):
    disturbance_id: UUID
    state: State
    at: datetime


class DisturbanceTold(Record, frozen=True, kw_only=True, tag="disturbance.told"):
    """Said when tenants are told of a change of state."""

    disturbance_id: UUID
    status_id: UUID
    phase: Phase
    at: datetime


class DutyMoved(Record, frozen=True, kw_only=True, tag="disturbance.duty_moved"):
    disturbance_id: UUID
    duty_id: UUID
    state: DutyState
    at: datetime
