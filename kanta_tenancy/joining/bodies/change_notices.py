"""Change notices as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.joining import due_day
from kanta_tenancy.joining.bodies.applications import Line, ServiceKeys
from kanta_tenancy.joining.model import Change, ChangeKind, ChangeNotice, Conflict, Deadline, Status, Wanted
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

_LARGEST = 1000


class SaidChange(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned change of technical client data."""

    kind: ChangeKind
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, description="What changes, and why")]
    tenancy_ids: Annotated[
        tuple[UUID, ...], msgspec.Meta(max_length=_LARGEST, description="Whom it concerns; none in particular if empty")
    ] = ()
    services: ServiceKeys = ()
    effective_on: Annotated[date, msgspec.Meta(description="The first day on which the change holds")]
    known_on: (
        Annotated[
            date,
            msgspec.Meta(description="When you came to know the reason; left out: today, or as it was said before"),
        ]
        | None
    ) = None

    def change(self, known_on: date) -> Change:
        """Return what is said; `known_on` is the day to assume when that is left out."""
        return Change(
            kind=self.kind,
            description=self.description,
            tenancy_ids=tuple(map(TenancyId, self.tenancy_ids)),
            services=self.services,
            known_on=known_on if self.known_on is None else self.known_on,
            effective_on=self.effective_on,
        )


class Sending(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That Kela was told."""

    sent_on: date
    sent_by: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="Who sent it")]
    reference: Annotated[Line | None, msgspec.Meta(description="Such as the number of a case")] = None


class GivingUp(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why Kela is not told."""

    reason: Line


class ChangeNoticesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: Annotated[Status, msgspec.Meta(description="In every state when left out")] | None = None

    def wanted(self) -> Wanted:
        return Wanted() if self.status is None else Wanted(statuses=(self.status,))


class ShownChangeNotice(Body, frozen=True, kw_only=True):
    id: UUID
    kind: ChangeKind
    description: str
    tenancy_ids: tuple[UUID, ...]
    services: tuple[str, ...]
    known_on: date
    effective_on: date
    due_on: Annotated[date, msgspec.Meta(description="The last day on which it is sent in time")]
    explanation: Annotated[Explanation, msgspec.Meta(description="How that day came about, and how sure it is")]
    conflicts: Annotated[
        tuple[Conflict, ...], msgspec.Meta(description="What keeps it, or kept it, from being in time; as of today")
    ]
    status: Status
    version: int
    created_at: datetime
    sent_on: date | None
    sent_by: str | None
    reference: str | None
    because: Annotated[str | None, msgspec.Meta(description="Why it is not needed, or the change was cancelled")]
    settled_at: datetime | None


def shown(notice: ChangeNotice, today: date, deadline: Deadline) -> ShownChangeNotice:
    return ShownChangeNotice(conflicts=due_day.conflicts(notice, today, deadline), **msgspec.structs.asdict(notice))
