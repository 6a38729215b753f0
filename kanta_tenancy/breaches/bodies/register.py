"""The register of breaches as the API, a spreadsheet and the command line show it."""

import enum
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from kanta_tenancy.breaches import checking
from kanta_tenancy.breaches.checking import Period
from kanta_tenancy.breaches.register import RegisterLine
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.machinery.web.pages import PageQuery

Day = Annotated[date, msgspec.Meta(description="In Finland, of the finding")]
Whose = Annotated[UUID, msgspec.Meta(description="This tenant's register; left out: the main connector's own")]
COLUMNS: Final = tuple(name for name in RegisterLine.__struct_fields__)


class PeriodAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Day
    until: Annotated[Day, msgspec.Meta(description="The last day, a whole one")]
    tenancy_id: Whose | None = None

    def period(self) -> Period:
        return checking.period(self.since, self.until)


class RegisterAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Day
    until: Annotated[Day, msgspec.Meta(description="The last day, a whole one")]
    tenancy_id: Whose | None = None

    def period(self) -> Period:
        return checking.period(self.since, self.until)


def as_csv(pages: AsyncIterator[list[RegisterLine]]) -> AsyncIterator[bytes]:
    """Return the register for a spreadsheet piece by piece, a line for each breach, no cell of which it can compute."""
    return spreadsheets.by_pages(COLUMNS, pages, _row)


def _row(one: RegisterLine) -> list[str]:
    return [_cell(getattr(one, name)) for name in COLUMNS]


def _cell(value: object) -> str:
    """Write a value as a cell; what has several parts, with a semicolon between them."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.value if isinstance(value, enum.Enum) else str(value)
