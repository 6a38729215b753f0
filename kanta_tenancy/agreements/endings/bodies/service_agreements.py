"""Service-production agreements, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.checklists.bodies import ShownConflict, conflicts
from kanta_tenancy.agreements.endings.checklists.ledger import Line as Item
from kanta_tenancy.agreements.endings.model import NewServiceAgreement, ServiceAgreement
from kanta_tenancy.agreements.ends import Period, Unit
from kanta_tenancy.kernel.records import Body


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


def shown_service_agreement(said: ServiceAgreement) -> ShownServiceAgreement:
    kept = msgspec.structs.asdict(said)
    del kept["notice_count"], kept["notice_unit"]
    return ShownServiceAgreement(**kept, notice_period=said.period)


def service_agreement_told(said: ServiceAgreement, found: tuple[Item, ...]) -> ServiceAgreementTold:
    return ServiceAgreementTold(**msgspec.structs.asdict(shown_service_agreement(said)), conflicts=conflicts(found))
