"""What a renewal request is, who handles it, and what time does to it (K15). Nothing of a patient is in any of it."""

import enum
from datetime import date, datetime, time
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record


class State(enum.StrEnum):
    ARRIVED = "arrived"  # at the unit; nobody was named yet
    WITH_PRESCRIBER = "with_prescriber"  # one prescriber of the unit's house has it
    WITH_PHYSICIAN = "with_physician"  # the tenant is prevented: the main connector's responsible physician has it
    RENEWED = "renewed"
    REJECTED = "rejected"  # that prescription cannot be requested electronically again
    RETURNED = "returned"  # to the Prescription Centre: the wrong unit, and the like; it may be requested elsewhere
    LAPSED = "lapsed"  # nobody answered in eight days


OPEN = (State.ARRIVED, State.WITH_PRESCRIBER, State.WITH_PHYSICIAN)


class Kind(enum.StrEnum):
    """A kind of prescription, as far as it decides what is allowed; data/renewals.toml tells of each."""

    TWO_YEARS = "two_years"
    ONE_YEAR = "one_year"
    TELEPHONE = "telephone"
    PRO_AUCTORE = "pro_auctore"
    EUROPEAN = "european"


class Reason(enum.StrEnum):
    """Why a prescription is not renewed, as a class: no more may be said of a patient."""

    CARE = "care"  # on care grounds (decree 1088/2010, section 19(4))
    OTHER = "other"


class Ground(enum.StrEnum):
    """Why a request is with whom it is with."""

    ORIGINAL = "original"  # who wrote the prescription
    COLLEAGUE = "colleague"  # another entitled prescriber of the unit
    SAID = "said"  # the tenant says that it is prevented
    ALL_ABSENT = "all_absent"  # no entitled prescriber of the unit is at work in time
    NO_AGREEMENT = "no_agreement"  # no agreement, or one whose Annex 1 has no prescriptions, is in force
    NO_ANSWER = "no_answer"  # the tenant did not answer in time


class Office(enum.StrEnum):
    PRESCRIBER = "prescriber"
    RESPONSIBLE_PHYSICIAN = "responsible_physician"  # of the main connector
    DEPUTY = "deputy"  # of the responsible physician


class Entitlement(enum.StrEnum):
    """How far somebody may prescribe."""

    FULL = "full"
    LIMITED = "limited"  # such as a nurse: their own prescriptions only


class Party(enum.StrEnum):
    """Whose it is: exactly one of the two, at any time."""

    TENANT = "tenant"
    MAIN_CONNECTOR = "main_connector"


class Way(enum.StrEnum):
    """How a patient was told."""

    NATIONAL_SERVICE = "national_service"  # its message, to the contact details that the patient gave
    LETTER = "letter"
    CALL = "call"


class Shift(Record, frozen=True, kw_only=True):
    """When somebody is at work in a week, by the clock in Finland."""

    weekday: int  # 1 Monday to 7 Sunday
    begins: time
    ends: time  # midnight: the end of the day


class Span(Record, frozen=True, kw_only=True):
    since: datetime
    until: datetime | None  # exclusive; None: until further notice


class Prescriber(Record, frozen=True, kw_only=True):
    """Who may prescribe, as routing needs to know them."""

    id: UUID
    code: str  # the professional's own identifier
    office: Office
    entitlement: Entitlement
    units: frozenset[UUID]
    since: date
    until: date | None  # exclusive
    shifts: tuple[Shift, ...]  # none: nobody said, so at any time
    absences: tuple[Span, ...]
    load: int = 0  # open requests that they have


class House(Record, frozen=True, kw_only=True):
    """Who handles the requests of a unit first: its tenant, or the main connector itself."""

    prescribers: tuple[Prescriber, ...]
    prevented: tuple[Span, ...]  # when it says that it is
    serves: tuple[Span, ...]  # when an agreement is in force whose Annex 1 has prescriptions


class Policy(Record, frozen=True, kw_only=True):
    """When time does what, in hours from the arrival."""

    warn_after_hours: tuple[int, ...]  # ascending
    hand_over_after_hours: int


class Following(Policy, frozen=True, kw_only=True, rename={"since": "from"}):
    """The same as data, with what the main connector does not choose."""

    since: date
    physician_hours: int
    physician_minutes: int
    least_minutes: int
    urgent_from_hours: int
    slots: tuple[str, ...]
    certainty: Certainty
    source: str


class Situation(Record, frozen=True, kw_only=True):
    """All that routing looks at, beside the request."""

    house: House
    physicians: tuple[Prescriber, ...]  # the main connector's responsible physician, and deputies
    policy: Policy


class Why(enum.StrEnum):
    """Why somebody was passed over."""

    UNKNOWN = "unknown"  # nobody of that identifier is at the unit's house
    LEFT = "left"
    ABSENT = "absent"  # or not at work before it would be handed over
    LIMITED = "limited"
    ELSEWHERE = "elsewhere"  # at other units of the house


class Passed(Record, frozen=True, kw_only=True):
    why: Why
    count: int


class Routed(Record, frozen=True, kw_only=True):
    """With whom a request is to be, and why."""

    state: State
    person: UUID | None  # None: nobody is named, so it is the main connector's office
    ground: Ground
    passed: tuple[Passed, ...] = ()


class Request(Record, frozen=True, kw_only=True):
    """A renewal request. Only identifiers, times and states."""

    id: UUID
    tenancy_id: TenancyId | None  # None: the unit is the main connector's own
    unit_id: UUID
    request_id: str  # as the national service names it
    prescription_id: str
    prescriber_code: str  # who wrote the prescription
    kind: Kind
    arrived_at: datetime  # at the main connector: the clock runs from here
    received_at: datetime  # when this service was told
    lapses_at: datetime
    state: State
    version: int
    next_at: datetime  # when time does something next
    warned_hours: int = 0  # the most urgent warning that was given, or overtaken; 0: none
    person: UUID | None = None
    ground: Ground | None = None
    passed: str = ""  # who was passed over, as `why:count,…`
    since: datetime | None = None  # when it came to whom it is with
    hand_over_at: datetime | None = None  # when it goes to the physician, while a prescriber has it
    closed_at: datetime | None = None
    reason: Reason | None = None
    answered_by: Party | None = None
    holds: AgreementId | None = None  # whose ending it holds open

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def party(self) -> Party:
        """Whose it is, or was when it was closed by time."""
        ours = self.tenancy_id is None or self.state is State.WITH_PHYSICIAN
        return Party.MAIN_CONNECTOR if ours else Party.TENANT


class Done(enum.StrEnum):
    """What time did to a request."""

    ROUTED = "routed"
    REROUTED = "rerouted"
    HANDED_OVER = "handed_over"
    LAPSED = "lapsed"


class Decided(Record, frozen=True, kw_only=True):
    """What is to become of a request now."""

    request: Request
    done: Done | None = None  # None: nothing but time passed
    warn: int | None = None  # the warning that is to be given, in hours from the arrival
    overtaken: tuple[int, ...] = ()
    lapsed_with: Party | None = None


class KindRule(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """What a kind of prescription allows."""

    key: Kind
    since: date
    renewable: bool
    within_months: int | None = None
    certainty: Certainty
    source: str
    meaning: Sentence


class DatedHours(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    since: date
    hours: int
    certainty: Certainty
    source: str


class Informing(DatedHours, frozen=True, kw_only=True, rename={"since": "from"}):
    escalate_after_hours: int


class DatedDays(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    since: date
    days: int
    certainty: Certainty
    source: str


class Arrival(Record, frozen=True, kw_only=True):
    """A request as the patient information system tells of it."""

    request_id: str
    prescription_id: str
    unit: str  # its OID
    prescriber_code: str
    kind: Kind
    arrived_at: datetime


class Taken(enum.StrEnum):
    """What became of a request that was told."""

    NEW = "new"
    KNOWN = "known"  # told before, and the same
    DIFFERS = "differs"  # another one of that identifier is there
    NOT_RECEIVED = "not_received"  # the unit received none on that day
    UNKNOWN_UNIT = "unknown_unit"


class Outcome(Record, frozen=True, kw_only=True):
    place: int  # among those that were told together
    outcome: Taken
    id: UUID | None  # of the request, when it is there
    decided_on: date | None  # since when the unit receives, or does not


class Step(Record, frozen=True, kw_only=True):
    """Something that happened to a request. Never edited."""

    at: datetime
    done: str
    state: State
    person: UUID | None = None
    ground: Ground | None = None
    hours: int | None = None
    people: int | None = None
    way: Way | None = None
    party: Party | None = None


class Duty(Record, frozen=True, kw_only=True):
    """That a patient is to be told, by whom and until when."""

    request: UUID
    tenancy_id: TenancyId | None
    owed_by: Party
    outcome: State
    opened_at: datetime
    due_at: datetime
    escalated_at: datetime | None = None
    told_at: datetime | None = None
    told_by: Party | None = None
    way: Way | None = None


class Position(Record, frozen=True, kw_only=True):
    """Where a page ended: by when it lapses, was closed or is due."""

    at: datetime
    id: UUID


class Concerned(Record, frozen=True, kw_only=True):
    """Which open requests something concerns: of a house, or of somebody; all of the realm when neither is said."""

    holder: UUID | None = None
    person: UUID | None = None


class Figure(Record, frozen=True, kw_only=True):
    """How many requests ended like that, after so many whole hours."""

    outcome: State
    handed_over: bool
    hours: int
    requests: int


class DecidedPolicy(Policy, frozen=True, kw_only=True):
    decided_at: datetime


class RenewalHandedOver(Record, frozen=True, kw_only=True, tag="renewal_request.handed_over"):
    request_id: UUID
    ground: Ground
    lapses_at: datetime
    at: datetime


class RenewalClosed(Record, frozen=True, kw_only=True, tag="renewal_request.closed"):
    """Said of an outcome that a patient is to be told of: a rejection, or a lapse."""

    request_id: UUID
    state: State
    at: datetime
