"""Many messages in one transaction: what one of them does to the others."""

import asyncio
import contextlib
import uuid

import asyncpg
import msgspec
import pytest

from kanta_tenancy.machinery.postgres import journal, outbox
from kanta_tenancy.machinery.postgres.journal import Act
from kanta_tenancy.machinery.postgres.outbox import ATTEMPTS, Undeliverable
from tests.conftest import someone

MANY = 40


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="thing.told"):
    number: int


@pytest.fixture
async def effects(database, clock, owner) -> asyncpg.Connection:
    """Many messages of one realm, and a table for what subscribers do in the transaction that they are given."""
    await owner.execute("CREATE TABLE effect (number integer NOT NULL); GRANT ALL ON effect TO kanta_service")
    async with database.transaction(someone(uuid.uuid4())) as tx:
        for number in range(MANY):
            act = Act(action="thing.done", subject="thing/1", at=clock.now())
            await journal.record(tx, act, announce=Told(number=number))
    return owner


async def done(effects) -> list[int]:
    return [row["number"] for row in await effects.fetch("SELECT number FROM effect ORDER BY number")]


async def write(tx, message) -> None:
    await tx.connection.execute("INSERT INTO effect VALUES ($1)", message.body["number"])


async def raises(*_) -> None:
    raise Undeliverable("nobody is at home")


async def leaves_a_failed_statement_behind(tx, _) -> None:
    with contextlib.suppress(asyncpg.PostgresError):
        await tx.connection.execute("SELECT 1 / 0")


@pytest.mark.parametrize("fail", [raises, leaves_a_failed_statement_behind])
@pytest.mark.parametrize("batch", [1, 7, 500])
async def test_whichever_fail_the_others_are_done_exactly_once(database, clock, effects, fail, batch):
    failing = {0, 5, 6, 17, 31, MANY - 1}

    async def subscriber(tx, message) -> None:
        await write(tx, message)
        if message.body["number"] in failing:
            await fail(tx, message)

    well = sorted(set(range(MANY)) - failing)
    assert await outbox.carry_on(database, clock, {"thing.told": subscriber}, batch=batch) == len(well)
    assert await done(effects) == well
    for _ in range(ATTEMPTS):
        clock.advance(hours=1)
        assert await outbox.carry_on(database, clock, {"thing.told": subscriber}, batch=batch) == 0
    assert await done(effects) == well
    assert await effects.fetchval("SELECT count(*) FROM outbox WHERE state = 'dead'") == len(failing)


async def test_messages_are_handed_over_in_the_order_in_which_they_were_written(database, clock, effects):
    heard = []

    async def subscriber(_, message) -> None:
        heard.append(message.body["number"])

    await outbox.carry_on(database, clock, {"thing.told": subscriber})
    assert heard == list(range(MANY))


async def test_a_message_that_failed_before_does_not_undo_others_again(database, clock, effects):
    calls = []

    async def subscriber(_, message) -> None:
        calls.append(message.body["number"])
        if message.body["number"] == 5:
            raise Undeliverable("nobody is at home")

    await outbox.carry_on(database, clock, {"thing.told": subscriber})
    assert calls.count(5) == 2  # with the others, then alone
    clock.advance(hours=1)
    calls.clear()
    await outbox.carry_on(database, clock, {"thing.told": subscriber})
    assert calls == [5]


async def test_slow_subscribers_do_not_keep_what_is_done_in_one_long_transaction(database, clock, effects):
    open_for: list[float] = []

    async def subscriber(tx, message) -> None:
        await write(tx, message)
        since = await tx.connection.fetchval("SELECT extract(epoch FROM clock_timestamp() - now())")
        open_for.append(float(since))
        await asyncio.sleep(0.04)

    assert await outbox.carry_on(database, clock, {"thing.told": subscriber}) == MANY
    assert await done(effects) == list(range(MANY))
    assert max(open_for) < 0.5
    assert len([since for since in open_for if since < 0.04]) > MANY / 5  # a transaction begins every few messages


async def test_two_instances_at_once_do_each_message_once(database, clock, effects):
    async def subscriber(tx, message) -> None:
        await write(tx, message)
        await asyncio.sleep(0.001)

    runs = (outbox.carry_on(database, clock, {"thing.told": subscriber}, batch=3) for _ in range(3))
    assert sum(await asyncio.gather(*runs)) == MANY
    assert await done(effects) == list(range(MANY))


async def test_what_another_instance_is_handing_over_is_left_to_it(database, clock, effects):
    at_work, go_on = asyncio.Event(), asyncio.Event()

    async def waits(tx, message) -> None:
        at_work.set()
        await go_on.wait()
        await write(tx, message)

    first = asyncio.ensure_future(outbox.carry_on(database, clock, {"thing.told": waits}))
    await at_work.wait()
    clock.advance(seconds=61)  # its lease has run out, its transaction has not ended
    assert await outbox.carry_on(database, clock, {"thing.told": write}) == 0
    go_on.set()
    assert await first == MANY
    assert await done(effects) == list(range(MANY))
