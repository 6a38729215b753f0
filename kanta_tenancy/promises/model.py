"""What a promise is: who has to do what until when, by which rule, and what came of it."""

import enum
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record

Facts = Mapping[str, str | int | None]


class Owner(enum.StrEnum):
    """Who has to keep it."""

    SYSTEM = "system"  # this program: a keeper does it when it is due
    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"


class State(enum.StrEnum):
    OWED = "owed"
    KEPT = "kept"
    RELEASED = "released"  # owed no longer, and why
    BROKEN = "broken"  # the system tried too often and gave up


class Owed(Record, frozen=True, kw_only=True):
    """A promise as it is made. The same key means the same promise."""

    key: str  # unique within the main connector, such as `agreement.end/0199…`
    kind: str  # which keeper keeps it, such as `agreement.end`
    subject: str  # what it is about, as the journal writes it: `agreement/0199…`
    owner: Owner
    due_at: datetime
    rule: str  # an id of the requirements, such as K20.2
    title: Sentence
    made_at: datetime
    tenancy_id: TenancyId | None = None  # whose tenant sees it too; None: the main connector alone
    facts: Mapping[str, str | int | None] = {}
    explanation: Explanation | None = None  # how the due time came about


class Promise(Record, frozen=True, kw_only=True):
    """A promise as it is now."""

    id: UUID
    key: str
    kind: str
    subject: str
    tenancy_id: TenancyId | None
    owner: Owner
    due_at: datetime
    rule: str
    title: Sentence
    facts: Facts
    state: State
    version: int  # counts changes; what a person's change names
    attempts: int  # those that failed since it was owed
    last_error: str | None  # of the last one
    made_at: datetime
    settled_at: datetime | None = None  # when it was kept or released, late or not
    result: Facts | None = None
    explanation: Explanation | None = None


class Kept(Record, frozen=True, kw_only=True):
    """A keeper has done what was promised."""

    result: Facts | None = None


class Later(Record, frozen=True, kw_only=True):
    """A keeper found that it is due at another time."""

    due_at: datetime


class Released(Record, frozen=True, kw_only=True):
    """A keeper found that it is owed no longer."""

    because: str


Outcome = Kept | Later | Released


class Claimed(Record, frozen=True, kw_only=True):
    """A promise that this instance alone may pay until its lease runs out."""

    id: UUID
    main_connector_id: MainConnectorId
    leased_until: datetime


class PromiseKept(Record, frozen=True, kw_only=True, tag="promise.kept"):
    """Said when a person keeps a promise, so that the room that owed it can go on."""

    promise_id: UUID
    key: str
    kind: str
    subject: str
    at: datetime


class Wanted(Record, frozen=True, kw_only=True):
    """Which promises a list is of. What is left out does not narrow it."""

    states: tuple[State, ...] = tuple(State)
    owners: tuple[Owner, ...] = tuple(Owner)
    kind: str | None = None
    subject: str | None = None
    tenancy_id: TenancyId | None = None
    due_from: datetime | None = None  # what is due at this instant, too
    due_before: datetime | None = None


class Position(Record, frozen=True, kw_only=True):
    """Where a page of a list ended, in the order of lists; the next begins after it."""

    due_at: datetime
    id: UUID


class Expected(Record, frozen=True, kw_only=True):
    """A promise that should exist, as a room computes it anew from its own data."""

    key: str
    subject: str
    due_at: datetime | None = None  # None: at whatever time


class What(enum.StrEnum):
    """What an audit finds."""

    MISSING = "missing"  # it should exist and does not
    MISDATED = "misdated"  # it is owed for another time than it should be
    UNPAID = "unpaid"  # the system's, and overdue for long
    BROKEN = "broken"  # the system gave up
    UNKEPT = "unkept"  # a person's, and overdue for long
    LATE = "late"  # kept, but late


class Finding(Record, frozen=True, kw_only=True):
    what: What
    key: str
    subject: str
    due_at: datetime | None
    settled_at: datetime | None = None


class Figures(Record, frozen=True, kw_only=True):
    """How much somebody owes, over all realms."""

    owner: Owner
    owed: int
    overdue: int
    broken: int
    oldest_due_at: datetime | None
