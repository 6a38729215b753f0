"""What must never be: named questions whose answer is no row in a healthy database, asked across all realms."""

from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.statements import Statement, statement


class Broken(Record, frozen=True, kw_only=True):
    name: str
    rows: int


_PATIENCE: Final = "2h"  # it reads every document there is, which takes longer than any request may

BROKEN: Final[Statement[Broken]] = statement("postgres/invariants.broken", Broken)


async def broken(db: Database) -> dict[str, int]:
    """Return how many rows break each invariant that is broken; it sees numbers, never the rows."""
    async with db.unscoped() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL statement_timeout = '{_PATIENCE}'")
        return {one.name: one.rows for one in await BROKEN.all(connection)}
