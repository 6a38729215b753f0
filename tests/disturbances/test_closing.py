"""A disturbance is closed when everything was told, cause and remedy are known; new facts open it again."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.disturbances import closing as rule
from kanta_tenancy.disturbances.actions import assessing, closing, mailing, telling
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.actions.closing import SaidCause, SaidFindings
from kanta_tenancy.disturbances.actions.telling import SaidMaintenance
from kanta_tenancy.disturbances.case import (
    Cause,
    DutyState,
    Finding,
    FindingKind,
    Hold,
    State,
)
from kanta_tenancy.disturbances.errors import (
    DisturbanceChanged,
    DisturbanceMoveNotAllowed,
    DisturbanceRefused,
    DisturbanceUnfinished,
)
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Answer, Channel, Fact
from kanta_tenancy.disturbances.reading import whole
from kanta_tenancy.disturbances.store import disturbances, duties
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.languages import Language
from tests.disturbances.examples import NOON
from tests.disturbances.test_assessing import YES, Person
from tests.disturbances.test_reconciling import Case
from tests.parties.examples import a_tenant

CAUSE = SaidCause(cause=Cause.CERTIFICATE, text="The certificate of the access point had expired")
BECAUSE = Sentence(fi="Auki.", sv="Öppen.", en="Something is open.")
CASE = Case()
CASE.answer(Fact.DEVIATION, Answer.YES)
A_DUTY = next(iter(CASE.kept.values()))
duty_states = st.lists(st.sampled_from(DutyState), max_size=5)
kinds = st.lists(st.sampled_from(FindingKind), max_size=4)


@given(duty_states, kinds, st.integers(0, 2), st.sets(st.integers(0, 4)))
def test_everything_that_is_missing_is_named_once_and_nothing_else(states, found, held, mails):
    kept = [replace(A_DUTY, id=new_id(), state=state) for state in states]
    findings = [Finding(kind=kind, text="x", said_by="x", said_at=NOON) for kind in found]
    holds = [Hold(key=f"breach/{number}", because=BECAUSE, placed_at=NOON) for number in range(held)]
    on_their_way = {one.id for at, one in enumerate(kept) if at in mails}
    flaws = rule.missing(kept, findings, holds, on_their_way=on_their_way)
    untold = {one.id for one in kept if one.state in {DutyState.PENDING, DutyState.FAILED}}
    flying = {one.id for one in kept if one.state is DutyState.SENT} & on_their_way
    expected = [f"duties.{one}" for one in untold | flying]
    expected += [kind for kind in ("cause", "remedy") if kind not in found]
    expected += [f"holds.{one.key}" for one in holds]
    assert sorted(one.field for one in flaws) == sorted(expected)


class Closer(Person):
    """The named person from the end of one disturbance on."""

    async def finds_out(self, **said):
        return await self._act(closing.find_out, SaidFindings(**said))

    async def closes(self):
        return await self._act(closing.close)

    async def reopens(self, because="The log shows more"):
        return await self._act(assessing.reopen, because=because)

    async def tells_everybody(self):
        async with self.desk.database.transaction(self.desk.caller) as tx:
            for one in await duties.of_disturbance(tx, self.id):
                if one.is_open:
                    await duty_actions.settle_taken(tx, one, DutyMove.SEND, at=self.desk.clock.now(), note="Told")

    async def read(self):
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await whole(tx, self.id)


@pytest.fixture
async def person(desk, tenant) -> Closer:
    """A disturbance that is over, whose duties are open."""
    taken = await desk.reported(tenant.caller)
    person = Closer(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES)
    await person.ends()
    return person


@pytest.fixture
async def closed(person) -> Closer:
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="It was renewed, and is watched from now on")
    await person.closes()
    return person


async def test_what_is_missing_is_named_duty_by_duty(person, desk):
    with pytest.raises(DisturbanceUnfinished) as refused:
        await person.closes()
    open_duties = [one for one in (await desk.duties(person.id)).values() if one.is_open]
    assert len(open_duties) >= 2
    assert {one.field for one in refused.value.flaws} == {f"duties.{one.id}" for one in open_duties} | {
        "cause",
        "remedy",
    }
    producer = next(one for one in open_duties if one.rule == "section_90_producer")
    said = next(one.detail for one in refused.value.flaws if one.field == f"duties.{producer.id}")
    assert said == "section_90_producer: the main connector has still to tell producer; it is pending"


async def test_one_that_is_told_explained_and_mended_is_closed(person, desk):
    await person.tells("section_90_producer", move=DutyMove.RELEASE, note="The producer told us")
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE)
    await person.finds_out(remedy="It was renewed")
    done = await person.closes()
    assert (done.state, done.closed_by, done.closed_at) == (State.CLOSED, "a test", desk.clock.now())
    found = await person.read()
    assert [(one.kind, one.cause, one.said_by) for one in found.findings] == [
        (FindingKind.CAUSE, Cause.CERTIFICATE, "a test"),
        (FindingKind.REMEDY, None, "a test"),
    ]
    assert await desk.amiss() == []


async def test_only_what_is_over_is_closed(desk, tenant):
    taken = await desk.reported(tenant.caller)
    person = Closer(desk, taken.disturbance_id)
    with pytest.raises(DisturbanceMoveNotAllowed):
        await person.closes()
    await person.acknowledges()
    with pytest.raises(DisturbanceMoveNotAllowed):
        await person.closes()
    await person.dismisses()
    with pytest.raises(DisturbanceMoveNotAllowed):
        await person.closes()


async def test_maintenance_has_an_end_of_its_own(desk):
    async with desk.database.transaction(desk.caller) as tx:
        said = SaidMaintenance(
            title="Update", since=NOON + timedelta(days=14), until=NOON + timedelta(days=15), service="prescription"
        )
        planned = await telling.plan(tx, desk.clock, said)
    desk.clock.advance(days=15)
    person = Closer(desk, planned.id)
    await person.ends()
    for refused in (person.closes(), person.reopens()):
        with pytest.raises(DisturbanceMoveNotAllowed):
            await refused


async def test_what_a_late_reporter_told_is_acknowledged_by_closing(person, desk, clock, realm):
    later = await a_tenant(desk.database, clock, realm, 3000000)
    await person.reopens()
    async with desk.database.transaction(desk.caller) as tx:
        await disturbances.add_parties(tx, person.id, [later.tenancy.id], reported=False)
    await desk.reported(later.caller, join=person.id, what="The same here")
    await desk.carry_on()
    assert (await desk.duties(person.id, later.caller))["contract_named_person"].state is DutyState.SENT
    await person.ends()
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    await person.closes()
    told = (await desk.duties(person.id, later.caller))["contract_named_person"]
    assert told.state is DutyState.ACKNOWLEDGED


async def test_of_two_who_close_at_once_one_does(person, desk):
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    version = (await desk.read(person.id)).version

    async def close():
        async with desk.database.transaction(desk.caller) as tx:
            return (await closing.close(tx, desk.clock, person.id, version=version)).version

    results = await asyncio.gather(close(), close(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["DisturbanceChanged", "int"]
    async with desk.database.transaction(desk.caller) as tx:
        moved = await tx.connection.fetchval(
            "SELECT count(*) FROM outbox WHERE kind = 'disturbance.moved' AND body ->> 'state' = 'closed'"
        )
    assert moved == 1


async def test_closing_and_new_facts_at_once_never_leave_a_closed_one_with_an_open_duty(person, desk):
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    version = (await desk.read(person.id)).version

    async def close():
        async with desk.database.transaction(desk.caller) as tx:
            await closing.close(tx, desk.clock, person.id, version=version)

    async def assess():
        async with desk.database.transaction(desk.caller) as tx:
            await assessing.answer(tx, desk.clock, person.id, {Fact.RISK_TO_SAFETY: YES}, version=version)

    results = await asyncio.gather(close(), assess(), return_exceptions=True)
    assert [isinstance(one, DisturbanceChanged) for one in results].count(True) == 1
    assert ((await desk.read(person.id)).state is State.CLOSED) == (await person.open_duties() == set())


async def test_a_closed_one_takes_no_answers_until_new_facts_open_it(closed, desk):
    for refused in (
        closed.answers(risk_to_safety=YES),
        closed.finds_out(remedy="Another"),
        closed.ends(),
    ):
        with pytest.raises(DisturbanceMoveNotAllowed):
            await refused
    done = await closed.reopens("A pharmacy called")
    assert (done.state, done.closed_at, done.closed_by) == (State.OVER, None, None)
    assert done.until is not None
    await closed.answers(risk_to_safety=YES)
    with pytest.raises(DisturbanceUnfinished) as refused:
        await closed.closes()
    assert {one.field.partition(".")[0] for one in refused.value.flaws} == {"duties"}
    await closed.tells_everybody()
    assert (await closed.closes()).state is State.CLOSED
    assert [one.text for one in (await closed.read()).findings if one.kind is FindingKind.NEW_FACTS] == [
        "A pharmacy called"
    ]
    assert await desk.amiss() == []


async def test_opening_again_needs_a_reason(closed):
    with pytest.raises(DisturbanceRefused):
        await closed.reopens("  ")


async def test_tenants_are_told_that_it_goes_on_and_not_that_a_closed_one_is_looked_at_again(person, desk):
    await person.reopens("It came back")
    await person._act(telling.publish, text=None)  # noqa: SLF001 -- the same person
    await person.ends()
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    await person.closes()
    before = len((await person.read()).statuses)
    await person.reopens()
    assert len((await person.read()).statuses) == before == 2
    await person.reopens()
    assert len((await person.read()).statuses) == 3


async def test_a_mail_that_is_on_its_way_holds_the_closing_until_it_has_arrived(person, desk):
    mailed = (await desk.duties(person.id))["section_90_producer"]
    async with desk.database.transaction(desk.caller) as tx:
        given = {"version": mailed.version, "language": Language.FINNISH, "email": "tuki@example.org"}
        await mailing.mail(tx, desk.clock, mailed.id, **given)
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    with pytest.raises(DisturbanceUnfinished) as refused:
        await person.closes()
    assert [one.field for one in refused.value.flaws] == [f"duties.{mailed.id}"]
    await person.tells("section_90_producer", move=DutyMove.ACKNOWLEDGE, note="They answered")
    assert (await person.closes()).state is State.CLOSED


async def test_a_webhook_that_is_on_its_way_holds_it_too(person, desk):
    kept = (await desk.duties(person.id))["section_90_producer"]
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    sent = replace((await desk.duties(person.id))[kept.rule], channel=Channel.WEBHOOK)
    flaws = rule.missing([sent], (await person.read()).findings, (), on_their_way={kept.id})
    assert [one.detail for one in flaws] == [
        "section_90_producer: the webhook to producer has not reached the receiver yet"
    ]


async def test_a_notice_that_turns_out_not_to_have_arrived_opens_a_closed_one_again(closed, desk):
    await closed.tells("section_90_producer", move=DutyMove.FAIL, note="The letter came back")
    await desk.carry_on()
    assert (await desk.read(closed.id)).state is State.OVER
    assert await closed.open_duties() == {"section_90_producer"}
    assert (await closed.read()).findings[-1].kind is FindingKind.NEW_FACTS
    await desk.carry_on()
    assert await desk.amiss() == []


async def test_what_another_room_has_open_holds_it_and_what_comes_later_opens_it(person, desk):
    async with desk.database.transaction(desk.caller) as tx:
        await closing.place_hold(tx, person.id, "breach/1", BECAUSE, at=desk.clock.now())
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    with pytest.raises(DisturbanceUnfinished) as refused:
        await person.closes()
    assert [(one.field, one.detail) for one in refused.value.flaws] == [("holds.breach/1", "Something is open.")]
    for _ in range(2):
        async with desk.database.transaction(desk.caller) as tx:
            await closing.release_hold(tx, person.id, "breach/1", at=desk.clock.now())
    await person.closes()
    async with desk.database.transaction(desk.caller) as tx:
        await closing.place_hold(tx, person.id, "breach/1", BECAUSE, at=desk.clock.now())
    assert (await desk.read(person.id)).state is State.OVER
    with pytest.raises(DisturbanceUnfinished):
        await person.closes()


async def test_a_patients_code_is_refused_and_an_empty_finding_too(person):
    for said in ({}, {"remedy": "Patient 131052-308T called"}, {"cause": replace(CAUSE, text=" ")}):
        with pytest.raises(DisturbanceRefused):
            await person.finds_out(**said)


async def test_a_tenant_sees_that_it_is_closed_and_nothing_of_what_was_found_out(closed, desk, tenant):
    async with desk.database.transaction(tenant.caller) as tx:
        seen = await whole(tx, closed.id)
    assert (seen.disturbance.state, seen.findings, seen.holds) == (State.CLOSED, (), ())


async def test_when_somebody_was_told_stays_when_they_acknowledge_and_goes_when_it_did_not_arrive(person, desk):
    told = await person.tells("section_90_producer")
    assert told.told_at == told.state_at
    acknowledged = await person.tells("section_90_producer", move=DutyMove.ACKNOWLEDGE, note="Ticket 9")
    assert (acknowledged.told_at, acknowledged.state_at > told.state_at) == (told.told_at, True)
    await person.tells("contract_manufacturer")
    failed = await person.tells("contract_manufacturer", move=DutyMove.FAIL, note="It came back")
    assert failed.told_at is None
    kept = await desk.duties(person.id)
    assert kept["section_90_producer"].told_at == told.told_at


async def test_whose_report_was_joined_owes_it_no_second_time(person, desk, clock, realm):
    later = await a_tenant(desk.database, clock, realm, 3000000)
    await person.reopens()
    other = await desk.reported(later.caller, what="The same here")
    await Person(desk, other.disturbance_id)._act(assessing.join, to=person.id)  # noqa: SLF001 -- the same person
    told = (await desk.duties(person.id, later.caller))["contract_named_person"]
    assert (told.state, told.settled_by) == (DutyState.ACKNOWLEDGED, "a test")
    assert "contract_named_person" not in {one.facts["rule"] for one in await desk.owed("disturbance.duty")}
    assert await desk.amiss() == []
