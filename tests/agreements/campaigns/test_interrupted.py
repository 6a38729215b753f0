"""A campaign is interrupted wherever it can be: it goes on where it was, and each tenant has exactly one offer."""

import asyncio
import random
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest

from kanta_tenancy.agreements.campaigns.model import CampaignStatus, RowState
from kanta_tenancy.agreements.campaigns.running import LEASE, work
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import invariants, journal
from kanta_tenancy.machinery.postgres.database import connect
from tests.agreements.campaigns.conftest import Office
from tests.agreements.campaigns.examples import a_cohort

ROOT = Path(__file__).parents[3]
KILLS = 24
WORKERS = 3
TENANTS = 800
LONGEST_S = 0.4  # of a life; so many kills leave something to do


class Cut:
    """Cancels the work when so many statements have been sent."""

    def __init__(self, after: int) -> None:
        self._left = after
        self.work: asyncio.Task[int] | None = None
        self.happened = False

    async def listen(self, connection) -> None:
        connection.add_query_logger(self._hear)

    def _hear(self, _) -> None:
        self._left -= 1
        if self._left == 0 and self.work is not None:
            self.happened = self.work.cancel()


async def test_cut_off_after_any_statement_it_goes_on_and_makes_one_offer(database, database_url, clock, office):
    service = database_url.replace("postgres@", "kanta_service@")
    cuts = 0
    while True:
        (tenancy_id,) = await office.tenants(1, first=cuts + 1)
        campaign = await office.started(cohorts=(one_of(tenancy_id, clock),))
        cut = Cut(cuts + 1)
        async with connect(service, size=5, check=cut.listen) as watched:
            cut.work = asyncio.ensure_future(work(watched, clock))
            await asyncio.wait({cut.work})
        if not cut.happened:
            break
        cuts += 1
        clock.advance(seconds=2 * LEASE.total_seconds())
        await work(database, clock)
        assert (await office.read(campaign)).status is CampaignStatus.DONE
        assert (tenancy_id, 1) in await office.offers()
    assert cuts > 15
    await office.check_one_each([row for row, _ in await office.offers()])
    assert len(await office.offers()) == cuts + 1


def one_of(tenancy_id, clock):
    return a_cohort(tenancies=(tenancy_id,), starts_on=clock.now().date())


@pytest.mark.slow
async def test_killed_at_random_moments_and_several_at_once_it_makes_every_offer_once(database, database_url, office):
    tenancies = await office.tenants(TENANTS)
    office.clock = SystemClock()
    campaign = await office.started()
    service = database_url.replace("postgres@", "kanta_service@")
    lives = random.Random(20261125)  # noqa: S311 -- how long a worker lives is no secret
    killed = await asyncio.gather(*(live_and_die(office, service, lives, KILLS // WORKERS) for _ in range(WORKERS)))
    assert sum(killed) == KILLS
    halfway = (await office.states()).get(RowState.OFFERED, 0)
    assert 0 < halfway < TENANTS
    workers = [await begun(service) for _ in range(2)]
    await office.until_done(campaign)
    for worker in workers:
        worker.kill()
        await worker.wait()
    await office.check_one_each(tenancies)
    assert await office.states() == {RowState.OFFERED: TENANTS}
    await check_journal(office)


async def begun(url: str) -> asyncio.subprocess.Process:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.agreements.campaigns.worker", url, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"at work\n"
    return worker


async def live_and_die(office: Office, url: str, lives: random.Random, times: int) -> int:
    killed = 0
    for number in range(times):
        worker = await begun(url)
        if number % 2:  # however slow the machine is, half of them die in the midst of their work
            before = await offered(office)
            while await offered(office) <= before:  # noqa: ASYNC110 -- it is another process that makes them
                await asyncio.sleep(0.01)
        await asyncio.sleep(lives.uniform(0.01, LONGEST_S))
        worker.kill()
        killed += await worker.wait() == -signal.SIGKILL
    return killed


async def offered(office: Office) -> int:
    async with office.database.transaction(office.realm) as tx:
        return await tx.connection.fetchval("SELECT count(*) FROM campaign_row WHERE state = 'offered'")


async def check_journal(office: Office) -> None:
    assert await invariants.broken(office.database) == {}
    async with office.database.transaction(office.realm) as tx:
        for chain in await journal.chains(tx, after=UUID(int=0)):
            assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []
