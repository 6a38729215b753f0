import asyncio
import contextlib
from datetime import timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.promises import Kept, Later, NotNow, Owner, Released, keep, owe, pay_due, release_all, store
from kanta_tenancy.promises.lifecycle import ATTEMPTS
from kanta_tenancy.promises.paying import LEASE
from tests.parties.examples import a_realm
from tests.promises.examples import NOON, Payer, keys, ledger, owed, promised

MANY = 300


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


def keepers(keeper):
    return {"test.end": keeper}


async def test_what_is_due_is_paid_in_the_realm_that_owes_it_and_nothing_else(database, clock, owner, realm):
    other = await a_realm(database, clock, 2100000)
    seen = []

    async def keeper(tx, clock, promise):
        seen.append((promise.key, tx.scope.main_connector_id, tx.scope.tenancy_id, tx.actor.name))
        return Kept(result={"done": 1})

    await promised(database, realm, owed(1), owed(2, due_at=NOON + timedelta(seconds=1)))
    await promised(database, realm, owed(3, owner=Owner.MAIN_CONNECTOR), owed(4, kind="test.unknown"))
    await promised(database, other, owed(5))
    assert await pay_due(database, clock, keepers(keeper)) == 2
    realms = [caller.scope.main_connector_id for caller in (realm, other)]
    assert sorted(seen) == [
        ("test.end/1", realms[0], None, "promises"),
        ("test.end/5", realms[1], None, "promises"),
    ]
    assert [state for _, state in await ledger(owner)] == ["kept", "owed", "owed", "owed", "kept"]
    assert await owner.fetchval("SELECT result FROM promise WHERE key = 'test.end/1'") == '{"done": 1}'
    assert await pay_due(database, clock, {}) == 0


async def test_two_schedulers_at_once_pay_every_promise_once(database, clock, owner, realm):
    await promised(database, realm, *(owed(number) for number in range(MANY)))
    payer = Payer(pause_s=0.001)
    runs = await asyncio.gather(*(pay_due(database, clock, keepers(payer), batch=7) for _ in range(2)))
    assert sum(runs) == MANY
    assert min(runs) > 0
    assert sorted(payer.kept) == keys(range(MANY))
    assert {state for _, state in await ledger(owner)} == {"kept"}


async def test_what_was_missed_for_three_days_is_paid_once_with_both_times(database, clock, owner, realm):
    due = {number: NOON - timedelta(hours=number) for number in range(72)}
    await promised(database, realm, *(owed(number, due_at=at) for number, at in due.items()))
    payer = Payer()
    assert await pay_due(database, clock, keepers(payer)) == 72
    assert await pay_due(database, clock, keepers(payer)) == 0
    assert sorted(payer.kept) == keys(range(72))
    assert await ledger(owner, "key, due_at, settled_at") == sorted(
        (f"test.end/{number}", at, NOON) for number, at in due.items()
    )


async def fails(*_):
    raise NotNow("nobody is at home")


async def divides_by_zero(*_):
    raise ZeroDivisionError("131052-308T")


async def leaves_a_failed_statement_behind(tx, *_):
    with contextlib.suppress(asyncpg.PostgresError):
        await tx.connection.execute("SELECT 1 / 0")
    return Kept()


async def cancels_itself(*_):
    raise asyncio.CancelledError


async def never_ends(*_):
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "failing",
    [
        (fails, "nobody is at home"),
        (divides_by_zero, "ZeroDivisionError"),
        (leaves_a_failed_statement_behind, "InFailedSQLTransactionError"),
        (cancels_itself, "CancelledError"),
        (never_ends, "TimeoutError"),
    ],
)
async def test_whatever_a_keeper_raises_is_a_failed_attempt_of_its_promise_alone(
    database, clock, effects, realm, failing
):
    failure, said = failing

    async def keeper(tx, clock, promise):
        await tx.connection.execute("INSERT INTO effect VALUES ($1)", promise.key)
        return await failure(tx, clock, promise) if promise.key == "test.end/1" else Kept()

    await promised(database, realm, *(owed(number) for number in range(4)))
    assert await pay_due(database, clock, keepers(keeper), patience_s=0.2) == 3
    assert [row["key"] for row in await effects.fetch("SELECT key FROM effect ORDER BY key")] == keys([0, 2, 3])
    assert await ledger(effects) == [(key, "owed" if key == "test.end/1" else "kept") for key in keys(range(4))]
    waiting = (await ledger(effects, "attempts, next_at, last_error"))[1]
    assert waiting == (1, NOON + timedelta(seconds=10), said)


async def test_a_promise_that_always_fails_is_broken_and_that_is_said_loudly(database, clock, owner, realm):
    await promised(database, realm, owed())
    with capture_logs() as logs:
        for _ in range(ATTEMPTS + 3):
            await pay_due(database, clock, keepers(fails))
            clock.advance(hours=1)
    assert await ledger(owner, "state, attempts, last_error") == [("broken", ATTEMPTS, "nobody is at home")]
    assert [line["log_level"] for line in logs] == ["warning"] * (ATTEMPTS - 1) + ["error"]
    assert logs[-1]["event"] == "promise broken"
    assert (logs[-1]["kind"], logs[-1]["attempts"], logs[-1]["error"]) == ("test.end", ATTEMPTS, "nobody is at home")


async def test_one_that_fails_twice_is_kept_by_the_third_attempt_and_not_earlier_than_it_may_be(
    database, clock, owner, realm
):
    begun = []

    async def keeper(tx, clock, promise):
        begun.append(clock.now() - NOON)
        if len(begun) < 3:
            raise NotNow("later")
        return Kept()

    await promised(database, realm, owed())
    for _ in range(40):
        await pay_due(database, clock, keepers(keeper))
        clock.advance(seconds=1)
    assert begun == [timedelta(seconds=0), timedelta(seconds=10), timedelta(seconds=30)]
    assert await ledger(owner, "state, attempts, last_error") == [("kept", 2, None)]


async def test_a_slow_keeper_does_not_hold_up_the_others(database, clock, realm):
    slow, kept = asyncio.Event(), []

    async def keeper(tx, clock, promise):
        if promise.key == "test.end/0":
            await slow.wait()
        kept.append(promise.key)
        if len(kept) == MANY - 1:
            slow.set()
        return Kept()

    await promised(database, realm, *(owed(number) for number in range(MANY)))
    assert await asyncio.wait_for(pay_due(database, clock, keepers(keeper), batch=10), 20) == MANY
    assert kept[-1] == "test.end/0"


async def test_a_keeper_that_outlives_its_lease_is_not_begun_twice(database, clock, realm):
    at_work, go_on, begun = asyncio.Event(), asyncio.Event(), []

    async def keeper(tx, clock, promise):
        begun.append(promise.key)
        at_work.set()
        await go_on.wait()
        return Kept()

    await promised(database, realm, owed())
    first = asyncio.ensure_future(pay_due(database, clock, keepers(keeper)))
    await at_work.wait()
    clock.advance(seconds=10 * LEASE.total_seconds())
    assert await pay_due(database, clock, keepers(keeper)) == 0
    go_on.set()
    assert await first == 1
    assert begun == ["test.end/1"]


async def test_a_run_that_is_cut_off_undoes_what_its_keeper_did_and_leaves_it_owed(database, clock, effects, realm):
    at_work = asyncio.Event()

    async def keeper(tx, clock, promise):
        await tx.connection.execute("INSERT INTO effect VALUES ('x')")
        at_work.set()
        await asyncio.Event().wait()

    await promised(database, realm, owed())
    run = asyncio.ensure_future(pay_due(database, clock, keepers(keeper)))
    await at_work.wait()
    run.cancel()
    await asyncio.wait({run})
    assert run.cancelled()
    assert await effects.fetchval("SELECT count(*) FROM effect") == 0
    assert await ledger(effects, "state, attempts") == [("owed", 0)]
    assert await effects.fetchval("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == 0
    payer = Payer()
    assert await pay_due(database, clock, keepers(payer)) == 0
    clock.advance(seconds=2 * LEASE.total_seconds())
    assert await pay_due(database, clock, keepers(payer)) == 1


async def test_a_keeper_may_put_it_off_or_find_it_owed_no_longer(database, clock, owner, realm):
    outcomes = {
        "test.end/1": Later(due_at=NOON + timedelta(days=1)),
        "test.end/2": Released(because="The agreement ended already"),
        "test.end/3": Later(due_at=NOON - timedelta(days=1)),
    }

    async def keeper(tx, clock, promise):
        return outcomes[promise.key]

    await promised(database, realm, *(owed(number) for number in (1, 2, 3)))
    assert await pay_due(database, clock, keepers(keeper)) == 3
    assert await ledger(owner, "state, due_at, next_at, settled_at") == [
        ("owed", NOON + timedelta(days=1), NOON + timedelta(days=1), None),
        ("released", NOON, None, NOON),
        ("owed", NOON - timedelta(days=1), NOON + timedelta(seconds=1), None),
    ]


async def test_a_keeper_may_release_all_of_its_subject_its_own_promise_too(database, clock, owner, realm):
    async def keeper(tx, clock, promise):
        await release_all(tx, promise.subject, at=clock.now(), because="It ended")
        await owe(tx, owed(9, due_at=NOON + timedelta(days=9)))
        return Kept()

    await promised(database, realm, owed(1), owed(2, subject="test/1", due_at=NOON + timedelta(days=1)))
    assert await pay_due(database, clock, keepers(keeper)) == 1
    assert [state for _, state in await ledger(owner)] == ["released", "released", "owed"]


async def test_what_is_settled_or_moved_after_it_was_claimed_is_not_paid(database, clock, owner, realm):
    payer = Payer()
    await promised(database, realm, owed(1), owed(2), owed(3))
    async with database.unscoped() as connection:
        await connection.fetch("SELECT * FROM promise_claim($1, $2, $3, 10)", clock.now(), LEASE, ["test.end"])
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/1", at=NOON)
        await owe(tx, owed(2, due_at=NOON + timedelta(days=1)))
    clock.advance(seconds=2 * LEASE.total_seconds())
    assert await pay_due(database, clock, keepers(payer)) == 1
    assert payer.kept == ["test.end/3"]


async def test_a_lease_that_was_taken_over_is_worth_nothing_to_whom_it_was_taken_from(database, clock, realm):
    await promised(database, realm, owed(1), owed(2))
    said = {"lease": LEASE, "kinds": ["test.end"], "batch": 10}
    first = await store.claim(database, clock.now(), **said)
    clock.advance(seconds=2 * LEASE.total_seconds())
    second = await store.claim(database, clock.now(), **said)
    assert {claim.id for claim in first} == {claim.id for claim in second}
    async with database.transaction(realm) as tx:
        assert [await store.take_claimed(tx, claim) for claim in first] == [None, None]
        assert None not in [await store.take_claimed(tx, claim) for claim in second]
    async with database.transaction(realm) as tx:
        wrote = await store.fail(tx, first[0], state="owed", attempts=1, next_at=clock.now(), error="x")
    assert wrote is False


async def test_one_connection_is_enough(database_url, clock, realm):
    payer = Payer()
    async with connect(database_url.replace("postgres@", "kanta_service@"), size=1) as database:
        await promised(database, realm, *(owed(number) for number in range(20)))
        assert await pay_due(database, clock, keepers(payer)) == 20
