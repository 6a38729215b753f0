"""The pool, and the one place where a transaction begins and ends."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg
import msgspec

from kanta_tenancy.kernel.acting import Actor, Caller, Scope

if TYPE_CHECKING:  # generic for the type checker only
    _Plain = asyncpg.Connection[asyncpg.Record]
else:
    _Plain = asyncpg.Connection

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Check: TypeAlias = Callable[[Connection], Awaitable[None]]

_SETTINGS: Final = {
    "application_name": "kanta-tenancy",
    "timezone": "UTC",
    "lock_timeout": "3s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",  # compiling a plan takes longer than any statement here
}
# A connection keeps its plans. One that was made while a table had a few rows reads the whole table, also to check a
# foreign key, until autovacuum has counted again: in a campaign that makes each offer dearer than the one before.
_QUERIES_OF_ONE_CONNECTION: Final = 5_000
_ACQUIRE_S: Final = 2.0  # a caller waits no longer for a free connection: better a 503 that says so than a queue


class Transaction:
    """One action's transaction: whose rows it sees and who acts go with it.

    What is written through it commits together, or not at all.
    """

    __slots__ = ("actor", "connection", "request_id", "scope")

    def __init__(self, connection: Connection, scope: Scope, actor: Actor, request_id: str = "") -> None:
        self.connection = connection
        self.scope = scope
        self.actor = actor
        self.request_id = request_id


class Database:
    """A pool of connections under the service's role. Nothing else in the service commits or rolls back."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self, caller: Caller, *, request_id: str = "") -> AsyncGenerator[Transaction]:
        """Begin a transaction in the caller's scope; commit at the end, roll back on any error.

        Raises:
            OSError, asyncpg.PostgresError, TimeoutError: the database cannot be reached or is overloaded.
        """
        async with self._pool.acquire(timeout=_ACQUIRE_S) as connection:
            try:
                await connection.execute(_begin(caller.scope))
                yield Transaction(connection, caller.scope, caller.actor, request_id)
                if await connection.execute("COMMIT") != "COMMIT":  # PostgreSQL rolls back in silence after an error
                    raise asyncpg.InFailedSQLTransactionError("a statement failed, so nothing was committed")
            finally:
                if connection.is_in_transaction():
                    await _roll_back(connection)

    @asynccontextmanager
    async def unscoped(self) -> AsyncGenerator[Connection]:
        """Lend a connection that sees no row of any realm.

        It is for the few functions that work across realms and return identifiers only: who holds a key,
        what is due.
        """
        async with self._pool.acquire(timeout=_ACQUIRE_S) as connection:
            yield connection


@asynccontextmanager
async def connect(url: str, *, size: int = 8, check: Check | None = None) -> AsyncGenerator[Database]:
    """Open a pool on `url`; the server need not be up yet, since connections are made when they are needed.

    Args:
        check: looks at each new connection before it is lent, and raises when it must not be.
    """

    async def prepare(connection: Connection) -> None:
        await _understand_json(connection)
        if check is not None:
            await check(connection)

    pool = asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=300,
        max_queries=_QUERIES_OF_ONE_CONNECTION,
        server_settings=_SETTINGS,
        statement_cache_size=500,
        connection_class=_ScopedConnection,
        init=prepare,
    )
    async with pool:
        yield Database(pool)


class _ScopedConnection(_Plain):
    def get_reset_query(self) -> str:
        # All our settings are local to a transaction, so there is nothing to reset: one round trip less a use.
        return ""


async def _understand_json(connection: Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode, decoder=msgspec.json.decode)


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _begin(scope: Scope) -> str:
    # Both identifiers are UUID objects, whose text cannot hold a quote; one simple query saves two round trips.
    tenancy = scope.tenancy_id or "*"
    return f"BEGIN; SET LOCAL kanta.main_connector = '{scope.main_connector_id}'; SET LOCAL kanta.tenancy = '{tenancy}'"


async def _roll_back(connection: Connection) -> None:
    try:
        await connection.execute("ROLLBACK")
    finally:
        if connection.is_in_transaction():
            connection.terminate()
