"""Workers are killed at random moments: what is owed is done once, whatever they were at."""

import asyncio
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from uuid import UUID

import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.promises import audit
from tests.conftest import FrozenClock
from tests.promises import worker
from tests.promises.examples import keys, ledger, owed, promised

KILLS = int(os.environ.get("KANTA_TEST_KILLS", "30"))  # `make kill` does more
WORKERS = 3
BETWEEN_S = 0.2  # two kills, on average
DUE_OVER_S = KILLS * BETWEEN_S
PROMISES = KILLS * 40
STUBBORN = range(0, PROMISES // 3, 50)  # these fail at first, and are tried again ten seconds later
LOOKS = 600  # a tenth of a second apart, for what was left at the last kill

pytestmark = pytest.mark.slow


class Workers:
    """Processes that work; one that was killed is followed by another."""

    def __init__(self, url: str, run: Callable[[str], None] = worker.run) -> None:
        self._url = url
        self._run = run
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([run.__module__])  # a new one is there at once
        self._alive = [self._start() for _ in range(WORKERS)]

    def kill_one(self) -> None:
        victim = self._alive.pop(random.randrange(len(self._alive)))  # noqa: S311 -- chance, not secrecy
        victim.kill()
        victim.join()
        assert victim.exitcode == -9
        self._alive.append(self._start())

    def end(self) -> None:
        for each in self._alive:
            each.kill()
            each.join()

    def _start(self) -> BaseProcess:
        process = self._context.Process(target=self._run, args=(self._url,), daemon=True)
        process.start()
        return process


@pytest.fixture
async def workers(database_url, effects) -> Iterator[Workers]:
    await effects.execute("CREATE TABLE heard (key text NOT NULL); GRANT ALL ON heard TO kanta_service")
    workers = Workers(database_url.replace("postgres@", "kanta_service@"))
    yield workers
    workers.end()


async def test_whenever_workers_are_killed_every_promise_is_kept_once(database, effects, realm, workers):
    start = SystemClock().now()
    due = {number: start + timedelta(seconds=DUE_OVER_S * number / PROMISES) for number in range(PROMISES)}
    await promised(
        database,
        realm,
        *(owed(number, due_at=at, facts={"stubborn": int(number in STUBBORN)}) for number, at in due.items()),
    )
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0, 2 * BETWEEN_S))  # noqa: S311 -- chance, not secrecy
        await asyncio.to_thread(workers.kill_one)
    for _ in range(LOOKS):
        if not await effects.fetchval("SELECT count(*) FROM promise WHERE state = 'owed'"):
            break
        await asyncio.sleep(0.1)
    await asyncio.to_thread(workers.end)
    everything = keys(range(PROMISES))
    assert await ledger(effects) == [(key, "kept") for key in everything]
    assert [row["key"] for row in await effects.fetch("SELECT key FROM effect ORDER BY key")] == everything
    await check_messages(database, effects, everything)
    await check_journal(database, effects, realm, len(everything))
    async with database.transaction(realm) as tx:
        assert [one for one in await audit(tx, SystemClock().now(), {}) if one.what != "late"] == []


async def check_messages(database, effects, everything: list[str]) -> None:
    """Hand over what killed workers had claimed, once its lease has run out, and see that each was heard once."""
    later = FrozenClock(SystemClock().now() + timedelta(minutes=5))
    await worker.carry_on(database, later)
    assert [row["key"] for row in await effects.fetch("SELECT key FROM heard ORDER BY key")] == everything
    assert await effects.fetchval("SELECT count(*) FROM outbox WHERE state <> 'done'") == 0


async def check_journal(database, effects, realm, count: int) -> None:
    ended = await effects.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%test.ended%'")
    assert ended == count
    async with database.transaction(realm) as tx:
        for chain in await journal.chains(tx, after=UUID(int=0)):
            assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []
