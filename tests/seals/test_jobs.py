"""Each hour a checkpoint is owed and made, late after an interruption, once; timestamps follow."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from kanta_tenancy import promises
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.promises import State, Wanted, What, audit, pay_due
from kanta_tenancy.seals.jobs import (
    CHECKPOINT,
    PERIOD,
    checkpoints_expected,
    keeper,
    owe_checkpoints,
    stamp_checkpoints,
)
from kanta_tenancy.seals.store import checkpoints
from tests.parties.examples import a_realm
from tests.seals.examples import NOON, acted, breaks, checkpointed


async def numbers(database, realm) -> list[int]:
    async with database.transaction(realm) as tx:
        return [one.number for one in await checkpoints.oldest(tx, after=0, count=100)]


async def owed(database, realm) -> list[promises.Promise]:
    async with database.transaction(realm) as tx:
        return await promises.page(tx, Wanted(kind=CHECKPOINT), after=None, count=10)


async def pay(database, clock, seal) -> int:
    return await pay_due(database, clock, {CHECKPOINT: keeper(seal)})


async def test_nothing_is_owed_before_a_key_has_the_seal(database, clock, realm):
    assert await owe_checkpoints(database, clock) == 0
    assert await owed(database, realm) == []


async def test_one_promise_stands_in_each_realm_however_often_it_is_looked(database, seal, clock, realm):
    other = await a_realm(database, clock, 2100000)
    assert sum(await asyncio.gather(*(owe_checkpoints(database, clock) for _ in range(3)))) >= 2
    clock.advance(minutes=20)
    assert await owe_checkpoints(database, clock) == 0
    for one in (realm, other):
        assert [(promise.state, promise.due_at) for promise in await owed(database, one)] == [
            (State.OWED, NOON + PERIOD)
        ]


async def test_each_hour_has_its_checkpoint_and_the_promise_is_put_off_to_the_next(database, seal, clock, realm):
    await owe_checkpoints(database, clock)
    for hour in (1, 2, 3):
        clock.at = NOON + hour * PERIOD
        await acted(database, clock, realm)
        assert await pay(database, clock, seal) == 1
        assert await pay(database, clock, seal) == 0
        assert await numbers(database, realm) == list(range(1, hour + 1))
    [promise] = await owed(database, realm)
    assert (promise.state, promise.due_at) == (State.OWED, NOON + 4 * PERIOD)


async def test_after_a_night_off_there_is_one_checkpoint_and_not_one_for_each_hour(database, seal, clock, realm):
    await owe_checkpoints(database, clock)
    clock.advance(hours=9, minutes=20)
    assert await pay(database, clock, seal) == 1
    assert await numbers(database, realm) == [1]
    assert (await owed(database, realm))[0].due_at == NOON + 10 * PERIOD


async def test_of_instances_that_pay_at_once_one_makes_the_checkpoint(database, owner, seal, clock, realm):
    await owe_checkpoints(database, clock)
    clock.advance(hours=1)
    assert sorted(await asyncio.gather(*(pay(database, clock, seal) for _ in range(4)))) == [0, 0, 0, 1]
    assert await numbers(database, realm) == [1]


async def test_a_keeper_that_was_cut_off_is_made_up_for(database, seal, clock, realm):
    await owe_checkpoints(database, clock)
    clock.advance(hours=1)
    paying = asyncio.create_task(pay(database, clock, seal))
    await asyncio.sleep(0.02)
    paying.cancel()
    await asyncio.wait([paying])
    clock.advance(minutes=5)
    await pay(database, clock, seal)
    assert await numbers(database, realm) == [1]
    assert await breaks(database, realm) == []


async def test_without_its_key_an_instance_says_why_and_tries_again(database, seal, clock, realm):
    await owe_checkpoints(database, clock)
    (seal.folder / "seal-1.key").rename(seal.folder / "away")
    clock.advance(hours=1)
    assert await pay(database, clock, seal) == 0
    [promise] = await owed(database, realm)
    assert "lies in the folder of KANTA_SEAL_KEYS" in (promise.last_error or "")
    (seal.folder / "away").rename(seal.folder / "seal-1.key")
    clock.advance(minutes=5)
    assert await pay(database, clock, seal) == 1
    assert await numbers(database, realm) == [1]


async def test_a_chain_that_lost_what_was_sealed_is_an_error_in_the_log(database, owner, seal, clock, pair):
    realm, tenant = pair
    await owe_checkpoints(database, clock)
    await checkpointed(database, seal, clock, realm)
    await owner.execute("DELETE FROM journal_entry WHERE chain = $1", tenant.tenancy.id)
    clock.advance(hours=1)
    with capture_logs() as lines:
        await pay(database, clock, seal)
    told = [line for line in lines if line["event"] == "journal rewritten"]
    assert [(line["log_level"], line["chains"]) for line in told] == [("error", 1)]


async def audited(database, clock, realm) -> list[What]:
    async with database.transaction(realm) as tx:
        return [one.what for one in await audit(tx, clock.now(), {"checkpoints": checkpoints_expected})]


async def test_the_audit_misses_a_checkpoint_that_nobody_owes(database, seal, clock, realm):
    assert await audited(database, clock, realm) == [What.MISSING]
    await owe_checkpoints(database, clock)
    assert await audited(database, clock, realm) == []
    clock.advance(hours=3)
    assert await audited(database, clock, realm) == [What.UNPAID]


async def test_the_audit_wants_none_before_a_key_has_the_seal(database, clock, realm):
    assert await audited(database, clock, realm) == []


async def test_a_promise_that_a_person_settled_is_owed_anew(database, owner, seal, clock, realm):
    await owe_checkpoints(database, clock)
    async with database.transaction(realm) as tx:
        await promises.release_all(tx, (await owed(database, realm))[0].subject, at=clock.now(), because="a test")
    clock.advance(hours=1)
    assert await owe_checkpoints(database, clock) == 1
    assert [one.state for one in await owed(database, realm)] == [State.RELEASED, State.OWED]


class AnAuthority:
    """Stamps whatever it is given, and remembers it; silent for a realm until it is said to be there."""

    def __init__(self) -> None:
        self.stamped: list[bytes] = []
        self.is_away_for: set[MainConnectorId] = set()

    async def __call__(self, realm: MainConnectorId, octets: bytes) -> bytes | None:
        if realm in self.is_away_for:
            return None
        self.stamped.append(octets)
        return b"token over " + octets[:10]


async def test_every_checkpoint_is_stamped_once_also_after_the_authority_was_away(database, seal, clock, realm):
    authority = AnAuthority()
    authority.is_away_for.add(realm.scope.main_connector_id)
    for _ in range(3):
        await acted(database, clock, realm)
        await checkpointed(database, seal, clock, realm)
    assert await stamp_checkpoints(database, clock, stamp=authority) == 0
    authority.is_away_for.clear()
    assert await stamp_checkpoints(database, clock, stamp=authority) == 3
    assert await stamp_checkpoints(database, clock, stamp=authority) == 0
    async with database.transaction(realm) as tx:
        line = await checkpoints.oldest(tx, after=0, count=10)
    assert authority.stamped == [one.seal.encode() for one in line]
    assert [one.token for one in line] == [b"token over " + one.seal.encode()[:10] for one in line]


async def test_a_realm_whose_authority_is_away_holds_up_no_other(database, seal, clock, realm):
    other = await a_realm(database, clock, 2100000)
    authority = AnAuthority()
    authority.is_away_for.add(realm.scope.main_connector_id)
    for one in (realm, other):
        await checkpointed(database, seal, clock, one)
    assert await stamp_checkpoints(database, clock, stamp=authority) == 1
    async with database.transaction(other) as tx:
        assert (await checkpoints.find(tx, 1)).token is not None


async def test_of_two_instances_that_stamp_at_once_the_first_token_is_kept(database, seal, clock, realm):
    made = await checkpointed(database, seal, clock, realm)
    async with database.transaction(realm) as tx:
        await checkpoints.add_timestamp(tx, made.checkpoint.number, b"first", clock.now())
    async with database.transaction(realm) as tx:
        await checkpoints.add_timestamp(tx, made.checkpoint.number, b"second", clock.now() + timedelta(seconds=1))
        assert (await checkpoints.find(tx, 1)).token == b"first"
