"""How long the event loop, which answers requests too, hears nothing while thousands are due at once."""

import asyncio
import gc
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine, event

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.promises import Kept, Outcome, pay_due
from tests.bench import promise_rows
from tests.bench.realm import Realm, execute

DUE: Final = 5_000
_LOOK_S: Final = 0.001
_PATIENCE_S: Final = 120.0

_EMPTY: Final = "TRUNCATE promise, promise_work"
_DUE_NOW: Final = "UPDATE promise_work SET due_at = '2026-03-02', next_at = '2026-03-02'"


class Listener:
    """Asks for the loop each millisecond and remembers for how long it did not get it."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        gc.collect()
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(_LOOK_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - asked - _LOOK_S)

    async def end(self) -> float:
        await asyncio.sleep(_LOOK_S * 2)
        self._task.cancel()
        await asyncio.wait({self._task})
        return self.longest_s


async def ours(realm: Realm) -> float:
    """Pay promises that are all due, each in a transaction of its own, and return the longest gap."""
    await execute(realm.owner_url, _EMPTY)
    await promise_rows.fill(realm, DUE)
    await execute(realm.owner_url, _DUE_NOW)

    async def keep(*_: object) -> Outcome:
        return Kept()

    async with connect(realm.service_url, size=8) as database:
        listener = Listener()
        await asyncio.sleep(0)
        paid = await pay_due(database, SystemClock(), {promise_rows.KIND: keep})
        longest = await listener.end()
    if paid != DUE:
        raise LookupError(f"{paid} promises were paid where {DUE} were due")
    return longest


async def theirs() -> float:
    """Have APScheduler run as many date jobs that are all due, and return the longest gap.

    Its store is a file of SQLite that is never flushed to disk: there is no faster SQL store for it.
    """
    all_ran = asyncio.Event()
    _ran.clear()
    _waiting[:] = [all_ran]
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'jobs'}")
        event.listen(engine, "connect", _do_not_sync)
        scheduler = AsyncIOScheduler(timezone=UTC, jobstores={"default": SQLAlchemyJobStore(engine=engine)})
        scheduler.start(paused=True)
        due_at = SystemClock().now() - timedelta(seconds=1)
        for number in range(DUE):
            scheduler.add_job(_run, "date", run_date=due_at, args=(number,), misfire_grace_time=None)
        listener = Listener()
        await asyncio.sleep(0)
        scheduler.resume()
        await asyncio.wait_for(all_ran.wait(), _PATIENCE_S)
        longest = await listener.end()
        scheduler.shutdown(wait=False)
        engine.dispose()
    return longest


_ran: Final[set[int]] = set()  # a job is kept by the name of its function, so it finds these in the module
_waiting: Final[list[asyncio.Event]] = []


async def _run(number: int) -> None:
    _ran.add(number)
    if len(_ran) == DUE:
        _waiting[0].set()


def _do_not_sync(connection: object, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]
    connection.execute("PRAGMA journal_mode = MEMORY")  # type: ignore[attr-defined]
