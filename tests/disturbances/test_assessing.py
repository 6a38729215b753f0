"""The named person acknowledges and assesses; duties follow the facts, and whoever was told is told of changes."""

import asyncio
from datetime import timedelta

import pytest

from kanta_tenancy.disturbances.actions import assessing, duties, naming
from kanta_tenancy.disturbances.actions.assessing import Description, SaidAnswer
from kanta_tenancy.disturbances.case import Basis, DutyState, Purpose, State
from kanta_tenancy.disturbances.errors import (
    DisturbanceChanged,
    DisturbanceMoveNotAllowed,
    DisturbanceRefused,
    OwnWordChanged,
)
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Answer, Channel, Fact
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.promises import State as PromiseState
from tests.disturbances.examples import NOON, Desk
from tests.parties.examples import a_tenant

YES = SaidAnswer(answer=Answer.YES)
NO = SaidAnswer(answer=Answer.NO, reason="It turned out otherwise")


class Person:
    """The named person at work on one disturbance; a minute passes between one act and the next."""

    def __init__(self, desk: Desk, disturbance_id) -> None:
        self.desk = desk
        self.id = disturbance_id

    async def _act(self, act, *given, **said):
        self.desk.clock.advance(minutes=1)
        version = (await self.desk.read(self.id)).version
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await act(tx, self.desk.clock, self.id, *given, version=version, **said)

    async def acknowledges(self):
        return await self._act(assessing.acknowledge)

    async def answers(self, **given):
        return await self._act(assessing.answer, {Fact(name): said for name, said in given.items()})

    async def dismisses(self):
        return await self._act(assessing.dismiss, because="A cable was out", text=None)

    async def ends(self, until=None):
        return await self._act(assessing.end, until=until or self.desk.clock.now(), text=None)

    async def tells(self, rule, *, move=DutyMove.SEND, note="Told"):
        self.desk.clock.advance(minutes=1)
        duty = (await self.desk.duties(self.id))[rule]
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await duties.settle(
                tx, self.desk.clock, duty.id, move, version=duty.version, channel=Channel.PHONE, note=note
            )

    async def open_duties(self) -> set[str]:
        return {rule for rule, one in (await self.desk.duties(self.id)).items() if one.is_open}


@pytest.fixture
async def person(desk, tenant) -> Person:
    taken = await desk.reported(tenant.caller)
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    return person


async def test_acknowledging_stops_the_calls_and_tells_the_tenants_duty_so(desk, tenant):
    taken = await desk.reported(tenant.caller)
    done = await Person(desk, taken.disturbance_id).acknowledges()
    assert (done.state, done.acknowledged_by, done.version) == (State.ACKNOWLEDGED, "a test", 2)
    assert await desk.owed("disturbance.call") == []
    assert (await desk.duties(taken.disturbance_id))["contract_named_person"].state is DutyState.ACKNOWLEDGED
    assert await desk.amiss() == []


async def test_of_two_who_acknowledge_at_once_one_does(desk, tenant):
    taken = await desk.reported(tenant.caller)

    async def acknowledge():
        async with desk.database.transaction(desk.caller) as tx:
            await assessing.acknowledge(tx, desk.clock, taken.disturbance_id, version=1)

    results = await asyncio.gather(acknowledge(), acknowledge(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["DisturbanceChanged", "NoneType"]


async def test_what_nobody_has_acknowledged_is_not_assessed(desk, tenant):
    taken = await desk.reported(tenant.caller)
    with pytest.raises(DisturbanceMoveNotAllowed):
        await Person(desk, taken.disturbance_id).answers(deviation=YES)


async def test_each_answer_has_its_author_and_time_and_none_is_lost(person, desk):
    await person.answers(deviation=YES)
    await person.answers(deviation=NO)
    async with desk.database.transaction(desk.caller) as tx:
        history = [one for one in await disturbances.history(tx, person.id) if one.fact is Fact.DEVIATION]
    assert [(one.answer, one.basis, one.answered_by, one.answered_at, one.reason) for one in history] == [
        (Answer.YES, Basis.PERSON, "a test", NOON + timedelta(minutes=2), None),
        (Answer.NO, Basis.PERSON, "a test", NOON + timedelta(minutes=3), "It turned out otherwise"),
    ]


async def test_new_facts_add_duties_with_their_promises(person, desk):
    before = await person.open_duties()
    await person.answers(deviation=YES, risk_to_safety=YES)
    assert await person.open_duties() - before == {
        "contract_manufacturer",
        "contract_supervisor",
        "section_90_producer",
        "section_90_supervisor",
        "section_90_producer_tenant",
        "section_90_supervisor_tenant",
    }
    owed = {one.facts["rule"]: one for one in await desk.owed("disturbance.duty")}
    assert owed.keys() == await person.open_duties()
    assert owed["section_90_supervisor"].explanation.result == owed["section_90_supervisor"].due_at.isoformat()
    assert owed["section_90_supervisor_tenant"].owner == "tenant"
    assert await desk.amiss() == []


async def test_facts_that_fall_away_withdraw_what_nobody_was_told(person, desk):
    await person.answers(deviation=YES)
    await person.answers(deviation=NO)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.state, duty.settled_by, duty.note) == (
        DutyState.NOT_NEEDED,
        None,
        "The facts do not bring it any more",
    )
    released = [one for one in await desk.ledger("disturbance.duty") if one.facts["rule"] == "section_90_producer"]
    assert [one.state for one in released] == [PromiseState.RELEASED]
    assert await desk.amiss() == []


async def test_whoever_was_told_is_told_when_it_does_not_hold_any_more(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer")
    await person.answers(deviation=NO)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.purpose, duty.state) == (2, Purpose.CANCELLATION, DutyState.PENDING)
    assert (await desk.duties(person.id))["contract_manufacturer"].state is DutyState.NOT_NEEDED
    await person.tells("section_90_producer")
    assert "section_90_producer" not in await person.open_duties()
    assert await desk.amiss() == []


async def test_whoever_was_told_is_told_of_the_change_once(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer")
    await person.answers(risk_to_safety=YES)
    await person.answers(risk_to_security=YES)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.purpose, duty.state) == (2, Purpose.CHANGE, DutyState.PENDING)
    await person.tells("section_90_producer")
    await person.answers(security_disturbance=SaidAnswer(answer=Answer.UNKNOWN))  # nothing holds that did not before
    assert (await desk.duties(person.id))["section_90_producer"].round == 2


async def test_what_falls_away_while_a_change_is_to_be_told_is_a_cancellation(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer")
    await person.answers(risk_to_safety=YES)
    await person.answers(deviation=NO)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.purpose) == (3, Purpose.CANCELLATION)
    await person.answers(deviation=YES)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.purpose, duty.is_open) == (4, Purpose.CHANGE, True)
    assert await desk.amiss() == []


async def test_what_holds_again_after_it_was_cancelled_is_told_first_again(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer")
    await person.answers(deviation=NO)
    await person.tells("section_90_producer")
    await person.answers(deviation=YES)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.purpose, duty.is_open) == (3, Purpose.FIRST, True)


async def test_a_persons_decision_that_something_need_not_be_told_stays(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer", move=DutyMove.RELEASE, note="The producer told us")
    await person.answers(risk_to_safety=YES)
    duty = (await desk.duties(person.id))["section_90_producer"]
    assert (duty.round, duty.state, duty.note) == (1, DutyState.NOT_NEEDED, "The producer told us")


async def test_critical_moves_what_is_due(person, desk):
    await person.answers(deviation=YES)
    before = (await desk.duties(person.id))["section_90_producer"].due_at
    await person.answers(critical_or_wide=YES)
    after = (await desk.duties(person.id))["section_90_producer"].due_at
    assert after == before - timedelta(hours=3)
    owed = {one.facts["rule"]: one.due_at for one in await desk.owed("disturbance.chase")}
    assert owed["section_90_producer"] == after
    assert await desk.amiss() == []


async def test_one_that_is_none_tells_everybody_who_was_told(person, desk):
    await person.answers(deviation=YES)
    await person.tells("section_90_producer")
    assert (await person.dismisses()).state is State.DISMISSED
    assert await person.open_duties() == {"section_90_producer"}
    assert (await desk.duties(person.id))["section_90_producer"].purpose is Purpose.CANCELLATION
    assert await desk.amiss() == []


async def test_what_is_over_is_still_to_be_told(person, desk):
    await person.answers(deviation=YES)
    before = await person.open_duties()
    ended = desk.clock.now()
    done = await person.ends(ended)
    assert (done.state, done.until) == (State.OVER, ended)
    assert await person.open_duties() == before


async def test_an_end_before_the_beginning_is_refused(person, desk):
    with pytest.raises(DisturbanceRefused):
        await person.ends(NOON - timedelta(hours=1))


async def test_nis2_binds_whoever_says_that_it_is_covered(person, desk, realm, tenant):
    await person.answers(nis2_significant=YES)
    assert not {rule for rule in await person.open_duties() if rule.startswith("nis2")}
    for tenancy_id, caller in ((None, realm), (tenant.tenancy.id, tenant.caller)):
        async with desk.database.transaction(caller) as tx:
            await naming.say_covered(tx, desk.clock, tenancy_id, covered=True, seen=0)
    await person.answers(risk_to_security=YES)
    assert {rule for rule in await person.open_duties() if rule.startswith("nis2")} == {
        *("nis2_first", "nis2_follow_up", "nis2_final", "nis2_recipients"),
        *("nis2_first_tenant", "nis2_follow_up_tenant", "nis2_final_tenant", "nis2_recipients_tenant"),
    }
    first = (await desk.duties(person.id))["nis2_first"]
    assert first.due_at == NOON + timedelta(hours=24)  # from the detection, not from the assessment
    with pytest.raises(OwnWordChanged):
        async with desk.database.transaction(realm) as tx:
            await naming.say_covered(tx, desk.clock, None, covered=False, seen=0)


async def test_a_question_about_oneself_is_not_answered_by_another(person):
    with pytest.raises(DisturbanceRefused):
        await person.answers(tenant_covered=YES)


async def test_describing_it_moves_what_is_counted_from_the_detection(person, desk, realm):
    async with desk.database.transaction(realm) as tx:
        await naming.say_covered(tx, desk.clock, None, covered=True, seen=0)
    await person.answers(nis2_significant=YES)
    detected = NOON - timedelta(hours=2)
    said = Description(since=detected, detected_at=detected, title="Prescriptions")
    await person._act(assessing.describe, said)  # noqa: SLF001 -- the same person
    assert (await desk.duties(person.id))["nis2_first"].due_at == detected + timedelta(hours=24)
    assert (await desk.read(person.id)).title == "Prescriptions"
    assert await desk.amiss() == []


async def test_one_that_is_joined_to_another_goes_on_there_with_its_reporters(desk, tenant, database, clock, realm):
    other = await a_tenant(database, clock, realm, 1300000)
    one, another = [
        Person(desk, (await desk.reported(by, service="prescription")).disturbance_id)
        for by in (tenant.caller, other.caller)
    ]
    await one.acknowledges()
    await one.answers(deviation=YES)
    joined = await another._act(assessing.join, to=one.id)  # noqa: SLF001 -- the same person
    assert (joined.state, joined.joined_to) == (State.JOINED, one.id)
    assert await another.open_duties() == set()
    async with database.transaction(realm) as tx:
        assert set(await disturbances.reporters(tx, one.id)) == {tenant.tenancy.id, other.tenancy.id}
    own = await desk.duties(one.id, other.caller)
    assert own["section_90_producer_tenant"].tenancy_id == other.tenancy.id
    assert await desk.amiss() == []
    with pytest.raises(DisturbanceRefused):
        await one._act(assessing.join, to=one.id)  # noqa: SLF001 -- the same person


async def test_a_change_from_what_somebody_else_has_changed_is_refused(person, desk):
    async with desk.database.transaction(desk.caller) as tx:
        with pytest.raises(DisturbanceChanged):
            await assessing.answer(tx, desk.clock, person.id, {Fact.DEVIATION: YES}, version=1)
