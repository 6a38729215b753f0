"""Requests as they arrive: once each, where the unit receives, and with nothing of a patient."""

import asyncio
from datetime import date, timedelta

import pytest

from kanta_tenancy.renewals.errors import NotReceived, PatientDataRefused, RequestDiffers, RequestRefused, UnitNotFound
from kanta_tenancy.renewals.model import State, Taken
from tests.renewals.examples import PRESCRIPTION
from tests.renewals.practice import an_arrival


async def test_a_request_is_taken_in_and_within_a_second_with_its_prescriber(practice, clock):
    request = await practice.arrived()
    assert (request.state, request.person) == (State.ARRIVED, None)
    assert request.lapses_at == clock.now() + timedelta(hours=192)
    assert await practice.work() == 1
    request = (await practice.read(request)).request
    assert (request.state, request.person) == (State.WITH_PRESCRIBER, practice.author.id)
    assert await practice.work() == 0, "nothing is left to do"


async def test_many_are_taken_in_at_once_and_each_once(practice, clock, owner):
    arrivals = [an_arrival(clock) for _ in range(40)]
    first = await practice.take_in(*arrivals, arrivals[7])
    assert [one.outcome for one in first] == [Taken.NEW] * 40 + [Taken.KNOWN]
    assert first[40].id == first[7].id
    again = await practice.take_in(*reversed(arrivals))
    assert {one.outcome for one in again} == {Taken.KNOWN}
    assert {one.id for one in again} == {one.id for one in first}
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 40
    assert (
        await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%renewal_request.taken_in%'") == 40
    )


async def test_of_the_same_request_told_by_several_at_once_one_is_there(practice, clock, owner):
    arrivals = [an_arrival(clock) for _ in range(10)]
    told = await asyncio.gather(*(practice.take_in(*arrivals) for _ in range(4)))
    assert [sum(one.outcome is Taken.NEW for one in each) for each in zip(*told, strict=True)] == [1] * 10
    assert len({one.id for each in told for one in each}) == 10
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 10


async def test_another_request_of_a_known_identifier_is_refused(practice, clock):
    request = await practice.arrived()
    with pytest.raises(RequestDiffers):
        await practice.arrived(request_id=request.request_id, prescription_id=f"{PRESCRIPTION}9")
    told = await practice.take_in(
        an_arrival(clock, request_id=request.request_id, prescription_id=f"{PRESCRIPTION}9"), an_arrival(clock)
    )
    assert [one.outcome for one in told] == [Taken.DIFFERS, Taken.NEW]


async def test_what_a_unit_does_not_receive_is_not_taken_in_and_says_since_when(practice, clock, owner):
    unit = await practice.receiving(practice.unit, receives=False, on=date(2026, 3, 10))
    assert (await practice.arrived()).state is State.ARRIVED
    clock.advance(days=8)
    with pytest.raises(NotReceived, match="2026-03-10") as refused:
        await practice.arrived()
    assert refused.value.rule == "K15"
    late = await practice.arrived(arrived_at=clock.now() - timedelta(days=1))
    assert late.state is State.ARRIVED, "it arrived on a day on which the unit did"
    told = await practice.take_in(an_arrival(clock), an_arrival(clock, unit="1.2.246.10.99.1"))
    assert [one.outcome for one in told] == [Taken.NOT_RECEIVED, Taken.UNKNOWN_UNIT]
    assert unit.receives_on(date(2026, 3, 9))
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 2


async def test_a_unit_that_nobody_decided_about_receives_nothing(practice):
    await practice.a_unit(oid="1.2.246.10.12345671.10.2")
    with pytest.raises(NotReceived, match="nobody has decided"):
        await practice.arrived(unit="1.2.246.10.12345671.10.2")
    with pytest.raises(UnitNotFound):
        await practice.arrived(unit="1.2.246.10.12345671.10.3")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request_id", "Matti Meikäläinen"),
        ("request_id", "131052-308T"),
        ("prescription_id", "1.2.246.21.131052-308T"),
        ("prescription_id", "1.2.246.21"),
        ("prescriber_code", "+358 40 123 4567"),
        ("prescriber_code", "0401234567"),
        ("unit", "potilas soitti eilen"),
    ],
)
async def test_what_looks_like_a_patients_is_refused_by_its_name(practice, owner, field, value):
    with pytest.raises(PatientDataRefused) as refused:
        await practice.arrived(**{field: value})
    assert [flaw.field for flaw in refused.value.flaws] == [field]
    assert value not in str(refused.value.flaws) + refused.value.detail
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request_id", "7"),
        ("request_id", "1.2." + "3" * 130),
        ("prescription_id", "1.2.840.1"),
        ("prescription_id", "93.2026.118"),
        ("prescriber_code", "1234"),
        ("unit", "1.2.246.11.7"),
    ],
)
async def test_what_is_no_identifier_is_refused(practice, field, value):
    with pytest.raises(RequestRefused) as refused:
        await practice.arrived(**{field: value})
    assert [flaw.field for flaw in refused.value.flaws] == [field]


async def test_in_a_batch_the_place_is_named(practice, clock):
    with pytest.raises(RequestRefused) as refused:
        await practice.take_in(an_arrival(clock), an_arrival(clock, request_id="7"))
    assert refused.value.flaws[0].field == "requests[1].request_id"


async def test_an_arrival_is_neither_to_come_nor_long_over(practice, clock):
    for wrong in (timedelta(minutes=6), timedelta(days=-32)):
        with pytest.raises(RequestRefused):
            await practice.arrived(arrived_at=clock.now() + wrong)
    ahead = await practice.arrived(arrived_at=clock.now() + timedelta(minutes=4))
    assert ahead.arrived_at == clock.now(), "a clock that is ahead gives nobody more time"


async def test_one_that_is_told_after_its_eight_days_has_lapsed_at_its_instant(practice, clock):
    clock.advance(days=10)
    request = await practice.arrived(arrived_at=clock.now() - timedelta(days=9))
    await practice.work()
    found = await practice.read(request)
    assert (found.request.state, found.request.closed_at) == (State.LAPSED, clock.now() - timedelta(days=1))
    assert found.duty is not None
