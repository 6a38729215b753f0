"""Reports that are in flight at the same time, taken in together: when much is out of order, everybody reports."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from kanta_tenancy.disturbances.actions.reporting import Reported, prepared
from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import TakenInWithSimilar
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.grouping import Grouping

MOST_AT_ONCE: Final = 64  # that have a transaction each

Storm: TypeAlias = Grouping[Reported, TakenInWithSimilar]


def intake(db: Database, clock: Clock, *, together: int) -> Storm:
    """Return what takes reports in; each in the scope that it came from.

    Args:
        together: so many in one transaction. 1: each has its own; they still travel, and wait for the disk, together.
    """
    write_all = store.take_in if together > 1 else store.take_in_each

    async def write(reports: Sequence[Reported]) -> Sequence[TakenInWithSimilar]:
        at = clock.now()
        intakes = [prepared(one, at) for one in reports]
        async with db.unscoped() as connection:
            return await write_all(connection, intakes)

    return Grouping(write, most=together if together > 1 else MOST_AT_ONCE)
