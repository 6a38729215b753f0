"""A checkpoint sees where every chain ended; two who make one at once make one; nobody can take one back."""

import asyncio
import hashlib
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.seals import Kind, SealNotSetUp
from kanta_tenancy.seals.checkpointing import checkpoint
from kanta_tenancy.seals.evidence import root_of
from kanta_tenancy.seals.model import CheckpointStatement
from kanta_tenancy.seals.store import checkpoints
from tests.parties.examples import a_realm, a_tenant
from tests.seals.examples import a_seal, acted, breaks, checkpointed, every_certificate


def said(checkpoint) -> CheckpointStatement:
    return msgspec.json.decode(jws.unseal(checkpoint.seal, typ=Kind.CHECKPOINT).payload, type=CheckpointStatement)


async def test_a_checkpoint_is_over_the_ends_of_all_chains(database, owner, seal, clock, pair):
    realm, tenant = pair
    made = await checkpointed(database, seal, clock, realm)
    heads = await owner.fetch("SELECT chain, sequence, digest FROM journal_head ORDER BY chain")
    assert {row["chain"] for row in heads} == {realm.scope.main_connector_id, tenant.tenancy.id}
    root = root_of([tuple(row) for row in heads])
    one = made.checkpoint
    assert (one.number, one.size, one.root, made.moved, made.rewritten) == (1, 2, root, 2, 0)
    assert said(one) == CheckpointStatement(
        main_connector_id=realm.scope.main_connector_id,
        number=1,
        at=clock.now(),
        size=2,
        root=root.hex(),
        previous=None,
    )


async def test_only_what_moved_is_written_down_and_each_follows_the_one_before(database, owner, seal, clock, pair):
    realm, tenant = pair
    other = await a_tenant(database, clock, realm, 1234600)
    first = await checkpointed(database, seal, clock, realm)
    await acted(database, clock, realm, tenant.tenancy.id, count=3)
    second = await checkpointed(database, seal, clock, realm)
    assert (second.moved, second.checkpoint.size) == (1, 3)
    assert said(second.checkpoint).previous == hashlib.sha256(first.checkpoint.seal.encode()).hexdigest()
    rows = await owner.fetch("SELECT chain FROM journal_checkpoint_head WHERE number = 2")
    assert [row["chain"] for row in rows] == [tenant.tenancy.id]
    async with database.transaction(realm) as tx:
        heads = await checkpoints.heads_at(tx, 2)
        assert other.tenancy.id in {head.chain for head in heads}
        ends = [(head.chain, head.sequence, head.digest) for head in heads]
    assert root_of(ends) == second.checkpoint.root
    assert await breaks(database, realm) == []


async def test_a_new_chain_takes_the_next_place_and_the_others_keep_theirs(database, seal, clock, realm, tenant):
    await checkpointed(database, seal, clock, realm)
    async with database.transaction(realm) as tx:
        before = {head.chain: head.position for head in await checkpoints.heads_at(tx, 1)}
    later = await a_tenant(database, clock, realm, 1234600)
    await checkpointed(database, seal, clock, realm)
    async with database.transaction(realm) as tx:
        after = {head.chain: head.position for head in await checkpoints.heads_at(tx, 2)}
    assert after == before | {later.tenancy.id: 2}


async def test_when_nothing_has_moved_the_checkpoint_before_stands(database, seal, clock, realm, tenant):
    first = await checkpointed(database, seal, clock, realm)
    clock.advance(hours=1)
    again = await checkpointed(database, seal, clock, realm)
    assert (again.moved, again.checkpoint.seal) == (0, first.checkpoint.seal)


@pytest.mark.usefixtures("tenant")
async def test_of_many_who_make_a_checkpoint_at_once_one_does(database, owner, seal, clock, realm):
    made = await asyncio.gather(*(checkpointed(database, seal, clock, realm) for _ in range(6)))
    assert sorted(one.moved for one in made) == [0, 0, 0, 0, 0, 2]
    assert await owner.fetchval("SELECT count(*) FROM journal_checkpoint") == 1


async def test_checkpoints_that_are_made_while_others_write_are_whole(database, seal, clock, realm, tenant):
    async def write() -> None:
        for _ in range(10):
            await acted(database, clock, realm, tenant.tenancy.id)

    async def make() -> None:
        for _ in range(5):
            await checkpointed(database, seal, clock, realm)

    await asyncio.gather(write(), make(), write(), make())
    assert await breaks(database, realm) == []


async def test_a_checkpoint_that_was_cut_off_leaves_nothing_and_the_next_one_is_the_first(
    database, owner, seal, clock, realm
):
    async def cut_off() -> None:
        async with database.transaction(realm) as tx:
            await checkpoint(tx, seal, clock)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await cut_off()
    assert await owner.fetchval("SELECT count(*) FROM journal_checkpoint") == 0
    assert (await checkpointed(database, seal, clock, realm)).checkpoint.number == 1
    assert await breaks(database, realm) == []


async def test_each_realm_has_checkpoints_of_its_own(database, seal, clock, realm, tenant):
    other = await a_realm(database, clock, 2100000)
    mine, theirs = [await checkpointed(database, seal, clock, one) for one in (realm, other)]
    assert (mine.checkpoint.number, mine.checkpoint.size) == (1, 2)
    assert (theirs.checkpoint.number, theirs.checkpoint.size) == (1, 1)
    async with database.transaction(other) as tx:
        assert [one.seal for one in await checkpoints.newest(tx, count=10)] == [theirs.checkpoint.seal]


async def test_the_journal_tells_once_with_which_certificate_its_checkpoints_are_sealed(
    database, owner, seal, clock, realm
):
    await checkpointed(database, seal, clock, realm)
    await acted(database, clock, realm)
    await checkpointed(database, seal, clock, realm)
    clock.advance(hours=1)
    await a_seal(database, seal, clock, "seal-2")
    await checkpointed(database, seal, clock, realm)
    rows = await owner.fetch(
        "SELECT entry::jsonb -> 'facts' ->> 'certificate' AS certificate FROM journal_entry"
        " WHERE entry::jsonb ->> 'action' = 'seal.taken_over' ORDER BY sequence"
    )
    assert [row["certificate"] for row in rows] == [one.sha256 for one in await every_certificate(database)]
    assert await breaks(database, realm) == []


async def test_without_a_seal_there_is_no_checkpoint(database, keys, clock, realm):
    with pytest.raises(SealNotSetUp):
        await checkpointed(database, keys, clock, realm)


async def test_a_chain_that_was_rewritten_is_told_and_the_others_are_sealed(database, owner, seal, clock, pair):
    realm, tenant = pair
    await checkpointed(database, seal, clock, realm)
    await owner.execute("DELETE FROM journal_entry WHERE chain = $1", tenant.tenancy.id)
    await owner.execute("DELETE FROM journal_head WHERE chain = $1", tenant.tenancy.id)
    await acted(database, clock, realm)
    made = await checkpointed(database, seal, clock, realm)
    assert (made.moved, made.rewritten, made.checkpoint.size) == (1, 1, 2)


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE journal_checkpoint SET root = sha256('x')",
        "DELETE FROM journal_checkpoint",
        "UPDATE journal_checkpoint_head SET sequence = 1",
        "DELETE FROM journal_checkpoint_head",
        "UPDATE journal_checkpoint_timestamp SET token = 'x'",
        "DELETE FROM journal_checkpoint_timestamp",
        "TRUNCATE journal_checkpoint_head",
    ],
)
async def test_the_service_cannot_take_a_checkpoint_back(database, seal, clock, realm, mischief):
    await checkpointed(database, seal, clock, realm)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(realm) as tx:
            await tx.connection.execute(mischief)


async def test_a_tenant_sees_checkpoints_and_its_own_heads_alone_and_makes_none(database, seal, clock, realm, tenant):
    other = await a_tenant(database, clock, realm, 1234600)
    made = await checkpointed(database, seal, clock, realm)
    async with database.transaction(tenant.caller) as tx:
        assert [one.seal for one in await checkpoints.newest(tx)] == [made.checkpoint.seal]
        assert {head.chain for head in await checkpoints.heads_at(tx, 1)} == {tenant.tenancy.id}
        assert await checkpoints.head_of(tx, other.tenancy.id, 1) is None
        assert len(await checkpoints.leaves(tx, 1)) == 3
    await acted(database, clock, realm, tenant.tenancy.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await checkpointed(database, seal, clock, tenant.caller)


async def test_a_stranger_sees_nothing(database, seal, clock, realm, tenant):
    await checkpointed(database, seal, clock, realm)
    other = await a_realm(database, clock, 2100000)
    async with database.transaction(other) as tx:
        assert await checkpoints.newest(tx) == []
        assert await checkpoints.leaves(tx, 1) == []


async def test_ten_thousand_chains_take_about_a_second(database, owner, seal, clock, realm):
    await owner.execute(
        "WITH made AS (SELECT gen_random_uuid() AS chain FROM generate_series(1, 10000)), entered AS ("
        " INSERT INTO journal_entry SELECT chain, 1, $1, chain, now(), '{}', sha256(uuid_send(chain)) FROM made)"
        " INSERT INTO journal_head SELECT chain, $1, chain, 1, sha256(uuid_send(chain)) FROM made",
        realm.scope.main_connector_id,
    )
    await owner.execute("ANALYZE")
    loop = asyncio.get_running_loop()
    took = []
    for _ in range(2):
        await acted(database, clock, realm)
        began = loop.time()
        made = await checkpointed(database, seal, clock, realm)
        took.append(loop.time() - began)
    assert (made.checkpoint.size, made.moved) == (10001, 1)
    assert max(took) < timedelta(seconds=5).total_seconds(), took  # about one here; others work on the machine too
