"""The figures of a month, in PostgreSQL. The only module that reads `sql/queries/disturbance_summary/figure.sql`."""

from datetime import date, datetime
from typing import Final

from kanta_tenancy.disturbances.summary.counting import COUNTED, DutyFigure, EventFigure, LeftFigure
from kanta_tenancy.kernel.calendar import add_months, day_in_finland, start_of_day
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

EVENTS: Final = statement("disturbance_summary/figure.events", EventFigure)
DUTIES: Final = statement("disturbance_summary/figure.duties", DutyFigure)
LEFT: Final = statement("disturbance_summary/figure.left_to_do", LeftFigure)


async def events(tx: Transaction, month: date) -> list[EventFigure]:
    """Read the disturbances that were reported in a month in Finland.

    Args:
        month: its first day.
    """
    return await EVENTS.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        since=start_of_day(month),
        until=start_of_day(add_months(month, 1)),
        facts=list(COUNTED),
    )


async def duties(tx: Transaction, month: date, now: datetime) -> list[DutyFigure]:
    """Read what became of the duties to tell of them."""
    return await DUTIES.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        since=start_of_day(month),
        until=start_of_day(add_months(month, 1)),
        now=now,
    )


async def left(tx: Transaction, now: datetime) -> list[LeftFigure]:
    """Read what is left to do now."""
    return await LEFT.all(tx, main_connector_id=tx.scope.main_connector_id, today=day_in_finland(now))
