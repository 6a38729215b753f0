"""The report of a month as the API shows it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.renewals.model import State
from kanta_tenancy.renewals.report import Report


class ReportAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    month: Annotated[date, msgspec.Meta(description="Any day of it", examples=["2026-03-01"])]
    tenancy: Annotated[UUID | None, msgspec.Meta(description="Of this tenant; left out: of all")] = None
    language: Annotated[Language, msgspec.Meta(description="Of the document")] = Language.FINNISH


class ShownOutcome(Body, frozen=True, kw_only=True):
    outcome: State
    requests: int
    handed_over: Annotated[int, msgspec.Meta(description="Of them, those that the responsible physician had")]
    permille: int


class ShownDay(Body, frozen=True, kw_only=True):
    day: Annotated[int, msgspec.Meta(description="1: answered within 24 hours of the arrival")]
    requests: int


class ShownReport(Body, frozen=True, kw_only=True):
    month: date
    made_at: datetime
    main_connector: str
    tenant: Annotated[str | None, msgspec.Meta(description="null: of all")]
    requests: Annotated[int, msgspec.Meta(description="Closed in the month, in Finland")]
    lapsed: int
    handed_over: int
    median_hours: Annotated[int | None, msgspec.Meta(description="Of the answers, whole hours from the arrival")]
    nine_tenths_hours: Annotated[int | None, msgspec.Meta(description="Within which nine of ten were answered")]
    outcomes: tuple[ShownOutcome, ...]
    days: tuple[ShownDay, ...]


def shown(report: Report) -> ShownReport:
    return ShownReport(
        month=report.month,
        made_at=report.made_at,
        main_connector=report.main_connector,
        tenant=report.tenant,
        requests=report.requests,
        lapsed=report.lapsed,
        handed_over=report.handed_over,
        median_hours=report.median_hours,
        nine_tenths_hours=report.nine_tenths_hours,
        outcomes=tuple(
            ShownOutcome(outcome=one.outcome, requests=one.requests, handed_over=one.handed_over, permille=one.permille)
            for one in report.outcomes
        ),
        days=tuple(ShownDay(day=one.day, requests=one.requests) for one in report.days),
    )
