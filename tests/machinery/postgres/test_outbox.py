import asyncio
import uuid
from datetime import UTC, datetime

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


async def test_each_message_reaches_its_subscriber_in_its_owners_scope(database, clock, realms):
    heard = {}

    async def listen(tx, message) -> None:
        heard[message.body["number"]] = tx.scope.main_connector_id

    assert await outbox.carry_on(database, clock, {"thing.told": listen}) == 3
    assert heard == dict(enumerate(realms))
    assert await outbox.carry_on(database, clock, {"thing.told": listen}) == 0


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


async def test_a_lease_that_ran_out_is_taken_over(database, clock, owner, realms):
    async with database.unscoped() as connection:
        taken = await outbox.CLAIM.all(connection, now=clock.now(), leased_until=clock.now() + outbox.LEASE, batch=10)
    assert len(taken) == 3
    assert await outbox.carry_on(database, clock, {}) == 0
    clock.advance(seconds=61)
    assert await outbox.carry_on(database, clock, {}) == 3
