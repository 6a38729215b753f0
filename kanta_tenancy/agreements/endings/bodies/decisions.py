"""Rescissions and circumstances, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.bodies.notices import Text
from kanta_tenancy.agreements.endings.checklists.bodies import ShownConflict, conflicts
from kanta_tenancy.agreements.endings.checklists.ledger import Line as Item
from kanta_tenancy.agreements.endings.model import Circumstance, NewCircumstance, NewRescission, Rescission
from kanta_tenancy.agreements.ends import Breach, CircumstanceKind, Decision
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.records import Body


class SaidRescission(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tenant's breach, described, with a file that shows it."""

    breach: Breach
    description: Text
    exhibit_id: UUID

    def rescission(self) -> NewRescission:
        return NewRescission(breach=self.breach, description=self.description, exhibit_id=self.exhibit_id)


class ShownRescission(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    agreement_id: UUID
    breach: Breach
    description: str
    exhibit_id: UUID
    proposed_at: datetime
    proposed_by: UUID
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    dropped_at: datetime | None
    version: int


class RescissionTold(ShownRescission, frozen=True, kw_only=True):
    """A rescission, and what could not be done as it should before the end that it brings."""

    conflicts: tuple[ShownConflict, ...]


class Rescissions(Body, frozen=True, kw_only=True):
    items: tuple[ShownRescission, ...]


class SaidCircumstance(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What befell a party. It ends nothing, but somebody has to decide what follows."""

    kind: CircumstanceKind
    party: Annotated[Party, msgspec.Meta(description="Whom it befell")]
    known_on: date
    note: Text
    happened_on: date | None = None
    exhibit_id: UUID | None = None
    decide_by: Annotated[date, msgspec.Meta(description="14 days after it became known when it is left out")] | None = (
        None
    )

    def circumstance(self) -> NewCircumstance:
        return NewCircumstance(**msgspec.structs.asdict(self))


class Deciding(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    decision: Decision
    reason: Text


class ShownCircumstance(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    kind: CircumstanceKind
    party: Party
    happened_on: date | None
    known_on: date
    note: str
    exhibit_id: UUID | None
    decide_by: date
    recorded_at: datetime
    decided_at: datetime | None
    decision: Decision | None
    reason: str | None
    version: int


class Circumstances(Body, frozen=True, kw_only=True):
    items: tuple[ShownCircumstance, ...]


def shown_rescission(rescission: Rescission) -> ShownRescission:
    kept = msgspec.structs.asdict(rescission)
    del kept["proposed_with"], kept["confirmed_with"]
    return ShownRescission(**kept)


def rescission_told(rescission: Rescission, found: tuple[Item, ...]) -> RescissionTold:
    return RescissionTold(**msgspec.structs.asdict(shown_rescission(rescission)), conflicts=conflicts(found))


def shown_circumstance(circumstance: Circumstance) -> ShownCircumstance:
    return ShownCircumstance(**msgspec.structs.asdict(circumstance))
