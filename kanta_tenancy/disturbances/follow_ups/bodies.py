"""Follow-ups and faults as the API shows and takes them."""

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.bodies.reports import Instant, Lines
from kanta_tenancy.disturbances.follow_ups.lifecycle import due_at, next_moves
from kanta_tenancy.disturbances.follow_ups.model import (
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Owner,
    SaidAction,
    SaidFault,
)
from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

Due = Annotated[date, msgspec.Meta(description="Until the end of this day in Finland", examples=["2026-06-30"])]
Whose = Annotated[Owner, msgspec.Meta(description="Who does it; outside the two parties the main connector sees to it")]
Somebody = Annotated[UUID, msgspec.Meta(description="The contact at the party that sees to it")]


class FollowUpStateAsked(enum.StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    ANY = "any"


class FollowUpsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        FollowUpStateAsked, msgspec.Meta(description="open: the earliest due first; otherwise the newest first")
    ] = FollowUpStateAsked.OPEN
    tenancy: Annotated[UUID | None, msgspec.Meta(description="Of this tenant; left out: of all")] = None

    @property
    def states(self) -> tuple[FollowUpState, ...]:
        return tuple(FollowUpState) if self.state is FollowUpStateAsked.ANY else (FollowUpState(self.state.value),)


class FollowUpPlanning(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done after a disturbance."""

    what: Lines
    owner: Whose
    due_on: Due
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Whom it concerns, who sees it too")] | None = None
    contact_id: Somebody | None = None

    def said(self) -> SaidAction:
        return SaidAction(
            what=self.what,
            owner=self.owner,
            due_on=self.due_on,
            tenancy_id=None if self.tenancy_id is None else TenancyId(self.tenancy_id),
            contact_id=None if self.contact_id is None else ContactId(self.contact_id),
        )


class Changing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done, said whole; whom it concerns stays."""

    what: Lines
    owner: Whose
    due_on: Due
    contact_id: Somebody | None = None

    def said(self) -> SaidAction:
        contact = None if self.contact_id is None else ContactId(self.contact_id)
        return SaidAction(what=self.what, owner=self.owner, due_on=self.due_on, contact_id=contact)


class Notifying(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault that somebody noticed. A tenant leaves to the main connector who mends it and until when."""

    what: Annotated[Lines, msgspec.Meta(examples=["Two lines of the medication list are swapped"])]
    noticed_at: Annotated[Instant, msgspec.Meta(description="With its offset from UTC")]
    owner: Whose = Owner.MAIN_CONNECTOR
    due_on: Annotated[date, msgspec.Meta(description="Left out: in thirty days")] | None = None
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Who notified it; a tenant's is its own")] | None = None
    contact_id: Somebody | None = None
    disturbance_id: UUID | None = None
    system_id: UUID | None = None

    def said(self) -> SaidFault:
        said = msgspec.structs.asdict(self)
        tenancy, contact = said.pop("tenancy_id"), said.pop("contact_id")
        return SaidFault(
            tenancy_id=None if tenancy is None else TenancyId(tenancy),
            contact_id=None if contact is None else ContactId(contact),
            **said,
        )


class Showing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    evidence: Annotated[Lines, msgspec.Meta(description="What shows that it is done")]


class Explaining(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    because: Lines


class ShownFollowUp(Body, frozen=True, kw_only=True):
    id: UUID
    kind: FollowUpKind
    state: FollowUpState
    what: str
    owner: Owner
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whom it concerns; null: the main connector alone")]
    contact_id: UUID | None
    disturbance_id: UUID | None
    system_id: UUID | None
    due_on: date
    due_at: Annotated[datetime, msgspec.Meta(description="The end of that day in Finland")]
    noticed_at: datetime
    reported_by: str
    reported_at: datetime
    state_at: datetime
    note: Annotated[str | None, msgspec.Meta(description="What shows it, why it is not done, or why it is open again")]
    settled_by: str | None
    told_at: Annotated[datetime | None, msgspec.Meta(description="When the tenant was last told how it stands")]
    version: int
    next_moves: tuple[str, ...]


def shown(one: FollowUp) -> ShownFollowUp:
    said = msgspec.structs.asdict(one)
    names = set(ShownFollowUp.__struct_fields__) & said.keys()
    return ShownFollowUp(
        due_at=due_at(one),
        next_moves=tuple(wanted.value for wanted in next_moves(one)),
        **{name: said[name] for name in names},
    )
