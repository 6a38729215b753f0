"""A year in the life of a main connector with 200 tenants: something happens every day, two schedulers work at once.

From the end of January 2028 over its leap day, both nights on which the clocks change and the turn of the year to the
beginning of February 2029. Every day the services of all tenants are held against a slow model that knows only what
happened when (tests/agreements/test_lives.py).
"""

import asyncio
import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from kanta_tenancy.agreements.annex import reading
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.assembly.reminding import remind
from kanta_tenancy.kernel.calendar import HELSINKI, start_of_day
from kanta_tenancy.machinery.postgres import invariants, outbox
from kanta_tenancy.promises import AMISS, audit
from tests.agreements.conftest import Desk
from tests.agreements.earlier.test_earlier import brought
from tests.agreements.test_lives import DAY, SETS, Life, Player
from tests.parties.examples import named, owner_of

TENANTS = 200
FIRST, LAST = date(2028, 1, 28), date(2029, 2, 3)
SIGNED_ON = date(2019, 3, 1)  # on paper, before this system
# On these days more is given notice than on others: the months after them are shorter, or the clocks change.
SPECIAL = {date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 26), date(2028, 10, 29), date(2029, 1, 31)}
QUIET, BUSY = 2, 6  # how many tenants do something on a day


async def arrived(desk: Desk, number: int, chance: random.Random) -> Player:
    """Make a tenant whose agreement was signed before this system."""
    tenant = desk.tenant if number == 0 else await desk.another_tenant(3_000_000 + 5 * number)
    player = Player(Desk(desk.database, desk.clock, desk.main_connector, tenant), chance)
    services = chance.choice(SETS)
    player.agreement = await brought(player.desk, in_force_on=SIGNED_ON, services=services)
    player.model.lives.append(Life(since=start_of_day(SIGNED_ON), said=[(SIGNED_ON, services)]))
    return player


async def lives(player: Player) -> None:
    chance = player.chance
    if player.model.current() is None:
        await player.sign()
        return
    doing = [player.notice] * 5 + [player.let_go] * 2 + [player.contract] * 2 + [player.end_contract] * 2
    await chance.choice([*doing, player.amend, player.sign])()


async def schedulers(desk: Desk) -> None:
    """Do what passing time does, on two instances at once."""

    async def instance() -> None:
        await promised.pay(desk.database, desk.clock)
        await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS)
        await remind(desk.database, desk.clock)

    await asyncio.gather(instance(), instance())


async def services_of_all(desk: Desk, day: date) -> dict[object, tuple[str, ...]]:
    async with desk.database.transaction(desk.main_connector) as tx:
        found = await reading.services_in_use(tx, day, after=None, count=TENANTS + 1)
    return {one.tenancy_id: one.services for one in found}


@pytest.mark.slow
async def test_a_year_with_200_tenants_is_what_a_slow_model_says_of_each_day(desk, database, owner):
    chance = random.Random(2028)  # noqa: S311 -- the same year in every run
    desk.clock.at = datetime.combine(FIRST, time(9), HELSINKI)
    own = await owner_of(database, desk.main_connector)
    await named(database, desk.clock, desk.main_connector, own, valid_from=FIRST)
    players = [await arrived(desk, number, chance) for number in range(TENANTS)]
    day = FIRST
    while day <= LAST:
        desk.clock.at = datetime.combine(day, time(0, 0, 1), HELSINKI)
        for player in players:
            player.model.pass_time(desk.clock.now())
        await schedulers(desk)
        desk.clock.at = datetime.combine(day, time(9), HELSINKI)
        for player in chance.sample(players, BUSY if day in SPECIAL else QUIET):
            await (player.notice if day in SPECIAL and player.model.current() else lambda p=player: lives(p))()
        expected = {player.desk.tenant.tenancy.id: player.model.services_on(day) for player in players}
        assert await services_of_all(desk, day) == {one: said for one, said in expected.items() if said}, day
        day += DAY
    await schedulers(desk)
    await check_ends(players, owner)
    await check_that_nothing_is_amiss(desk, owner)


async def check_ends(players: list[Player], owner) -> None:
    """Each agreement ended at its legal end; what could be foreseen was put down in the second after midnight."""
    rows = await owner.fetch(
        "SELECT tenancy_id, in_force_until, end_ground, ended_at FROM agreement WHERE status = 'ended'"
    )
    assert len(rows) > TENANTS / 2
    late = {row["ended_at"] - row["in_force_until"] for row in rows if row["end_ground"] == "notice"}
    assert late == {timedelta(seconds=1)}
    assert min(row["ended_at"] - row["in_force_until"] for row in rows) >= timedelta(0)
    found = Counter((row["tenancy_id"], row["in_force_until"]) for row in rows)
    said = Counter(
        (player.desk.tenant.tenancy.id, life.over_at)
        for player in players
        for life in player.model.lives
        if life.over_at is not None
    )
    assert found == said


async def check_that_nothing_is_amiss(desk: Desk, owner) -> None:
    async with desk.database.transaction(desk.main_connector) as tx:
        found = await audit(tx, desk.clock.now(), promised.EXPECTATIONS)
    assert [one for one in found if one.what in AMISS and one.what != "unkept"] == []
    assert await invariants.broken(desk.database) == {}
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE state <> 'done'") == 0
    told = "SELECT count(*) FROM notice WHERE topic = 'agreement.ended'"
    ended = "SELECT count(*) FROM agreement WHERE status = 'ended'"
    assert await owner.fetchval(told) == await owner.fetchval(ended)  # one reader, each end once
