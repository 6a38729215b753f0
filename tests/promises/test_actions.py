from datetime import timedelta

import asyncpg
import pytest

from kanta_tenancy.promises import Owner, keep, owe, owe_many, release, release_all
from kanta_tenancy.promises.store import FIND
from tests.parties.examples import a_realm
from tests.promises.examples import EXPLANATION, NOON, ledger, owed, promised

LATER = NOON + timedelta(days=1)


async def found(database, caller, owner, key: str = "test.end/1"):
    async with database.transaction(caller) as tx:
        number = await owner.fetchval("SELECT id FROM promise WHERE key = $1", key)
        return await FIND.one(tx, promise_id=number)


async def test_what_was_promised_is_read_back_as_it_was_said(database, owner, realm, tenant):
    said = owed(tenancy_id=tenant.tenancy.id, owner=Owner.TENANT, explanation=EXPLANATION)
    await promised(database, realm, said)
    kept = await found(database, tenant.caller, owner)
    assert {name: getattr(kept, name) for name in said.__struct_fields__} == {
        name: getattr(said, name) for name in said.__struct_fields__
    }
    assert (kept.version, kept.attempts, kept.settled_at, kept.result) == (1, 0, None, None)


async def test_the_same_key_again_says_it_anew_while_it_is_owed(database, owner, realm):
    await promised(database, realm, owed())
    await promised(database, realm, owed(due_at=LATER, facts={"number": 2}))
    promise = await found(database, realm, owner)
    assert (promise.due_at, promise.facts, promise.version) == (LATER, {"number": 2}, 2)
    assert await ledger(owner, "next_at") == [(LATER,)]


async def test_saying_the_same_again_changes_nothing(database, owner, realm):
    await promised(database, realm, owed(explanation=EXPLANATION))
    await owner.execute("UPDATE promise SET attempts = 3, last_error = 'x'")
    await owner.execute("UPDATE promise_work SET next_at = $1", LATER)
    await promised(database, realm, owed(explanation=EXPLANATION, made_at=LATER))
    assert await ledger(owner, "next_at, attempts, version, made_at") == [(LATER, 3, 1, NOON - timedelta(days=30))]
    await promised(database, realm, owed(explanation=EXPLANATION, facts={}))
    assert await ledger(owner, "next_at, attempts, version") == [(LATER, 3, 2)]


@pytest.mark.parametrize("settle", [keep, release])
async def test_what_is_settled_stays_so(database, owner, realm, settle):
    await promised(database, realm, owed())
    more = {} if settle is keep else {"because": "Withdrawn"}
    async with database.transaction(realm) as tx:
        assert await settle(tx, "test.end/1", at=LATER, **more) is True
        assert await settle(tx, "test.end/1", at=NOON, **more) is False
        await owe(tx, owed(due_at=LATER))
    ((state, due_at, settled_at, version),) = await ledger(owner, "state, due_at, settled_at, version")
    assert (state, due_at, settled_at, version) == ("kept" if settle is keep else "released", NOON, LATER, 2)
    with pytest.raises(asyncpg.RaiseError, match="final"):
        await owner.execute("UPDATE promise SET state = 'owed', settled_at = NULL")


async def test_a_key_that_was_never_promised_is_not_kept(database, realm):
    async with database.transaction(realm) as tx:
        assert await keep(tx, "test.end/1", at=NOON) is False
        assert await release(tx, "test.end/1", at=NOON, because="Nothing") is False


async def test_of_one_key_said_twice_at_once_the_last_counts(database, owner, realm):
    async with database.transaction(realm) as tx:
        await owe_many(tx, [])
        await owe_many(tx, [owed(1), owed(2), owed(1, due_at=LATER)])
    assert await ledger(owner, "key, due_at") == [("test.end/1", LATER), ("test.end/2", NOON)]


async def test_all_about_a_subject_is_released_and_nothing_else(database, owner, realm):
    about = {"subject": "agreement/1"}
    await promised(database, realm, owed(1, **about), owed(2, kind="test.warn", **about), owed(3), owed(4, **about))
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/4", at=NOON)
        assert await release_all(tx, "agreement/1", at=NOON, because="Withdrawn", kinds=["test.warn"]) == 1
        assert await release_all(tx, "agreement/1", at=NOON, because="Withdrawn") == 1
    assert [state for _, state in await ledger(owner)] == ["released", "released", "owed", "kept"]
    assert await owner.fetchval("SELECT result->>'because' FROM promise WHERE key = 'test.end/2'") == "Withdrawn"


async def test_two_main_connectors_may_owe_by_the_same_key(database, clock, owner, realm):
    other = await a_realm(database, clock, 2100000)
    await promised(database, realm, owed())
    await promised(database, other, owed())
    async with database.transaction(realm) as tx:
        assert await keep(tx, "test.end/1", at=NOON)
    assert sorted(state for _, state in await ledger(owner)) == ["kept", "owed"]


async def test_a_tenants_act_owes_and_settles_within_its_tenancy_only(database, clock, owner, realm, tenant):
    own = owed(1, tenancy_id=tenant.tenancy.id)
    await promised(database, realm, own, owed(2))
    async with database.transaction(tenant.caller) as tx:
        await owe(tx, owed(1, tenancy_id=tenant.tenancy.id, due_at=LATER))
        assert await keep(tx, "test.end/2", at=NOON) is False
        assert await release(tx, "test.end/1", at=NOON, because="Withdrawn") is True
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await promised(database, tenant.caller, owed(3))
    assert await ledger(owner) == [("test.end/1", "released"), ("test.end/2", "owed")]


async def test_two_acts_that_owe_the_same_keys_in_another_order_do_not_lock_each_other(database, owner, realm):
    for _ in range(20):
        async with database.transaction(realm) as one, database.transaction(realm) as other:
            await owe_many(one, [owed(1)])
            await owe_many(other, [owed(2)])
    assert len(await ledger(owner)) == 2
