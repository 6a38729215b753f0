"""Reports that are in flight at the same time, taken in together: when much is out of order, everybody reports."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from kanta_tenancy.disturbances.actions.reporting import Reported, prepared
from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import TakenInWithSimilar
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.grouping import AT_ONCE, Grouping

LEFT_TO_OTHERS: Final = 2  # connections, where each report has a transaction of its own

Storm: TypeAlias = Grouping[Reported, TakenInWithSimilar]


def intake(db: Database, clock: Clock, *, together: int, connections: int) -> Storm:
    """Return what takes reports in, so many in one transaction; each in the scope that it came from.

    Args:
        connections: to the database, of which the reports leave some to others.
    """

    async def write(reports: Sequence[Reported]) -> list[TakenInWithSimilar]:
        at = clock.now()
        intakes = [prepared(one, at) for one in reports]
        async with db.unscoped() as connection:
            return await store.take_in(connection, intakes)

    alone = max(AT_ONCE, connections - LEFT_TO_OTHERS)
    return Grouping(write, most=together, at_once=AT_ONCE if together > 1 else alone)
