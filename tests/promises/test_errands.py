"""A promise for which somebody outside has to be asked first: no transaction waits, and nothing comes twice."""

import asyncio
from datetime import timedelta

import pytest

from kanta_tenancy.promises import Errand, Kept, Later, NotNow, owe, pay_due, release
from kanta_tenancy.promises.paying import LEASE
from tests.promises.examples import NOON, ledger, owed, promised

OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


async def put_down(tx, _, promise, found) -> Kept:
    await tx.connection.execute("INSERT INTO effect VALUES ($1)", found)
    return Kept(result={"found": found})


def errands(ask, keep=put_down) -> dict[str, Errand]:
    return {"test.end": Errand(ask=ask, keep=keep)}


async def effects_of(owner) -> list[str]:
    return [row["key"] for row in await owner.fetch("SELECT key FROM effect ORDER BY key")]


@pytest.mark.usefixtures("effects")
async def test_nobody_is_asked_while_a_transaction_is_open_and_the_answer_commits_with_the_mark(
    database, clock, owner, realm
):
    seen = []

    async def ask(db, caller, clock, promise):
        seen.append((await owner.fetchval(OPEN), caller.scope, promise.key))
        async with db.transaction(caller) as tx:
            return await tx.connection.fetchval("SELECT 'an answer'")

    await promised(database, realm, owed(1))
    assert await pay_due(database, clock, errands(ask)) == 1
    assert seen == [(0, realm.scope, "test.end/1")]
    assert await effects_of(owner) == ["an answer"]
    assert await ledger(owner) == [("test.end/1", "kept")]
    assert await owner.fetchval("SELECT result FROM promise") == '{"found": "an answer"}'


@pytest.mark.usefixtures("effects")
@pytest.mark.parametrize("what", ["released", "put off"])
async def test_what_came_back_is_dropped_when_the_promise_was_moved_meanwhile(database, clock, owner, realm, what):
    later = NOON + timedelta(days=1)

    async def ask(db, caller, clock, promise):
        async with db.transaction(realm) as tx:
            if what == "released":
                await release(tx, promise.key, at=NOON, because="it fell away")
            else:
                await owe(tx, owed(1, due_at=later))
        return "too late"

    await promised(database, realm, owed(1))
    assert await pay_due(database, clock, errands(ask)) == 0
    assert await effects_of(owner) == []
    expected = ("released", NOON) if what == "released" else ("owed", later)
    assert await ledger(owner, "state, due_at, attempts") == [(*expected, 0)]


@pytest.mark.usefixtures("effects")
async def test_of_two_instances_of_which_the_first_is_slow_one_puts_down_what_came_back(database, clock, owner, realm):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_):
        asked.set()
        await go_on.wait()
        return "slow"

    async def fast(*_):
        return "fast"

    await promised(database, realm, owed(1))
    first = asyncio.ensure_future(pay_due(database, clock, errands(slow)))
    await asked.wait()
    assert await pay_due(database, clock, errands(fast)) == 0  # the lease is the first one's
    clock.at = NOON + 2 * LEASE
    assert await pay_due(database, clock, errands(fast)) == 1
    go_on.set()
    assert await first == 0
    assert await effects_of(owner) == ["fast"]


@pytest.mark.usefixtures("effects")
async def test_whether_asking_or_keeping_fails_it_is_tried_again_and_others_go_on(database, clock, owner, realm):
    async def ask(db, caller, clock, promise):
        if promise.key.endswith("/1"):
            raise NotNow("The authority does not answer")
        return promise.key

    async def keep(tx, clock, promise, found):
        await put_down(tx, clock, promise, found)
        if promise.key.endswith("/2"):
            raise ValueError(found)
        return Later(due_at=NOON + timedelta(days=1)) if promise.key.endswith("/3") else Kept()

    await promised(database, realm, *(owed(number) for number in (1, 2, 3, 4)))
    assert await pay_due(database, clock, errands(ask, keep)) == 2
    assert await ledger(owner, "state, attempts, last_error") == [
        ("owed", 1, "The authority does not answer"),
        ("owed", 1, "ValueError"),
        ("owed", 0, None),
        ("kept", 0, None),
    ]
    assert await effects_of(owner) == ["test.end/3", "test.end/4"]


@pytest.mark.usefixtures("effects")
async def test_who_does_not_answer_in_time_holds_up_nobody(database, clock, owner, realm):
    async def ask(db, caller, clock, promise):
        if promise.key.endswith("/1"):
            await asyncio.Event().wait()
        return promise.key

    await promised(database, realm, owed(1), owed(2))
    assert await pay_due(database, clock, errands(ask), patience_s=0.2) == 1
    assert await ledger(owner, "state, attempts, last_error") == [("owed", 1, "TimeoutError"), ("kept", 0, None)]
