"""The register read for whoever asks for it: by pages, or whole, a page at a time.

Each page has a transaction of its own, so a slow reader holds no connection. Nothing is deleted and what is reported
later comes later: nothing is missed or told twice; what is said of an event is as of when its page was read.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final

from kanta_tenancy.disturbances import register
from kanta_tenancy.disturbances.register import DisturbanceLine, Period, ReportedPosition
from kanta_tenancy.disturbances.store import register as store
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.machinery.postgres.database import Transaction

Transactions = Callable[[], AbstractAsyncContextManager[Transaction]]
_PAGE: Final = 200


async def page(tx: Transaction, period: Period, *, after: ReportedPosition | None, count: int) -> list[DisturbanceLine]:
    """Read a page of what was reported or planned in a period, in that order, as far as the scope sees it."""
    since, until = start_of_day(period.since), start_of_day(period.until + timedelta(days=1))
    found = await store.events(tx, since, until, after=after, count=count)
    return register.lines(found, await store.belonging(tx, [one.id for one in found]))


async def pages(transactions: Transactions, period: Period) -> AsyncIterator[list[DisturbanceLine]]:
    """Read all of a period, a page at a time; at least one page, which may be empty."""
    after: ReportedPosition | None = None
    while True:
        async with transactions() as tx:
            found = await page(tx, period, after=after, count=_PAGE)
        yield found
        if len(found) < _PAGE:
            return
        after = position(found[-1])


def position(line: DisturbanceLine) -> ReportedPosition:
    return ReportedPosition(reported_at=line.reported_at, id=line.id)
