"""What a statement reaches in the scope of a caller: the question of every test that holds rooms apart."""

from typing import Any, Protocol

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement


class Around(Protocol):
    """A realm with neighbours, and what a statement is asked about one of its rows."""

    database: Database

    def ask(self, statement: Statement) -> dict[str, Any]: ...


async def reached(around: Around, statement: Statement, caller: Caller) -> int:
    """Return how many rows a statement gives in a caller's scope, or changes."""
    async with around.database.transaction(caller) as tx:
        asked = around.ask(statement)
        return await statement.run(tx, **asked) if statement.row is Nothing else len(await statement.all(tx, **asked))
