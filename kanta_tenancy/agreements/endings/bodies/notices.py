"""Notices of termination, and when an agreement ends, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line
from kanta_tenancy.agreements.endings.checklists.bodies import ShownConflict, conflicts
from kanta_tenancy.agreements.endings.checklists.ledger import Line as Item
from kanta_tenancy.agreements.endings.model import NewNotice, Notice
from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.records import Body

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]


class SaidNotice(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A written notice of termination: as a message, as a file that was brought before, or both."""

    party: Annotated[Party, msgspec.Meta(description="Who gives it")]
    given_on: date
    message: Text | None = None
    exhibit_id: UUID | None = None
    delivered_on: Annotated[date, msgspec.Meta(description="When it reached the other party")] | None = None
    delivered_how: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None

    def notice(self) -> NewNotice:
        return NewNotice(**msgspec.structs.asdict(self))


class Delivery(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a notice reached the other party, and how that is known."""

    delivered_on: date
    how: Line


class ShownNotice(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    agreement_id: UUID
    party: Party
    given_on: date
    message: str | None
    exhibit_id: UUID | None
    recorded_at: datetime
    delivered_on: date | None
    delivered_how: str | None
    main_connector_agrees_at: datetime | None
    tenant_agrees_at: datetime | None
    withdrawn: bool
    version: int


class NoticeTold(ShownNotice, frozen=True, kw_only=True):
    """A notice, and what cannot be done as it should before the end that it brings."""

    conflicts: tuple[ShownConflict, ...]


class Notices(Body, frozen=True, kw_only=True):
    items: tuple[ShownNotice, ...]


class ShownEnd(Body, frozen=True, kw_only=True):
    """When an agreement ends or has ended, and how that was worked out."""

    agreement_id: UUID
    status: Status
    in_force_until: datetime | None  # exclusive; null: until further notice
    last_day: date | None
    ground: Ground | None
    source: UUID | None
    put_down_at: datetime | None  # when the service put down that it has ended, which may be later
    explanation: Explanation | None


def shown_notice(notice: Notice) -> ShownNotice:
    return ShownNotice(**msgspec.structs.asdict(notice), withdrawn=notice.is_withdrawn)


def notice_told(notice: Notice, found: tuple[Item, ...]) -> NoticeTold:
    return NoticeTold(**msgspec.structs.asdict(shown_notice(notice)), conflicts=conflicts(found))


def shown_end(agreement: Agreement) -> ShownEnd:
    return ShownEnd(
        agreement_id=agreement.id,
        status=agreement.status,
        in_force_until=agreement.in_force_until,
        last_day=agreement.last_day,
        ground=agreement.end_ground,
        source=agreement.end_source,
        put_down_at=agreement.ended_at if agreement.status is Status.ENDED else None,
        explanation=agreement.end_explanation,
    )
