"""Two instances make checkpoints at once and are killed at random moments: the line of checkpoints stays whole."""

import asyncio
import multiprocessing
import random

import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.seals.store import checkpoints
from tests.parties.examples import a_realm, a_tenant
from tests.seals import worker
from tests.seals.examples import a_folder, a_seal, breaks, checkpointed

KILLS = 12
AT_WORK_S = (0.1, 0.5)
LOOKS = 600  # a twentieth of a second apart, until one that was begun has made a checkpoint

pytestmark = pytest.mark.slow


async def test_whenever_whoever_makes_checkpoints_is_killed_they_are_whole(database, database_url, owner, tmp_path):
    clock, keys = SystemClock(), a_folder(tmp_path)
    await a_seal(database, keys, clock)
    realm = await a_realm(database, clock)
    chains = [(await a_tenant(database, clock, realm, serial)).tenancy.id for serial in (1234600, 1234700, 1234800)]
    url = database_url.replace("postgres@", "kanta_service@")
    said = (url, str(keys.folder), str(realm.scope.main_connector_id), [str(chain) for chain in chains])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.seals.worker"])

    async def work_until_killed() -> None:
        process = context.Process(target=worker.run, args=said, daemon=True)
        process.start()
        begun = await made()
        for _ in range(LOOKS):
            if await made() != begun:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(random.uniform(*AT_WORK_S))  # noqa: S311 -- chance, not secrecy
        process.kill()
        process.join()
        assert process.exitcode == -9

    async def made() -> int:
        async with database.transaction(realm) as tx:
            return sum(one.number for one in await checkpoints.newest(tx))

    for _ in range(KILLS // 2):
        await asyncio.gather(work_until_killed(), work_until_killed())
    await checkpointed(database, keys, clock, realm)
    assert await breaks(database, realm) == []
    ends = await owner.fetch("SELECT chain, sequence FROM journal_head ORDER BY chain")
    async with database.transaction(realm) as tx:
        last = (await checkpoints.newest(tx))[0]
        seen = {(head.chain, head.sequence) for head in await checkpoints.heads_at(tx, last.number)}
    assert seen == {tuple(row) for row in ends}
    assert last.number > KILLS
