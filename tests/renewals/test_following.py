"""Requests followed in the database: routed, handed over, warned of, lapsed; by many at once and after outages."""

import asyncio
from datetime import date, time, timedelta

import pytest
from structlog.testing import capture_logs

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.parties.model import Function
from kanta_tenancy.renewals import working
from kanta_tenancy.renewals.actions import policies, prescribers
from kanta_tenancy.renewals.errors import MoveNotAllowed, PolicyRefused, RequestNotFound
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Ground, Office, Party, Policy, Reason, Shift, State
from tests.conftest import FrozenClock
from tests.parties.examples import a_tenant, named
from tests.renewals.practice import an_arrival


async def told(owner, topic: str) -> list[str]:
    return [
        row["email"] for row in await owner.fetch("SELECT email FROM notice WHERE topic = $1 ORDER BY email", topic)
    ]


async def test_nobody_answers_and_the_physician_has_it_after_six_days(practice, clock, owner):
    request = await practice.followed()
    for _ in range(6 * 24):
        clock.advance(hours=1)
        await practice.work()
    found = (await practice.read(request)).request
    assert (found.state, found.ground, found.person) == (
        State.WITH_PHYSICIAN,
        Ground.NO_ANSWER,
        practice.physician.id,
    )
    assert await told(owner, "renewal_request.handed_over") == ["vesa@example.org"]
    assert await told(owner, "renewal_request.warned") == ["lea@example.org"] * 2
    body = await owner.fetchval("SELECT body::text FROM outbox WHERE kind = 'renewal_request.handed_over'")
    assert "no_answer" in body


async def test_it_lapses_at_its_instant_and_says_so_to_both_sides(practice, clock, owner):
    request = await practice.followed()
    while clock.now() < request.lapses_at:
        clock.advance(hours=7)
        await practice.work()
    whole = await practice.read(request)
    assert (whole.request.state, whole.request.closed_at) == (State.LAPSED, request.lapses_at)
    assert [(one.done, one.hours) for one in whole.steps] == [
        ("routed", None), ("warned", 72), ("warned", 120), ("handed_over", None), ("warned", 144), ("warned", 168),
        ("lapsed", None),
    ]  # fmt: skip
    assert all(one.people == 1 for one in whole.steps if one.done == "warned")
    assert whole.duty is not None
    assert (whole.duty.owed_by, whole.duty.told_at) == (Party.MAIN_CONNECTOR, None)
    assert "vesa@example.org" in await told(owner, "renewal_request.lapsed")
    entry = await owner.fetchval("SELECT entry FROM journal_entry WHERE entry LIKE '%renewal_request.lapsed%'")
    assert '"warned_hours":168' in entry


async def test_after_an_outage_of_nine_days_everything_is_put_down_as_of_its_instant(practice, clock, owner):
    requests = [await practice.followed() for _ in range(3)]
    clock.advance(days=9)
    assert await practice.work() == 3
    for request in requests:
        found = (await practice.read(request)).request
        assert (found.state, found.closed_at) == (State.LAPSED, request.lapses_at)
    assert await practice.work() == 0
    assert len(await told(owner, "renewal_request.lapsed")) == len(set(await told(owner, "renewal_request.lapsed")))


async def test_after_an_outage_of_five_days_one_warning_is_given_and_overtakes_the_others(practice, clock, owner):
    request = await practice.followed()
    clock.advance(days=5, hours=1)
    await practice.work()
    whole = await practice.read(request)
    assert [(one.done, one.hours) for one in whole.steps[1:]] == [("superseded", 72), ("warned", 120)]
    assert await told(owner, "renewal_request.warned") == ["lea@example.org"]


async def test_of_a_tenant_that_nobody_can_write_to_the_main_connector_is_warned(practice, clock, owner):
    await practice.amended(practice.author, email=None)
    request = await practice.followed()
    clock.advance(days=3)
    with capture_logs() as logged:
        await practice.work()
    assert (await practice.read(request)).steps[-1].people == 0
    assert [line["event"] for line in logged] == ["nobody to tell of renewal requests"]
    main = await owner.fetchval("SELECT organisation_id FROM main_connector")
    said = {"function": Function.ADMINISTRATOR, "email": "hyl@example.org"}
    await named(practice.database, clock, practice.realm, main, **said)
    clock.advance(days=2)
    await practice.work()
    assert (await practice.read(request)).steps[-1].people == 1
    assert await told(owner, "renewal_request.warned") == ["hyl@example.org"]


async def test_many_requests_of_somebody_are_one_notice(practice, clock, owner):
    await practice.take_in(*(an_arrival(clock) for _ in range(50)))
    await practice.work()
    clock.advance(days=3)
    await practice.work()
    assert await told(owner, "renewal_request.warned") == ["lea@example.org"]
    lines = await owner.fetchval("SELECT lines::text FROM notice WHERE topic = 'renewal_request.warned'")
    assert "Open requests: 50" in lines
    assert "120 hours are left" in lines


async def test_two_instances_and_a_third_share_the_work_and_do_nothing_twice(practice, clock, owner):
    await practice.take_in(*(an_arrival(clock) for _ in range(120)))
    for days in (0, 3, 3, 3):
        clock.advance(days=days)
        done = await asyncio.gather(*(working.work(practice.database, practice.clock, batch=7) for _ in range(3)))
        assert sum(done) == 120
    assert await owner.fetchval("SELECT count(*) FROM renewal_request WHERE state = 'lapsed'") == 120
    assert await owner.fetchval("SELECT max(steps) FROM (SELECT count(*) AS steps FROM renewal_step"
                                " GROUP BY request, done, hours) AS each") == 1  # fmt: skip
    assert await owner.fetchval("SELECT count(*) FROM renewal_duty") == 120


async def test_an_absence_takes_requests_to_a_colleague_at_once_and_back_to_nobody(practice, clock):
    colleague = await practice.prescriber(code="222222", email="kai@example.org", units=(practice.unit.id,))
    request = await practice.followed()
    assert request.person == practice.author.id
    await practice.absent(practice.author, clock.now(), clock.now() + timedelta(days=14))
    await practice.work()
    found = (await practice.read(request)).request
    assert (found.person, found.ground) == (colleague.id, Ground.COLLEAGUE)
    absence = await practice.absent(colleague, clock.now(), clock.now() + timedelta(days=14))
    await practice.work()
    found = (await practice.read(request)).request
    assert (found.person, found.ground, found.passed) == (practice.physician.id, Ground.ALL_ABSENT, "absent:2")
    async with practice.database.transaction(practice.realm) as tx:
        await prescribers.be_there(tx, clock, colleague.id, absence.absences[0].id)
    await practice.work()
    assert (await practice.read(request)).request.person == practice.physician.id, "it is not given back"


async def test_requests_are_shared_among_colleagues(practice, clock, owner):
    for number in range(3):
        await practice.prescriber(code=f"33333{number}", units=(practice.unit.id,))
    await practice.take_in(*(an_arrival(clock, prescriber_code="999999") for _ in range(20)))
    await practice.work()
    counts = await owner.fetch("SELECT count(*) FROM renewal_request GROUP BY person")
    assert [row["count"] for row in counts] == [5, 5, 5, 5]


async def test_a_tenant_says_that_it_is_prevented_and_the_physician_has_all_of_it(practice):
    request = await practice.followed()
    await practice.prevented()
    await practice.work()
    found = (await practice.read(request)).request
    assert (found.state, found.ground) == (State.WITH_PHYSICIAN, Ground.SAID)
    assert (await practice.followed()).ground is Ground.SAID


async def test_a_tenant_without_prescriptions_in_its_annex_is_prevented(practice, database, clock, realm):
    other = await a_tenant(database, clock, realm, 1300000)
    await practice.agree(other.tenancy.id, "patient_data")
    unit = await practice.a_unit(tenancy_id=other.tenancy.id, oid="1.2.246.10.7.1")
    await practice.prescriber(tenancy_id=other.tenancy.id, units=(unit.id,))
    await practice.receiving(unit)
    assert (await practice.followed(unit="1.2.246.10.7.1")).ground is Ground.NO_AGREEMENT


async def test_the_main_connectors_own_unit_has_prescribers_of_its_own(practice):
    unit = await practice.a_unit(tenancy_id=None, oid="1.2.246.10.8.1")
    own = await practice.prescriber(tenancy_id=None, code="444444", units=(unit.id,))
    await practice.receiving(unit)
    request = await practice.followed(unit="1.2.246.10.8.1")
    assert (request.person, request.party, request.state) == (own.id, Party.MAIN_CONNECTOR, State.WITH_PRESCRIBER)


async def test_the_physician_has_a_day_of_work_before_the_lapse(practice, clock):
    """Arrived on Monday at 14.00: the lapse is on Tuesday at 14.00; the physician works on Fridays alone."""
    await practice.amended(practice.physician, shifts=(Shift(weekday=5, begins=time(8), ends=time(16)),))
    request = await practice.followed()
    friday = start_of_day(date(2026, 3, 6)) + timedelta(hours=9)  # 9.00 in Finland: seven hours of work are left
    assert request.hand_over_at == friday


async def test_a_deputy_has_it_when_the_physician_is_absent(practice, clock):
    deputy = await practice.prescriber(tenancy_id=None, code="900002", office=Office.DEPUTY, email="siiri@example.org")
    await practice.absent(practice.physician, clock.now(), clock.now() + timedelta(days=30))
    await practice.prevented()
    request = await practice.followed()
    assert request.person == deputy.id


async def test_how_requests_are_followed_is_the_main_connectors_to_choose(practice, clock, owner):
    request = await practice.followed()
    async with practice.database.transaction(practice.realm) as tx:
        await policies.choose(tx, clock, Policy(warn_after_hours=(24, 48), hand_over_after_hours=72))
    clock.advance(days=3)
    await practice.work()
    found = await practice.read(request)
    assert found.request.state is State.WITH_PHYSICIAN
    assert [(one.done, one.hours) for one in found.steps[1:]] == [
        ("superseded", 24), ("handed_over", None), ("warned", 48),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said", [((), 144), ((72, 24), 144), ((72, 72), 144), ((192,), 144), ((0, 24), 144), ((72,), 169), ((72,), 0)]
)
async def test_a_physician_always_has_a_day_and_warnings_come_before_the_lapse(practice, clock, said):
    async with practice.database.transaction(practice.realm) as tx:
        with pytest.raises(PolicyRefused):
            await policies.choose(tx, clock, Policy(warn_after_hours=said[0], hand_over_after_hours=said[1]))


async def test_of_many_answers_at_once_exactly_one_counts(practice):
    request = await practice.followed()

    async def answered(move: Move, by) -> str:
        try:
            reason = Reason.CARE if move is Move.REJECT else None
            return (await practice.answer(request, move, by=by, reason=reason)).state
        except MoveNotAllowed as refused:
            return str(refused.facts["state"])

    for _ in range(5):
        results = await asyncio.gather(
            *(answered(move, by) for move in (Move.RENEW, Move.REJECT, Move.RETURN)
              for by in (practice.tenant.caller, practice.realm))
        )  # fmt: skip
        final = (await practice.read(request)).request.state
        assert set(results) == {final.value}
    assert len([one for one in (await practice.read(request)).steps if one.done in set(State)]) == 1


async def test_an_answer_and_the_lapse_at_once_leave_one_of_them(practice, clock):
    for seconds, state in ((-1, State.RENEWED), (0, State.LAPSED)):
        request = await practice.followed()
        clock.at = request.lapses_at + timedelta(seconds=seconds)
        late = FrozenClock(request.lapses_at)

        async def answered(request=request) -> str:
            try:
                return (await practice.answer(request)).state
            except MoveNotAllowed:
                return "lapsed"

        _, said = await asyncio.gather(working.work(practice.database, late), answered())
        await working.work(practice.database, late)  # while somebody is answering it, a look passes it over
        assert (await practice.read(request)).request.state.value == said
        assert said == state or seconds < 0
        clock.at = request.arrived_at


async def test_an_answer_after_the_time_is_refused_though_nobody_has_put_the_lapse_down(practice, clock):
    request = await practice.followed()
    clock.at = request.lapses_at
    with pytest.raises(MoveNotAllowed, match="has lapsed"):
        await practice.answer(request)


async def test_one_request_that_cannot_be_looked_at_does_not_stop_the_others(practice, clock, owner):
    await practice.take_in(*(an_arrival(clock) for _ in range(9)))
    broken = await practice.arrived()
    await owner.execute(
        "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
    )
    await owner.execute(
        f"CREATE TRIGGER refuse BEFORE UPDATE ON renewal_request FOR EACH ROW WHEN (OLD.id = '{broken.id}'"
        " AND NEW.state <> OLD.state) EXECUTE FUNCTION refuse_one()"
    )
    assert await practice.work() == 9
    assert await owner.fetchval("SELECT count(*) FROM renewal_request WHERE state = 'with_prescriber'") == 9
    assert await practice.work() == 0, "it waits"
    await owner.execute("DROP TRIGGER refuse ON renewal_request")
    clock.advance(minutes=5)
    assert await practice.work() == 1


async def test_a_neighbour_sees_and_answers_nothing(practice, database, clock, realm):
    request = await practice.followed()
    neighbour = await a_tenant(database, clock, realm, 1300000)
    with pytest.raises(RequestNotFound):
        await practice.answer(request, by=neighbour.caller)
