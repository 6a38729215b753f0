"""Requests of a tenant whose agreement ends: they hold the ending, and go to the physician in time; intake stops."""

import asyncio
from datetime import date, timedelta

import pytest

from kanta_tenancy.agreements.endings.checklists import open_endings
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.promises import State as PromiseState
from kanta_tenancy.renewals import deadlines
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Ground, State
from tests.agreements.conftest import Desk
from tests.parties.examples import looked, owner_of
from tests.renewals.practice import MARCH_2


async def holds(practice) -> list[str]:
    async with practice.database.transaction(practice.realm) as tx:
        ending = await open_endings.of_agreement(tx, practice.agreement.id)
    return [one.key for one in ending.holds]


async def test_open_requests_hold_an_ending_until_the_last_is_closed(practice):
    first, second = await practice.followed(), await practice.followed()
    await practice.give_notice()
    assert await holds(practice) == ["renewals"]
    await practice.answer(first)
    await practice.pay()
    assert await holds(practice) == ["renewals"]
    await practice.answer(second, Move.RETURN)
    await practice.pay()
    assert await holds(practice) == []


async def test_of_the_last_ones_closed_at_once_one_releases_it(practice):
    requests = [await practice.followed() for _ in range(6)]
    await practice.give_notice()
    await asyncio.gather(*(practice.answer(one) for one in requests))
    assert await holds(practice) == ["renewals"]
    await practice.pay()
    assert await holds(practice) == []


async def test_one_that_arrives_when_the_end_is_known_holds_it_too(practice):
    await practice.give_notice()
    assert await holds(practice) == []
    request = await practice.followed()
    assert request.holds == practice.agreement.id
    assert await holds(practice) == ["renewals"]
    await practice.answer(request)
    await practice.pay()
    assert await holds(practice) == []


async def test_an_end_that_falls_away_is_held_by_nobody(practice, owner):
    await practice.followed()
    notice = await practice.give_notice()
    await practice.withdraw_notice(notice)
    assert await owner.fetchval("SELECT count(*) FROM ending_hold WHERE released_at IS NULL") == 0
    assert await owner.fetchval("SELECT count(*) FROM renewal_request WHERE holds IS NOT NULL") == 0


async def test_what_is_open_when_the_agreement_ends_is_with_the_physician_by_then(practice, clock):
    await practice.give_notice()
    clock.at = start_of_day(date(2026, 4, 1))
    request = await practice.followed()
    assert request.state is State.WITH_PRESCRIBER
    assert request.hand_over_at == start_of_day(date(2026, 4, 3)), "the first day without an agreement"
    clock.at = request.hand_over_at
    await practice.work()
    found = (await practice.read(request)).request
    assert (found.state, found.ground) == (State.WITH_PHYSICIAN, Ground.NO_AGREEMENT)
    await practice.carry_on()
    await practice.pay()
    assert (await practice.read(request)).request.is_open, "and open until it is answered"
    assert await holds(practice) == ["renewals"]
    await practice.answer(request, by=practice.realm)
    await practice.pay()
    assert await holds(practice) == []


async def test_where_another_agreement_follows_nothing_is_held(practice, clock, owner):
    request = await practice.followed()
    desk = Desk(practice.database, clock, practice.realm, practice.tenant)
    for organisation_id in (await owner_of(practice.database, practice.realm), practice.tenant.organisation.id):
        await looked(practice.database, clock, practice.realm, organisation_id)
    another = await desk.offered()
    for who in another.signatories:
        another = await desk.sign(another, who)
    await practice.carry_on()
    await practice.work()
    assert (await practice.read(request)).request.state is State.WITH_PRESCRIBER
    assert await owner.fetchval("SELECT count(*) FROM ending_hold") == 0
    assert await practice.owed("renewal.stop") == []


async def test_a_lapse_releases_the_hold_as_well(practice, clock):
    request = await practice.followed()
    await practice.give_notice()
    clock.at = request.lapses_at
    await practice.work()
    await practice.pay()
    assert await holds(practice) == []


class TestStopping:
    async def test_the_end_of_an_agreement_proposes_to_stop_eight_days_before(self, practice):
        await practice.give_notice()
        [owed] = await practice.owed("renewal.stop")
        assert owed.facts["stop_on"] == "2026-03-25", "nine days: the clocks go forward on the 29th"
        assert owed.tenancy_id == practice.tenant.tenancy.id
        assert "24" not in owed.facts["stop_on"]
        await practice.receiving(practice.unit, receives=False, on=date(2026, 3, 24))
        assert [one.state for one in await practice.owed("renewal.stop")] == [PromiseState.KEPT]

    async def test_a_stop_that_is_too_late_keeps_nothing(self, practice):
        await practice.give_notice()
        await practice.receiving(practice.unit, receives=False, on=date(2026, 3, 31))
        assert [one.state for one in await practice.owed("renewal.stop")] == [PromiseState.OWED]

    async def test_an_end_that_falls_away_proposes_nothing_and_comes_back_anew(self, practice):
        notice = await practice.give_notice()
        await practice.withdraw_notice(notice)
        assert [one.state for one in await practice.owed("renewal.stop")] == [PromiseState.RELEASED]
        await practice.give_notice()
        states = [one.state for one in await practice.owed("renewal.stop")]
        assert sorted(states) == [PromiseState.OWED, PromiseState.RELEASED]

    async def test_an_organisational_change_proposes_it_too_and_the_soonest_counts(self, practice):
        unit = await practice.changing(practice.unit, date(2026, 6, 1))
        await practice.give_notice()
        owed = [one for one in await practice.owed("renewal.stop") if one.state is PromiseState.OWED]
        assert [one.facts["changes_on"] for one in owed] == ["2026-04-03"]
        unit = await practice.changing(unit, date(2026, 3, 20))
        owed = [one for one in await practice.owed("renewal.stop") if one.state is PromiseState.OWED]
        assert [one.facts["stop_on"] for one in owed] == ["2026-03-12"]
        await practice.changing(unit, None)
        owed = [one for one in await practice.owed("renewal.stop") if one.state is PromiseState.OWED]
        assert [one.facts["changes_on"] for one in owed] == ["2026-04-03"]

    @pytest.mark.parametrize("year", range(2024, 2044))
    def test_nothing_is_open_at_the_change_on_whichever_day_it_comes(self, year):
        for number in range(366):
            change = date(year, 1, 1) + timedelta(days=number)
            stop = deadlines.stops_on(change)
            last = start_of_day(stop) - timedelta(microseconds=1)
            assert deadlines.lapses_at(last) <= start_of_day(change)
            assert deadlines.lapses_at(start_of_day(stop + timedelta(days=1))) > start_of_day(change)
            assert (change - stop).days in {8, 9}

    async def test_a_decision_owes_a_notice_to_kela_and_to_be_seen(self, practice, owner):
        unit = await practice.receiving(practice.unit, receives=False, on=date(2026, 5, 1))
        kinds = await owner.fetch("SELECT kind, effective_on, due_on FROM change_notice ORDER BY effective_on")
        assert [(row["kind"], row["due_on"]) for row in kinds][-1] == ("renewal_intake", date(2026, 4, 10))
        see = [one for one in await practice.owed("renewal.see") if one.state is PromiseState.OWED]
        assert [one.due_at for one in see][-1] == start_of_day(date(2026, 5, 1))
        assert unit.receives_on(MARCH_2)
