import asyncio
import contextlib
import uuid
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest

from kanta_tenancy.machinery.postgres import journal, outbox
from kanta_tenancy.machinery.postgres.journal import Act
from kanta_tenancy.machinery.postgres.outbox import ATTEMPTS, Undeliverable
from tests.conftest import someone

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="thing.told"):
    number: int


@pytest.fixture
async def realms(database, clock) -> list[uuid.UUID]:
    realms = [uuid.uuid4() for _ in range(3)]
    for number, realm in enumerate(realms):
        async with database.transaction(someone(realm)) as tx:
            act = Act(action="thing.done", subject="thing/1", at=clock.now())
            await journal.record(tx, act, announce=Told(number=number))
    return realms


async def states(owner) -> list[str]:
    return sorted(row["state"] for row in await owner.fetch("SELECT state FROM outbox"))


async def test_each_message_reaches_its_subscriber_in_the_scope_of_its_main_connector(database, clock, realms):
    heard = {}

    async def listen(tx, message) -> None:
        heard[message.body["number"]] = tx.scope.main_connector_id

    assert await outbox.carry_on(database, clock, {"thing.told": listen}) == 3
    assert heard == dict(enumerate(realms))
    assert await outbox.carry_on(database, clock, {"thing.told": listen}) == 0


async def test_a_tenants_message_is_carried_on_in_its_main_connectors_whole_scope(database, clock):
    realm, tenancy = uuid.uuid4(), uuid.uuid4()
    async with database.transaction(someone(realm, tenancy)) as tx:
        act = Act(action="thing.done", subject="thing/1", at=clock.now(), tenancy_id=tenancy)
        await journal.record(tx, act, announce=Told(number=1))
    heard = []

    async def listen(tx, message) -> None:
        heard.append((tx.scope.main_connector_id, tx.scope.tenancy_id, message.tenancy_id))

    assert await outbox.carry_on(database, clock, {"thing.told": listen}) == 1
    assert heard == [(realm, None, tenancy)]


async def test_two_instances_at_once_hand_over_every_message_once(database, clock, realms):
    heard = []

    async def listen(_, message) -> None:
        heard.append(message.body["number"])
        await asyncio.sleep(0.05)

    await asyncio.gather(*(outbox.carry_on(database, clock, {"thing.told": listen}, batch=1) for _ in range(2)))
    assert sorted(heard) == [0, 1, 2]


async def test_what_a_subscriber_wrote_before_it_failed_is_undone_and_tried_again(database, clock, owner, realms):
    async def fail(tx, message) -> None:
        await journal.record(tx, Act(action="thing.heard", subject="thing/1", at=NOON))
        raise Undeliverable("nobody is at home")

    assert await outbox.carry_on(database, clock, {"thing.told": fail}) == 0
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == 3
    assert await outbox.carry_on(database, clock, {}) == 0
    clock.advance(seconds=3)
    assert await outbox.carry_on(database, clock, {}) == 3
    assert await states(owner) == ["done"] * 3


async def test_a_message_that_always_fails_is_given_up_and_said_so(database, clock, owner, realms):
    async def fail(_, message) -> None:
        raise Undeliverable("nobody is at home")

    for _ in range(ATTEMPTS):
        await outbox.carry_on(database, clock, {"thing.told": fail})
        clock.advance(hours=1)
    assert await states(owner) == ["dead"] * 3
    assert await owner.fetchval("SELECT DISTINCT last_error FROM outbox") == "nobody is at home"


async def leaves_a_failed_statement_behind(tx, _) -> None:
    with contextlib.suppress(asyncpg.PostgresError):
        await tx.connection.execute("SELECT 1 / 0")


async def divides_by_zero(*_) -> None:
    raise ZeroDivisionError("131052-308T")


async def breaks_its_connection_to_somebody_else(*_) -> None:
    raise ConnectionResetError("131052-308T")


async def gives_up_itself(*_) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    "failure",
    [
        (divides_by_zero, "ZeroDivisionError"),
        (breaks_its_connection_to_somebody_else, "ConnectionResetError"),
        (leaves_a_failed_statement_behind, "InFailedSQLTransactionError"),
        (gives_up_itself, "CancelledError"),
    ],
)
async def test_whatever_a_subscriber_raises_is_a_failed_attempt_of_its_message_alone(
    database, clock, owner, realms, failure
):
    subscriber, kept = failure
    heard = []

    async def fail_for_the_first(tx, message) -> None:
        if message.body["number"] == 0:
            await subscriber(tx, message)
        else:
            heard.append(message.body["number"])

    assert await outbox.carry_on(database, clock, {"thing.told": fail_for_the_first}) == 2
    assert sorted(heard) == [1, 2]
    assert await states(owner) == ["done", "done", "due"]
    assert await owner.fetchval("SELECT last_error FROM outbox WHERE state = 'due'") == kept
    for _ in range(ATTEMPTS - 1):
        assert await states(owner) == ["done", "done", "due"]
        clock.advance(hours=1)
        assert await outbox.carry_on(database, clock, {"thing.told": fail_for_the_first}) == 0
    assert await states(owner) == ["dead", "done", "done"]


async def test_a_run_that_is_cut_off_undoes_what_its_subscriber_wrote(database, clock, owner, realms):
    at_work = asyncio.Event()

    async def never_end(tx, message) -> None:
        await journal.record(tx, Act(action="thing.heard", subject="thing/1", at=NOON))
        at_work.set()
        await asyncio.Event().wait()

    run = asyncio.ensure_future(outbox.carry_on(database, clock, {"thing.told": never_end}))
    await at_work.wait()
    run.cancel()
    await asyncio.wait({run})
    assert run.cancelled()
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == 3
    assert await owner.fetchval("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == 0


async def test_messages_are_forgotten_when_they_are_done_and_a_month_old(database, clock, owner, realms):
    async def fail_for_some(_, message) -> None:
        if message.body["number"] > 0:
            raise Undeliverable("nobody is at home")

    for _ in range(ATTEMPTS):
        await outbox.carry_on(database, clock, {"thing.told": fail_for_some})
        await owner.execute("UPDATE outbox SET next_at = $1 WHERE body->>'number' = '1'", clock.now())
    await owner.execute("UPDATE outbox SET at = $1", clock.now())
    assert await states(owner) == ["dead", "done", "due"]
    clock.advance(days=30)
    assert await outbox.forget(database, clock) == 0
    clock.advance(seconds=1)
    assert await outbox.forget(database, clock) == 1
    assert await states(owner) == ["dead", "due"]


async def test_a_lease_that_ran_out_is_taken_over(database, clock, owner, realms):
    async with database.unscoped() as connection:
        taken = await outbox.CLAIM.all(connection, now=clock.now(), leased_until=clock.now() + outbox.LEASE, batch=10)
    assert len(taken) == 3
    assert await outbox.carry_on(database, clock, {}) == 0
    clock.advance(seconds=61)
    assert await outbox.carry_on(database, clock, {}) == 3
