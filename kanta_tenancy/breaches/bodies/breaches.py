"""Breaches in a register as the API shows and takes them."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.breaches import lifecycle, owing, requirements
from kanta_tenancy.breaches.actions.keeping import Standing
from kanta_tenancy.breaches.bodies.reports import (
    Instant,
    Reason,
    SaidData,
    ShownControllership,
    ShownListedBreach,
    Text,
    controllership,
)
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import Duty
from kanta_tenancy.breaches.model import (
    Addressee,
    AwareGround,
    Awareness,
    Concerned,
    Correction,
    Decision,
    Entry,
    Exemption,
    Item,
    Move,
    Movement,
    Risk,
    Statement,
    Telling,
)
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery


class Only(enum.StrEnum):
    OPEN = "open"  # neither dismissed nor closed


class BreachesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: (
        Annotated[UUID, msgspec.Meta(description="Of this tenant's register; a tenant sees its own anyway")] | None
    ) = None
    only: Annotated[Only, msgspec.Meta(description="All of them when left out")] | None = None


class SaidAwareness(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Since when the controller is aware; the 72 hours run from the awareness that was said last."""

    aware_at: Instant
    ground: AwareGround
    reason: Annotated[Reason, msgspec.Meta(description="Why this instant and no other")]

    def said(self) -> Awareness:
        return Awareness(**msgspec.structs.asdict(self))


class SaidDecision(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The controller's judgement of the risk to people's rights and freedoms."""

    risk: Risk
    ground: Text

    def said(self) -> Decision:
        return Decision(risk=self.risk, ground=self.ground)


class SaidStatement(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one item of a notice; a later statement takes its place, and all of them stay."""

    item: Item
    text: Text

    def said(self) -> Statement:
        return Statement(item=self.item, text=self.text)


class SaidTelling(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That somebody outside this service was told. This service does not tell them by itself."""

    addressee: Addressee
    told_at: Instant
    how: Annotated[Reason, msgspec.Meta(examples=["The form of the authority"])]
    reference: Annotated[Reason | None, msgspec.Meta(description="What shows it")] = None
    items: Annotated[
        tuple[Item, ...],
        msgspec.Meta(max_length=20, description="To the authority: what this notice says. The rest can follow"),
    ] = ()
    late_because: Annotated[Reason | None, msgspec.Meta(description="To the authority after 72 hours")] = None
    exemption: Annotated[Exemption | None, msgspec.Meta(description="Why persons are not told one by one")] = None
    exemption_ground: Reason | None = None

    def said(self) -> Telling:
        return Telling(**msgspec.structs.asdict(self))


class SaidCorrection(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a telling does not hold; it stays in the register, and what it did is owed anew."""

    number: Annotated[int, msgspec.Meta(ge=1, le=1_000_000, description="Of its entry")]
    reason: Reason

    def said(self) -> Correction:
        return Correction(number=self.number, reason=self.reason)


class SaidMovement(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    move: Move
    reason: Reason

    def said(self) -> Movement:
        return Movement(move=self.move, reason=self.reason)


class SaidConcerns(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which data of this register a breach concerns, said anew."""

    concerned: SaidData

    def said(self) -> tuple[Concerned, ...]:
        return tuple(one.concerned() for one in self.concerned)


class ShownClock(Body, frozen=True, kw_only=True):
    """The 72 hours."""

    aware_at: datetime
    ground: AwareGround
    reason: str
    deadline: Annotated[datetime, msgspec.Meta(description="The strict one: 72 elapsed hours")]
    later_reading: Annotated[
        datetime,
        msgspec.Meta(description="What Regulation 1182/71 might add in our reading: information only, not verified"),
    ]
    explanation: Explanation


class ShownItem(Body, frozen=True, kw_only=True):
    """An item of a notice to the authority."""

    item: Item
    letter: Annotated[str, msgspec.Meta(description="Of Article 33(3)")]
    name: Sentence
    where_possible: Annotated[bool, msgspec.Meta(description="The article asks for it where that is possible")]
    text: Annotated[str | None, msgspec.Meta(description="null: nothing is known yet")]
    told: Annotated[bool, msgspec.Meta(description="The authority was told of it")]


class ShownBreach(ShownListedBreach, frozen=True, kw_only=True):
    next_moves: tuple[Move, ...]
    controllerships: tuple[ShownControllership, ...]
    clock: Annotated[ShownClock | None, msgspec.Meta(description="null: whose register it is in is no controller")]
    decision_ground: str | None
    content: tuple[ShownItem, ...]
    notice_is_complete: Annotated[bool, msgspec.Meta(description="The authority was told of every item")]
    duties: tuple[Duty, ...]
    entries: Annotated[tuple[Entry, ...], msgspec.Meta(description="All that was said, in its order")]


def shown(of: Standing) -> ShownBreach:
    case = of.case
    return ShownBreach(
        next_moves=lifecycle.next_moves(case.state),
        controllerships=tuple(controllership(one) for one in case.controllerships),
        clock=_clock(case),
        decision_ground=None if case.decision is None else case.decision.ground,
        content=_content(case),
        notice_is_complete=case.items_told() == frozenset(Item),
        duties=of.duties,
        entries=of.entries,
        **msgspec.structs.asdict(of.breach),
    )


def _clock(case: Case) -> ShownClock | None:
    explained = owing.clock_explained(case)
    if case.awareness is None or explained is None:
        return None
    return ShownClock(
        deadline=breach_clock.authority_due(case.awareness.aware_at),
        later_reading=breach_clock.later_reading(case.awareness.aware_at),
        explanation=explained,
        **msgspec.structs.asdict(case.awareness),
    )


def _content(case: Case) -> tuple[ShownItem, ...]:
    told = case.items_told()
    return tuple(
        ShownItem(
            item=item,
            letter=row.letter,
            name=row.name,
            where_possible=row.where_possible,
            text=case.content.get(item),
            told=item in told,
        )
        for item, row in requirements.items().items()
    )
