"""Workers are killed at random moments while requests lapse: each is handed over, warned of and lapses once."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.renewals import working
from kanta_tenancy.renewals.actions import intake
from tests.promises.test_kills import BETWEEN_S, Workers
from tests.renewals import worker
from tests.renewals.practice import an_arrival

KILLS = int(os.environ.get("KANTA_TEST_KILLS", "30")) // 2
REQUESTS = KILLS * 20
LASTS_S = KILLS * BETWEEN_S
LOOKS = 600  # a tenth of a second apart, for what was left at the last kill

pytestmark = pytest.mark.slow


@pytest.fixture
async def workers(database_url) -> AsyncIterator[Workers]:
    workers = Workers(database_url.replace("postgres@", "kanta_service@"), worker.run)
    yield workers
    workers.end()


async def test_whenever_workers_are_killed_every_request_goes_its_way_once(practice, owner, workers, clock):
    database, realm = practice.database, practice.realm
    await owner.execute("UPDATE renewal_decision SET effective_on = '2026-01-01'")
    start = SystemClock().now()
    # Each is told in its last seconds: the physician has it at once, and then its time runs out.
    arrivals = [
        an_arrival(clock, arrived_at=start - timedelta(hours=192) + timedelta(seconds=1 + LASTS_S * number / REQUESTS))
        for number in range(REQUESTS)
    ]
    for first in range(0, REQUESTS, 50):
        async with database.transaction(realm) as tx:
            await intake.take_in(tx, SystemClock(), arrivals[first : first + 50])
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0, 2 * BETWEEN_S))  # noqa: S311 -- chance, not secrecy
        await asyncio.to_thread(workers.kill_one)
    for _ in range(LOOKS):
        if not await owner.fetchval("SELECT count(*) FROM renewal_request WHERE closed_at IS NULL"):
            break
        await asyncio.sleep(0.1)
    await asyncio.to_thread(workers.end)
    assert await working.work(database, SystemClock()) == 0, "nothing is left"
    await check(owner)
    async with database.transaction(realm) as tx:
        for chain in await journal.chains(tx, after=UUID(int=0)):
            assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []


async def check(owner) -> None:
    assert await owner.fetchval("SELECT count(*) FROM renewal_request WHERE state = 'lapsed'") == REQUESTS
    assert await owner.fetchval("SELECT count(*) FROM renewal_request WHERE closed_at = lapses_at") == REQUESTS
    steps = await owner.fetch("SELECT done, hours, count(*) AS rows, count(DISTINCT request) AS requests"
                              " FROM renewal_step GROUP BY done, hours")  # fmt: skip
    assert all(row["rows"] == row["requests"] for row in steps), "nothing was done twice"
    by_step = {(row["done"], row["hours"]): row["requests"] for row in steps}
    assert by_step["lapsed", None] == REQUESTS
    # What was looked at before its last instant was handed over, and warned of with the most urgent warning alone.
    assert by_step["handed_over", None] == by_step["warned", 168] == by_step["superseded", 72]
    assert await owner.fetchval("SELECT count(*) FROM renewal_duty") == REQUESTS
    assert await owner.fetchval("SELECT count(*) FROM promise WHERE kind = 'renewal.remind'") == REQUESTS
    lapsed = "SELECT count(*) FROM journal_entry WHERE entry LIKE '%renewal_request.lapsed%'"
    assert await owner.fetchval(lapsed) == REQUESTS
