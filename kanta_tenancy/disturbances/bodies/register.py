"""The register of disturbances as the API, a spreadsheet and the command line show it."""

import enum
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Final

import msgspec

from kanta_tenancy.disturbances import checking
from kanta_tenancy.disturbances.register import DisturbanceLine, Judged, Period, RegisteredDuty
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.machinery.web.pages import PageQuery

Day = Annotated[date, msgspec.Meta(description="In Finland, of the report")]
LastDay = Annotated[date, msgspec.Meta(description="The last day, a whole one")]
COLUMNS: Final = DisturbanceLine.__struct_fields__
_BETWEEN: Final = " | "


class DisturbancePeriodAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Day
    until: LastDay

    def period(self) -> Period:
        return checking.period(self.since, self.until)


class DisturbanceRegisterAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Day
    until: LastDay

    def period(self) -> Period:
        return checking.period(self.since, self.until)


def as_csv(pages: AsyncIterator[list[DisturbanceLine]]) -> AsyncIterator[bytes]:
    """Return the register for a spreadsheet piece by piece, a line for each event, no cell of which it can compute."""
    return spreadsheets.by_pages(COLUMNS, pages, _row)


def _row(one: DisturbanceLine) -> list[str]:
    return [_cell(getattr(one, name)) for name in COLUMNS]


def _cell(value: object) -> str:
    """Write a value as a cell; what has several parts, with a stroke between them."""
    match value:
        case None:
            return ""
        case tuple():
            return _BETWEEN.join(map(_part, value))
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case enum.Enum():
            return str(value.value)
        case _:
            return str(value)


def _part(one: Judged | RegisteredDuty) -> str:
    if isinstance(one, Judged):
        return f"{one.fact}={one.answer} ({one.basis}, {one.answered_by}, {_cell(one.answered_at)})"
    who = "" if one.owed_by is None else f" of {one.owed_by}"
    how = "" if one.channel is None else f" by {one.channel}"
    state = f"{one.state}{how} {_cell(one.state_at)}"
    return f"{one.rule}{who} {one.round} to {one.addressee}: {state}, due {_cell(one.due_at)}"
