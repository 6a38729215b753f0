"""What has to be done before an agreement ends, as the API shows and takes it."""

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line as Text
from kanta_tenancy.agreements.endings.checklists.checklist import Certainty, Conflict
from kanta_tenancy.agreements.endings.checklists.ledger import Line
from kanta_tenancy.agreements.endings.checklists.open_endings import Ending
from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.promises import Owner, State


class EndingState(enum.StrEnum):
    OPEN = "open"
    COMPLETE = "complete"


class EndingsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[EndingState, msgspec.Meta(description="Both when it is left out")] | None = None

    @property
    def complete(self) -> bool | None:
        return None if self.state is None else self.state is EndingState.COMPLETE


class ReleasedItem(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That an item is not needed, and why; both parties can read it."""

    item: Annotated[str, msgspec.Meta(min_length=1, max_length=60, description="Its key, such as dpo_mandate")]
    because: Text


class ShownConflict(Body, frozen=True, kw_only=True):
    """An item that cannot be done on its day, or not as it is meant."""

    item: str
    title: Sentence
    owner: Owner
    due_on: date
    conflicts: tuple[Conflict, ...]


class ShownItem(Body, frozen=True, kw_only=True):
    item: str
    title: Sentence
    owner: Owner
    due_on: Annotated[date, msgspec.Meta(description="To be done by the end of this day in Finland")]
    due_at: datetime
    certainty: Certainty
    conflicts: tuple[Conflict, ...]
    state: State
    overdue: bool
    promise_id: Annotated[UUID, msgspec.Meta(description="What is kept with POST /v1/promises/{id}/keep")]
    promise_version: int
    settled_at: datetime | None
    result: Annotated[dict[str, str | int | None] | None, msgspec.Meta(description="The evidence, or why not needed")]
    rule: str
    explanation: Explanation | None


class ShownHold(Body, frozen=True, kw_only=True):
    """What is open elsewhere; it keeps the ending from being complete and does not move the end."""

    key: str
    because: Sentence
    placed_at: datetime


class ListedEnding(Body, frozen=True, kw_only=True):
    agreement_id: UUID
    tenancy_id: UUID
    reference: str
    ground: Ground
    until: Annotated[datetime, msgspec.Meta(description="The first instant at which the agreement is not in force")]
    last_day: date
    complete: bool
    open: int
    overdue: int
    conflicting: int
    holds: int


class ShownEnding(Body, frozen=True, kw_only=True):
    agreement_id: UUID
    tenancy_id: UUID
    reference: str
    ground: Ground
    until: datetime
    last_day: date
    delivered_on: date | None
    known_at: Annotated[datetime, msgspec.Meta(description="When an end became known")]
    reckoned_at: Annotated[datetime, msgspec.Meta(description="When this one did: it may have moved since")]
    complete: bool
    completed_at: datetime | None
    items: Annotated[tuple[ShownItem, ...], msgspec.Meta(description="A tenant sees those that it keeps itself")]
    conflicts: tuple[ShownConflict, ...]
    holds: tuple[ShownHold, ...]


def listed(ending: Ending, party: Party, now: datetime) -> ListedEnding:
    lines = ending.of(party)
    return ListedEnding(
        agreement_id=ending.checklist.agreement_id,
        tenancy_id=ending.checklist.tenancy_id,
        reference=ending.reference,
        ground=ending.checklist.ground,
        until=ending.checklist.until,
        last_day=ending.checklist.last_day,
        complete=ending.is_complete,
        open=sum(line.is_open for line in lines),
        overdue=sum(line.is_overdue(now) for line in lines),
        conflicting=len(ending.conflicting),
        holds=len(ending.holds),
    )


def shown(ending: Ending, party: Party, now: datetime) -> ShownEnding:
    found = ending.checklist
    return ShownEnding(
        agreement_id=found.agreement_id,
        tenancy_id=found.tenancy_id,
        reference=ending.reference,
        ground=found.ground,
        until=found.until,
        last_day=found.last_day,
        delivered_on=found.delivered_on,
        known_at=found.known_at,
        reckoned_at=found.reckoned_at,
        complete=ending.is_complete,
        completed_at=found.completed_at,
        items=tuple(_item(line, now) for line in ending.of(party)),
        conflicts=conflicts(ending.conflicting),
        holds=tuple(ShownHold(key=one.key, because=one.because, placed_at=one.placed_at) for one in ending.holds),
    )


def conflicts(lines: tuple[Line, ...]) -> tuple[ShownConflict, ...]:
    return tuple(
        ShownConflict(
            item=line.item,
            title=line.promise.title,
            owner=line.promise.owner,
            due_on=line.due_on,
            conflicts=line.conflicts,
        )
        for line in lines
    )


def _item(line: Line, now: datetime) -> ShownItem:
    promise = line.promise
    return ShownItem(
        item=line.item,
        title=promise.title,
        owner=promise.owner,
        due_on=line.due_on,
        due_at=promise.due_at,
        certainty=line.certainty,
        conflicts=line.conflicts,
        state=promise.state,
        overdue=line.is_overdue(now),
        promise_id=promise.id,
        promise_version=promise.version,
        settled_at=promise.settled_at,
        result=None if promise.result is None else dict(promise.result),
        rule=promise.rule,
        explanation=promise.explanation,
    )
