"""One request as a room's routes see it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPMethod
from typing import Any, TypeVar

import msgspec
from litestar import Request

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Connection, Database, Transaction
from kanta_tenancy.machinery.web.preconditions import if_match_of
from kanta_tenancy.machinery.web.problems import REQUEST_ID
from kanta_tenancy.machinery.web.queries import read_query
from kanta_tenancy.machinery.web.trouble import reached

Q = TypeVar("Q", bound=msgspec.Struct)


class Call:
    """Who calls, from which version, what time it is, and the way to the database in the caller's scope."""

    __slots__ = ("_db", "clock", "repeatable", "request")

    def __init__(self, request: Request[Caller, Any, Any], db: Database, clock: Clock) -> None:
        self.request = request
        self.clock = clock
        self.repeatable = False  # set by `once` and its like: to ask again does nothing twice
        self._db = db

    @property
    def caller(self) -> Caller:
        return self.request.user

    @property
    def request_id(self) -> str:
        return str(self.request.scope.get(REQUEST_ID, ""))

    @property
    def expected_version(self) -> int:
        """The version that `If-Match` names; for routes with `if_match=True`."""
        return if_match_of(self.request)

    def asked(self, query: type[Q]) -> Q:
        """Return the query parameters; `query` is the Struct that the route declares."""
        return read_query(self.request, query)

    @asynccontextmanager
    async def transaction(self, caller: Caller | None = None) -> AsyncGenerator[Transaction]:
        """Begin a transaction of the caller's.

        Args:
            caller: who calls, on a public route that is opened by something else than an access key.

        Raises:
            DatabaseUnavailable: there is no way to the database.
            LookupError: a POST asks for it that is not answered by `once`; a programmer must mend it.
        """
        if self.request.method == HTTPMethod.POST and not self.repeatable:
            raise LookupError("a POST is answered by once(…), so that it can be repeated")
        async with AsyncExitStack() as stack:
            with reached():
                begun = self._db.transaction(caller or self.caller, request_id=self.request_id)
                tx = await stack.enter_async_context(begun)
            yield tx

    @asynccontextmanager
    async def asking(self, caller: Caller | None = None) -> AsyncGenerator[Transaction]:
        """Begin a transaction of the caller's that can only read, for a POST that declares `asks=True`.

        Args:
            caller: who calls, on a public route that is opened by something else than an access key.

        Raises:
            DatabaseUnavailable: there is no way to the database.
        """
        async with AsyncExitStack() as stack:
            with reached():
                begun = self._db.transaction(caller or self.caller, request_id=self.request_id)
                tx = await stack.enter_async_context(begun)
                await tx.connection.execute("SET TRANSACTION READ ONLY")
            yield tx

    @asynccontextmanager
    async def unscoped(self) -> AsyncGenerator[Connection]:
        """Lend a connection that sees no row of any realm, to find out whose a public address is.

        Raises:
            DatabaseUnavailable: there is no way to the database.
        """
        async with AsyncExitStack() as stack:
            with reached():
                connection = await stack.enter_async_context(self._db.unscoped())
            yield connection


def calls(db: Database, clock: Clock) -> Callable[[Request[Caller, Any, Any]], Call]:
    """Return the provider of the dependency `call`."""

    def call(request: Request[Caller, Any, Any]) -> Call:
        return Call(request, db, clock)

    return call
