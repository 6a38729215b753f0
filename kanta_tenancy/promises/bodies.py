"""Promises as the API shows and takes them."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.promises.lifecycle import is_overdue
from kanta_tenancy.promises.model import Owner, Promise, State, Wanted

Facts = Mapping[str, str | int | None]


class StateAsked(enum.StrEnum):
    OPEN = "open"  # owed, or given up by the system
    ANY = "any"  # history too
    OWED = "owed"
    OVERDUE = "overdue"  # owed, and past due
    KEPT = "kept"
    RELEASED = "released"
    BROKEN = "broken"


class PromisesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: (
        Annotated[
            StateAsked,
            msgspec.Meta(description="Open when left out: owed or given up; overdue is owed and past due"),
        ]
        | None
    ) = None
    owner: Annotated[Owner, msgspec.Meta(description="Who has to keep it")] | None = None
    kind: Annotated[str, msgspec.Meta(max_length=100, description="Such as agreement.end")] | None = None
    subject: (
        Annotated[str, msgspec.Meta(max_length=200, description="What it is about, such as agreement/ and its id")]
        | None
    ) = None
    tenancy_id: UUID | None = None
    due_from: Annotated[date, msgspec.Meta(description="Due after this day has begun in Finland")] | None = None
    due_before: Annotated[date, msgspec.Meta(description="Due before this day begins in Finland")] | None = None

    def wanted(self, now: datetime) -> Wanted:
        """Return what is asked for; what is overdue is so at `now`."""
        before = None if self.due_before is None else start_of_day(self.due_before)
        if self.state is StateAsked.OVERDUE:
            before = now if before is None else min(before, now)
        return Wanted(
            states=_STATES[self.state or StateAsked.OPEN],
            owners=tuple(Owner) if self.owner is None else (self.owner,),
            kind=self.kind,
            subject=self.subject,
            tenancy_id=None if self.tenancy_id is None else TenancyId(self.tenancy_id),
            due_from=None if self.due_from is None else start_of_day(self.due_from),
            due_before=before,
        )


_STATES: Final[Mapping[StateAsked, tuple[State, ...]]] = {
    StateAsked.OPEN: (State.OWED, State.BROKEN),
    StateAsked.ANY: tuple(State),
    StateAsked.OWED: (State.OWED,),
    StateAsked.OVERDUE: (State.OWED,),
    StateAsked.KEPT: (State.KEPT,),
    StateAsked.RELEASED: (State.RELEASED,),
    StateAsked.BROKEN: (State.BROKEN,),
}


class Keeping(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a promise was kept, and by what that can be seen."""

    evidence: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=2000, description="What was done, when, and where it can be seen"),
    ]


class ListedPromise(Body, frozen=True, kw_only=True):
    id: UUID
    key: str
    kind: str
    subject: str
    tenancy_id: UUID | None
    owner: Owner
    due_at: datetime
    overdue: bool
    rule: str
    title: Sentence
    facts: Facts
    state: State
    version: int
    made_at: datetime
    settled_at: datetime | None
    result: Facts | None


class ShownPromise(Body, frozen=True, kw_only=True):
    id: UUID
    key: str
    kind: str
    subject: str
    tenancy_id: UUID | None
    owner: Owner
    due_at: datetime
    rule: str
    title: Sentence
    facts: Facts
    state: State
    version: int
    attempts: Annotated[int, msgspec.Meta(description="Of the system, that failed")]
    last_error: str | None
    made_at: datetime
    settled_at: Annotated[datetime | None, msgspec.Meta(description="When it was kept or released, late or not")]
    result: Facts | None
    explanation: Annotated[Explanation | None, msgspec.Meta(description="How the due time came about")]


def shown(promise: Promise) -> ShownPromise:
    return ShownPromise(**msgspec.structs.asdict(promise))


def listed(promise: Promise, now: datetime) -> ListedPromise:
    said = msgspec.structs.asdict(promise)
    names = ListedPromise.__struct_fields__
    return ListedPromise(overdue=is_overdue(promise, now), **{name: said[name] for name in names if name in said})
