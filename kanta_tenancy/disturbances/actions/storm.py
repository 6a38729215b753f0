"""Reports that are in flight at the same time, taken in together: when much is out of order, everybody reports."""

from collections.abc import Sequence
from typing import TypeAlias

from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import Intake, TakenInWithSimilar
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.group_commit import GroupCommit

Storm: TypeAlias = GroupCommit[Intake, TakenInWithSimilar]


def intake(db: Database, *, together: int) -> Storm:
    """Return what takes reports in, so many in one transaction; each in the scope that it came from."""

    async def write(intakes: Sequence[Intake]) -> list[TakenInWithSimilar]:
        async with db.unscoped() as connection:
            return await store.take_in_each(connection, intakes)

    return GroupCommit(write, most=together)
