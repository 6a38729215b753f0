"""How requests ended, counted, in PostgreSQL. The only module that reads `sql/queries/renewals/figure.sql`."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.kernel.calendar import add_months, start_of_day
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import statement
from kanta_tenancy.renewals.model import OPEN, Figure, State


class OpenFigure(Record, frozen=True, kw_only=True):
    """How many requests are open in a state, over all realms."""

    state: State
    open: int
    oldest_arrived_at: datetime
    soonest_lapses_at: datetime
    late: int  # time should have done something with them, and did not


class DutyFigure(Record, frozen=True, kw_only=True):
    """How many patients are still to be told, over all realms."""

    open: int
    overdue: int
    oldest_opened_at: datetime | None


OF_MONTH: Final = statement("renewals/figure.of_month", Figure)
OF_MONTH_OF_HOUSE: Final = statement("renewals/figure.of_month_of_house", Figure)
OPEN_FIGURES: Final = statement("renewals/figure.open", OpenFigure)
DUTIES: Final = statement("renewals/figure.duties", DutyFigure)
_CLOSED: Final = [state for state in State if state not in OPEN]


async def of_month(tx: Transaction, month: date, *, holder: UUID | None) -> list[Figure]:
    """Read how the requests ended that were closed in a month in Finland.

    Args:
        month: its first day.
        holder: of this tenancy, or the main connector's own units; None: of all.
    """
    asked: dict[str, Any] = {
        "main_connector_id": tx.scope.main_connector_id,
        "states": _CLOSED,
        "month": month,
        "since": start_of_day(month),
        "until": start_of_day(add_months(month, 1)),
    }
    if holder is not None:
        return await OF_MONTH_OF_HOUSE.all(tx, holder=holder, **asked)
    return await OF_MONTH.all(tx, **asked)


async def open_figures(db: Database, now: datetime) -> list[OpenFigure]:
    async with db.unscoped() as connection:
        return await OPEN_FIGURES.all(connection, now=now)


async def duty_figures(db: Database, now: datetime) -> DutyFigure | None:
    async with db.unscoped() as connection:
        return await DUTIES.one(connection, now=now)
