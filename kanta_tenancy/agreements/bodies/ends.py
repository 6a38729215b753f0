"""What can end an agreement, as the API shows and takes it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies.agreements import Line
from kanta_tenancy.agreements.bodies.endings import ShownConflict, conflicts
from kanta_tenancy.agreements.checklist_promises import Line as Item
from kanta_tenancy.agreements.ends import Ground, Period, Unit
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.agreements.occurrences import (
    Exhibit,
    NewNotice,
    NewServiceAgreement,
    Notice,
    ServiceAgreement,
)
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


class SaidPeriod(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    count: Annotated[int, msgspec.Meta(ge=1, le=3660)]
    unit: Unit


class SaidServiceAgreement(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a service-production agreement of the two parties."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="What people call it by")]
    since: date
    last_day: Annotated[date, msgspec.Meta(description="The last day on which it is in force")] | None = None
    notice_period: (
        Annotated[SaidPeriod, msgspec.Meta(description="Where it says another than one month; needs its document")]
        | None
    ) = None
    exhibit_id: UUID | None = None

    def said(self) -> NewServiceAgreement:
        period = self.notice_period
        return NewServiceAgreement(
            name=self.name,
            since=self.since,
            last_day=self.last_day,
            period=None if period is None else Period(count=period.count, unit=period.unit),
            exhibit_id=self.exhibit_id,
        )


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


class ShownServiceAgreement(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    name: str
    since: date
    last_day: date | None
    notice_period: Period | None
    exhibit_id: UUID | None
    recorded_at: datetime
    version: int


class ServiceAgreementTold(ShownServiceAgreement, frozen=True, kw_only=True):
    """A service-production agreement, and what cannot be done as it should before the end that it brings."""

    conflicts: tuple[ShownConflict, ...]


class ServiceAgreements(Body, frozen=True, kw_only=True):
    items: tuple[ShownServiceAgreement, ...]


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


class ExhibitAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="The file's name")]


class ShownExhibit(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    brought_by: Party
    added_at: datetime


def shown_notice(notice: Notice) -> ShownNotice:
    return ShownNotice(**msgspec.structs.asdict(notice), withdrawn=notice.is_withdrawn)


def notice_told(notice: Notice, found: tuple[Item, ...]) -> NoticeTold:
    return NoticeTold(**msgspec.structs.asdict(shown_notice(notice)), conflicts=conflicts(found))


def shown_service_agreement(said: ServiceAgreement) -> ShownServiceAgreement:
    kept = msgspec.structs.asdict(said)
    del kept["notice_count"], kept["notice_unit"]
    return ShownServiceAgreement(**kept, notice_period=said.period)


def service_agreement_told(said: ServiceAgreement, found: tuple[Item, ...]) -> ServiceAgreementTold:
    return ServiceAgreementTold(**msgspec.structs.asdict(shown_service_agreement(said)), conflicts=conflicts(found))


def shown_exhibit(exhibit: Exhibit) -> ShownExhibit:
    return ShownExhibit(**msgspec.structs.asdict(exhibit))


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
