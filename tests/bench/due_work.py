"""Finding what is due among many promises, and finding that nothing is."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import asyncpg
import uvloop

from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.promises import Kept, Outcome, pay_due, store
from kanta_tenancy.promises.model import Claimed
from tests.bench.promise_rows import DUE, KIND
from tests.bench.realm import Realm
from tests.conftest import FrozenClock

_FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)  # a second before the first promise of the filling is due
_WAKINGS: Final = 500  # of one round

_PLAIN: Final = """
DROP TABLE IF EXISTS bench_plain;
CREATE TABLE bench_plain (id uuid PRIMARY KEY, main_connector_id uuid NOT NULL, leased_until timestamptz NOT NULL);
"""
_INSERT: Final = """
INSERT INTO bench_plain (id, main_connector_id, leased_until)
SELECT id, main_connector_id, leased_until
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS came (id, main_connector_id, leased_until)
"""


class Connected:
    """An event loop with a pool of the service's role, for measurements that are no coroutines."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self.database: Database = self.run(self._stack.enter_async_context(connect(self.realm.service_url, size=8)))
        self.owner: asyncpg.Connection = self.run(asyncpg.connect(self.realm.owner_url))
        return self

    def __exit__(self, *ended: object) -> None:
        self.run(self.owner.close())
        self.run(self._stack.aclose())
        self._runner.__exit__(*ended)

    def run(self, work: Awaitable[object]) -> object:
        async def done() -> object:
            return await work

        return self._runner.run(done())


class Ledger(Connected):
    """Claims what a day has brought, and inserts just what came back into a table that has a primary key alone."""

    _came: list[Claimed]

    def claim(self) -> float:
        self.run(self.owner.execute("UPDATE promise_work SET leased_until = NULL WHERE leased_until IS NOT NULL"))
        self.run(self.owner.execute("VACUUM promise_work"))
        return float(self.run(self._claim()))

    async def _claim(self) -> float:
        began = time.perf_counter()
        now = _FIRST + timedelta(seconds=DUE)
        self._came = await store.claim(self.database, now, lease=timedelta(seconds=60), kinds=[KIND], batch=2 * DUE)
        took = time.perf_counter() - began
        if len(self._came) != DUE:
            raise LookupError(f"{len(self._came)} promises came where {DUE} were expected")
        return took

    def insert(self) -> float:
        self.run(self.owner.execute(_PLAIN))
        return float(self.run(self._insert()))

    async def _insert(self) -> float:
        began = time.perf_counter()
        columns = [[getattr(one, name) for one in self._came] for name in Claimed.__struct_fields__]
        await self.owner.execute(_INSERT, *columns)
        return time.perf_counter() - began


class Sleeper(Connected):
    """Wakes the work again and again while nothing is due."""

    def wake(self) -> float:
        return float(self.run(self._wake()))

    async def _wake(self) -> float:
        clock = FrozenClock(_FIRST)
        began = time.perf_counter()
        for _ in range(_WAKINGS):
            if await pay_due(self.database, clock, {KIND: _keep}):
                raise LookupError("something was due")
        return (time.perf_counter() - began) / _WAKINGS


async def _keep(*_: object) -> Outcome:
    return Kept()
