"""The outbox against PgQueuer: messages that are due, handed to a subscriber that does nothing."""

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Final, Self

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import connect
from tests.bench.realm import Realm, execute, execute_each, make_realm
from tests.conftest import on

MESSAGES: Final = 20_000
_BATCHES: Final = (100, 250, 500, 1000)  # of PgQueuer: the best of them is measured
_KIND: Final = "bench.told"
_BODY: Final = '{"type": "bench.told", "agreement_id": "0199a0d2-0000-7000-8000-000000000001", "on": "2026-03-02"}'

_FILL: Final = """
INSERT INTO outbox (id, main_connector_id, kind, body, at, next_at)
SELECT gen_random_uuid(), $1, $2, $3, '2026-03-02', '2026-03-02'
  FROM generate_series(1, $4::integer)
"""


class Both:
    """Our outbox and PgQueuer's queue, each in a database of its own on the same server, fsync on."""

    def __init__(self, server: str) -> None:
        self.best = _BATCHES[0]
        self._server = server
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self._realm: Realm = self._runner.run(make_realm(self._server, "bench_outbox", tenants=1))
        self._url = on(self._server, "bench_pgqueuer")
        self._runner.run(self._install())
        self.best = min(_BATCHES, key=lambda batch: self._runner.run(self._drain(batch)))
        return self

    def __exit__(self, *ended: object) -> None:
        self._runner.__exit__(*ended)

    def ours(self) -> float:
        return self._run(self._carry_on())

    def theirs(self) -> float:
        return self._run(self._drain(self.best))

    def _run(self, work: Awaitable[float]) -> float:
        async def done() -> float:
            return await work

        return self._runner.run(done())

    async def _carry_on(self) -> float:
        await execute_each(self._realm.owner_url, ["TRUNCATE outbox"])
        await execute(self._realm.owner_url, _FILL, self._realm.caller.scope.main_connector_id, _KIND, _BODY, MESSAGES)
        await execute(self._realm.owner_url, "ANALYZE outbox")
        heard = 0

        async def hear(*_: object) -> None:
            nonlocal heard
            heard += 1

        async with connect(self._realm.service_url, size=8) as database:
            began = time.perf_counter()
            await outbox.carry_on(database, SystemClock(), {_KIND: hear})
            took = time.perf_counter() - began
        _check(heard)
        return took

    async def _install(self) -> None:
        await execute(self._server, "CREATE DATABASE bench_pgqueuer")
        connection = await asyncpg.connect(self._url)
        await Queries.from_asyncpg_connection(connection).install()
        await connection.close()

    async def _drain(self, batch: int) -> float:
        """Let PgQueuer empty its queue; it keeps jobs that fail, as we do, though none does."""
        connection = await asyncpg.connect(self._url)
        queries = Queries.from_asyncpg_connection(connection)
        await queries.clear_queue()
        await queries.clear_queue_log()
        await queries.enqueue([_KIND] * MESSAGES, [_BODY.encode()] * MESSAGES, [0] * MESSAGES)
        await connection.execute("ANALYZE")
        pgq = PgQueuer(queries.driver, queries=queries)
        heard = 0

        @pgq.entrypoint(_KIND, on_failure="hold")
        async def hear(_: object) -> None:
            nonlocal heard
            heard += 1

        began = time.perf_counter()
        await pgq.qm.run(dequeue_timeout=timedelta(seconds=1), batch_size=batch, mode=QueueExecutionMode.drain)
        took = time.perf_counter() - began
        _check(heard)
        if not connection.is_closed():
            await connection.close()
        return took


def _check(heard: int) -> None:
    if heard != MESSAGES:
        raise LookupError(f"{heard} messages were heard where {MESSAGES} were due")
