"""What requests are looked at by changes while they are looked at, and while there are very many of them."""

import asyncio
from datetime import time, timedelta

import pytest

from kanta_tenancy.renewals import waking, working
from kanta_tenancy.renewals.actions import policies
from kanta_tenancy.renewals.model import Concerned, Ground, Office, Policy, Shift
from tests.renewals.practice import an_arrival

PATIENCE_S = 0.5


async def due(owner, clock) -> int:
    return await owner.fetchval("SELECT count(*) FROM renewal_request WHERE next_at <= $1", clock.now())


async def test_very_many_are_looked_at_again_in_steps_and_each_once(practice, clock, owner):
    many = waking.STEP + 301
    for first in range(0, many, 500):
        await practice.take_in(*(an_arrival(clock) for _ in range(min(500, many - first))))
    await practice.work()
    await practice.prevented()
    assert await due(owner, clock) == waking.STEP
    assert await practice.work() == waking.STEP, "and those are looked at before the others"
    clock.advance(seconds=1)
    await practice.pay()
    assert await due(owner, clock) == 301
    assert await practice.work() == 301
    counts = await owner.fetch("SELECT ground, count(*) FROM renewal_request GROUP BY ground")
    assert [tuple(row) for row in counts] == [("said", many)]
    clock.advance(seconds=1)
    await practice.pay()
    assert [one.state.value for one in await practice.owed("renewal.look_again")] == ["kept"]
    assert await due(owner, clock) == 0


@pytest.mark.parametrize("whose", ["house", "person", "realm"])
async def test_what_lapses_first_is_looked_at_before_the_rest(practice, clock, owner, whose):
    first = await practice.followed(arrived_at=clock.now() - timedelta(hours=9))
    others = [await practice.followed(arrived_at=clock.now() - timedelta(hours=hours)) for hours in (3, 1, 2)]
    concerned = {
        "house": Concerned(holder=practice.tenant.tenancy.id),
        "person": Concerned(person=practice.author.id),
        "realm": Concerned(),
    }[whose]
    async with practice.database.transaction(practice.tenant.caller) as tx:
        await waking.stand_alone(tx)
        await waking.look_again(tx, concerned, at=clock.now(), step=1)
    found = await owner.fetch("SELECT id FROM renewal_request WHERE next_at <= $1", clock.now())
    assert [row["id"] for row in found] == [first.id]
    await practice.work()
    await practice.pay()
    assert await due(owner, clock) == len(others)


async def test_who_looks_while_a_tenant_says_that_it_is_prevented_does_not_miss_it(practice, clock, owner):
    """A request is being given to its prescriber by what was true when that began."""
    request = await practice.arrived()
    async with owner.transaction():  # whoever gives it to the prescriber has to wait here, having looked
        await owner.execute("SELECT FROM prescriber WHERE id = $1 FOR UPDATE", practice.author.id)
        looking = asyncio.create_task(working.work(practice.database, clock))
        await asyncio.sleep(PATIENCE_S)
        saying = asyncio.create_task(practice.prevented())
        await asyncio.sleep(PATIENCE_S)
        assert not looking.done()
    await asyncio.gather(looking, saying)
    assert (await practice.read(request)).request.ground is Ground.ORIGINAL
    await practice.work()
    assert (await practice.read(request)).request.ground is Ground.SAID


async def test_who_looks_and_who_is_absent_at_once_wait_for_each_other_and_never_in_a_circle(practice, clock, owner):
    requests = [await practice.arrived() for _ in range(30)]
    acts = [practice.absent(practice.author, clock.now(), clock.now() + timedelta(days=14)) for _ in range(5)]
    acts.append(practice.amended(practice.physician, name="Vesa Vastuu"))
    await asyncio.gather(*(working.work(practice.database, clock, batch=7) for _ in range(4)), *acts)
    await practice.work()
    for request in requests:
        assert (await practice.read(request)).request.ground is Ground.ALL_ABSENT


async def test_a_policy_is_chosen_within_the_time_of_a_step(practice, clock, owner):
    await practice.take_in(*(an_arrival(clock) for _ in range(50)))
    await practice.work()
    async with practice.database.transaction(practice.realm) as tx:
        await policies.choose(tx, clock, Policy(warn_after_hours=(24,), hand_over_after_hours=48))
    assert await due(owner, clock) == 50
    assert await practice.owed("renewal.look_again") == [], "few are looked at at once, and nothing more is owed"


async def test_who_is_a_physician_no_longer_changes_when_requests_are_handed_over(practice, clock):
    tuesdays = (Shift(weekday=2, begins=time(8), ends=time(16)),)
    physician = await practice.amended(practice.physician, shifts=tuesdays)
    request = await practice.followed()
    assert request.hand_over_at < clock.now() + timedelta(days=2), "their last day of work begins tomorrow"
    await practice.amended(physician, office=Office.PRESCRIBER)
    await practice.work()
    found = (await practice.read(request)).request
    assert found.hand_over_at == clock.now() + timedelta(hours=144)
