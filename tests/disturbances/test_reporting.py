"""A report is taken in: once, with all that follows from it, and without a patient's data."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.case import Basis, DutyState, Place, State
from kanta_tenancy.disturbances.errors import (
    AttachmentsFull,
    DisturbanceMoveNotAllowed,
    DisturbanceNotFound,
    DisturbanceRefused,
    ReportNotFound,
)
from kanta_tenancy.disturbances.model import Answer, Channel, Fact, Source
from kanta_tenancy.disturbances.store import reports
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.systems import SystemNotFound
from tests.disturbances.examples import NOON, a_said_report
from tests.parties.examples import a_tenant


async def test_the_smallest_report_is_enough(desk, tenant):
    taken = await desk.reported(tenant.caller)
    found = await desk.read(taken.disturbance_id)
    assert (found.state, found.tenancy_id, found.what) == (
        State.REPORTED,
        tenant.tenancy.id,
        "Prescriptions do not open",
    )
    assert found.reference == taken.disturbance_id.hex[-8:].upper()
    assert not taken.repeated


async def test_what_follows_from_it_is_there_at_once(desk, tenant, owner):
    taken = await desk.reported(tenant.caller, service="prescription", patient_safety=Answer.YES)
    duties = await desk.duties(taken.disturbance_id)
    assert {rule: (one.state, one.source) for rule, one in duties.items()} == {
        "contract_named_person": (DutyState.SENT, Source.CONTRACT),
        "contract_tenants": (DutyState.PENDING, Source.CONTRACT),
        "contract_kela": (DutyState.PENDING, Source.CONTRACT),
        "kela_technical_support": (DutyState.PENDING, Source.KELA_INSTRUCTION),
        "kela_phone": (DutyState.PENDING, Source.KELA_INSTRUCTION),
    }
    own = duties["contract_named_person"]
    assert (own.tenancy_id, own.channel, own.settled_by) == (tenant.tenancy.id, Channel.SERVICE, "a test")
    assert len(await desk.owed("disturbance.duty")) == 4
    assert len(await desk.owed("disturbance.chase")) == 4
    assert len(await desk.owed("disturbance.call")) == 1
    body = await owner.fetchval("SELECT body FROM outbox WHERE kind = 'disturbance.reported'")
    assert msgspec.json.decode(body)["report_id"] == str(taken.report_id)
    assert await desk.amiss() == []


async def test_what_is_drawn_from_it_is_a_proposal_with_its_reason(desk, tenant):
    taken = await desk.reported(tenant.caller, service="prescription", place=Place.KANTA, data_protection=Answer.YES)
    answers = await desk.answers(taken.disturbance_id)
    assert {fact for fact, one in answers.items() if one.answer is Answer.YES} == {
        Fact.NOTICED_BY_TENANT,
        Fact.DISTURBANCE,
        Fact.KANTA_RELATED,
        Fact.BREACH_SUSPECTED,
        Fact.KELA_IN_KANTA,
        Fact.KELA_DATA_PROTECTION,
    }
    assert {one.basis for one in answers.values()} == {Basis.REPORT}
    assert all(one.reason and one.answered_by == "a test" for one in answers.values())
    assert Fact.DEVIATION not in answers  # a notion of law is for people to judge


async def test_it_is_journalled_on_the_chain_of_who_reported(desk, tenant, owner):
    await desk.reported(tenant.caller)
    chains = await owner.fetch("SELECT chain FROM journal_entry WHERE entry LIKE '%disturbance.reported%'")
    assert [row["chain"] for row in chains] == [tenant.tenancy.id]
    async with desk.database.transaction(desk.caller) as tx:
        walk = journal.Walk(tenant.tenancy.id)
        assert [one async for one in journal.verify_chain(tx, walk)] == []


async def test_the_same_within_minutes_is_one_report(desk, tenant, owner):
    first = await desk.reported(tenant.caller, service="prescription")
    desk.clock.advance(minutes=9)
    again = await desk.reported(tenant.caller, service="prescription")
    assert (again.disturbance_id, again.report_id, again.repeated) == (first.disturbance_id, first.report_id, True)
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 1
    assert await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%disturbance.reported%'") == 1
    desk.clock.advance(minutes=2)
    later = await desk.reported(tenant.caller, service="prescription")
    assert not later.repeated


async def test_of_many_at_once_with_the_same_content_one_is_taken_in(desk, tenant, owner):
    taken = await asyncio.gather(*(desk.reported(tenant.caller) for _ in range(8)))
    assert len({one.report_id for one in taken}) == 1
    assert [one.repeated for one in taken].count(False) == 1
    assert await owner.fetchval("SELECT count(*) FROM disturbance_duty") == 2  # one to the named person, one to tenants


async def test_the_same_words_of_another_party_are_another_report(desk, tenant, database, clock, realm):
    other = await a_tenant(database, clock, realm, 1300000)
    taken = [await desk.reported(by) for by in (tenant.caller, other.caller, realm)]
    assert len({one.report_id for one in taken}) == 3


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("what", {"what": "Patient 131052-308T cannot be found"}),
        ("what", {"what": "First line\nand 131052\u2011308T"}),
        ("symptom", {"symptom": "HETU 131052-308T"}),
        ("tried", {"tried": "Searched for 131052 - 308T"}),
        ("contact", {"contact": "Ask 131052-308T"}),
        ("message_ids[1]", {"message_ids": ("1.2.246.10", "131052-308T")}),
    ],
)
async def test_a_personal_identity_code_is_refused_with_its_place(desk, tenant, owner, field, said):
    with pytest.raises(DisturbanceRefused) as refused:
        await desk.reported(tenant.caller, **said)
    (flaw,) = refused.value.flaws
    assert flaw.field == field
    assert "personal identity code" in flaw.detail
    assert "131052" not in refused.value.detail + flaw.detail
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 0


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("since", {"since": NOON + timedelta(minutes=6)}),
        ("since", {"since": NOON.replace(year=2009)}),
        ("service", {"service": "teleportation"}),
        ("what", {"what": "x" * 4001}),
        ("what", {"what": "turned \u202e around"}),
        ("what", {"what": "  "}),
        ("message_ids", {"message_ids": ("1",) * 51}),
        ("users_hit", {"users_hit": -1}),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(desk, tenant, field, said):
    with pytest.raises(DisturbanceRefused) as refused:
        await desk.reported(tenant.caller, **said)
    assert [flaw.field for flaw in refused.value.flaws] == [field]


async def test_everything_that_can_be_said_is_kept_as_it_was_said(desk, tenant, register):
    system = await register.in_use()
    await register.deployed(system, tenant.tenancy.id)
    said = a_said_report(
        system_id=system.id,
        service="prescription",
        place=Place.NETWORK,
        symptom="Error 504",
        tried="Restarted",
        message_ids=("1.2.246.10.1", "b"),
        units_hit=3,
        users_hit=40,
        contact="Duty desk, 040 123 4567",
        patient_safety=Answer.NO,
        ongoing=False,
    )
    async with desk.database.transaction(tenant.caller) as tx:
        taken = await reporting.report(tx, desk.clock, said)
    async with desk.database.transaction(tenant.caller) as tx:
        kept = await reports.find(tx, taken.report_id)
    assert {name: getattr(kept, name) for name in said.__struct_fields__} == msgspec.structs.asdict(said)


async def test_a_system_that_the_tenant_does_not_see_is_not_there(desk, tenant, register):
    system = await register.in_use()
    with pytest.raises(SystemNotFound):
        await desk.reported(tenant.caller, system_id=system.id)


async def test_open_ones_of_the_same_system_or_service_are_offered(desk, tenant, database, clock, realm):
    first = await desk.reported(tenant.caller, service="prescription")
    other = await a_tenant(database, clock, realm, 1300000)
    said = a_said_report(service="prescription", what="Recipes are slow")
    for by, expected in ((realm, [first.disturbance_id]), (other.caller, [])):
        async with database.transaction(by) as tx:
            taken = await reporting.report(tx, clock, said)
            assert [one.id for one in await reporting.similar(tx, taken, said)][-1:] == expected


async def test_a_report_can_join_one_that_is_open_and_brings_its_own_duties(desk, tenant, database, clock, realm):
    first = await desk.reported(realm, service="prescription")
    clock.advance(minutes=1)
    with pytest.raises(DisturbanceNotFound):  # it does not see it: it was not told of it
        await desk.reported(tenant.caller, join=first.disturbance_id)
    again = await desk.taken_in(realm, what="Now Kanta says 503", join=first.disturbance_id, place=Place.KANTA)
    assert again.disturbance_id == first.disturbance_id
    assert Fact.KELA_IN_KANTA not in await desk.answers(first.disturbance_id)
    await desk.carry_on()
    assert (await desk.answers(first.disturbance_id))[Fact.KELA_IN_KANTA].answer is Answer.YES
    assert len(await desk.owed("disturbance.call")) == 1
    assert await desk.amiss() == []


async def test_one_that_is_not_open_cannot_be_joined(desk, realm, owner):
    taken = await desk.reported(realm)
    await owner.execute("UPDATE disturbance SET state = 'dismissed' WHERE id = $1", taken.disturbance_id)
    with pytest.raises(DisturbanceMoveNotAllowed):
        await desk.reported(realm, join=taken.disturbance_id)


async def attached(desk, by, report_id, name="screen.txt", content=b"seen"):
    async with desk.database.transaction(by) as tx:
        return await reporting.attach(tx, desk.clock, report_id, name=name, content=content)


async def test_a_file_is_kept_as_it_came_by_what_its_bytes_say(desk, tenant):
    taken = await desk.reported(tenant.caller)
    made = await attached(desk, tenant.caller, taken.report_id, name="picture.exe")
    assert (made.media_type, made.size) == ("text/plain; charset=utf-8", 4)
    async with desk.database.transaction(desk.caller) as tx:
        assert (await reports.attachment(tx, taken.report_id, made.id)).content == b"seen"


async def test_a_file_that_is_none_of_the_kinds_or_names_a_patient_is_refused(desk, tenant):
    taken = await desk.reported(tenant.caller)
    with pytest.raises(DisturbanceRefused):
        await attached(desk, tenant.caller, taken.report_id, content=b"MZ\x90\x00")
    with pytest.raises(DisturbanceRefused) as refused:
        await attached(desk, tenant.caller, taken.report_id, name="131052-308T.txt")
    assert [flaw.field for flaw in refused.value.flaws] == ["name"]
    with pytest.raises(ReportNotFound):
        await attached(desk, tenant.caller, uuid4())


async def test_a_report_takes_twenty_files(desk, tenant):
    taken = await desk.reported(tenant.caller)
    for _ in range(reports.MOST_ATTACHMENTS):
        await attached(desk, tenant.caller, taken.report_id)
    with pytest.raises(AttachmentsFull):
        await attached(desk, tenant.caller, taken.report_id)


async def test_reports_of_different_tenants_go_in_together_each_in_its_own_scope(desk, tenant, database, clock, realm):
    other = await a_tenant(database, clock, realm, 1300000)
    said = a_said_report(service="prescription")
    callers = [tenant.caller, other.caller, realm, tenant.caller]
    intakes = [
        reporting.prepared(
            reporting.accepted(reporting.Reporter(scope=by.scope, actor=by.actor, request_id=""), clock, said),
            clock.now(),
        )
        for by in callers
    ]
    async with database.unscoped() as connection:
        taken = await reports.take_in(connection, intakes)
    assert [one.repeated for one in taken] == [False, False, False, True]
    assert taken[3].report_id == taken[0].report_id
    for by, one in zip(callers[:3], taken[:3], strict=True):
        async with database.transaction(by) as tx:
            assert (await reports.find(tx, one.report_id)).tenancy_id == by.scope.tenancy_id
    seen = [{similar.id for similar in one.similar_ones} for one in taken]
    mine, others = taken[0].disturbance_id, taken[1].disturbance_id
    assert mine not in seen[1]
    assert others not in seen[0] | seen[3]
    assert seen[2] <= {mine, others}
    await desk.carry_on()
    assert await desk.amiss() == []


def accepted(by: Caller, clock, **said) -> reporting.Reported:
    reporter = reporting.Reporter(scope=by.scope, actor=by.actor, request_id="")
    return reporting.accepted(reporter, clock, a_said_report(**said))


async def test_several_of_one_party_go_in_together_and_each_has_all_that_follows(desk, tenant, database, clock, realm):
    said = [(by, f"{what} of {by.actor.name}") for what in ("One", "Two", "Three") for by in (tenant.caller, realm)]
    for again in ("", " again"):
        intakes = [reporting.prepared(accepted(by, clock, what=what + again), clock.now()) for by, what in said]
        async with database.unscoped() as connection:
            taken = await reports.take_in(connection, intakes)
        assert [one.repeated for one in taken] == [False] * 6
        assert [one.report_id for one in taken] == [intake.said["id"] for intake in intakes]
    for (by, _), one in zip(said, taken, strict=True):
        duties = await desk.duties(one.disturbance_id)
        assert {duty.tenancy_id for duty in duties.values()} == {None, by.scope.tenancy_id}
        assert all(duty.explanation.steps for duty in duties.values())
    await desk.carry_on()
    owed = {one.key.rpartition("/")[2]: one.explanation for one in await desk.owed("disturbance.duty")}
    kept = {str(duty.id): duty for one in taken for duty in (await desk.duties(one.disturbance_id)).values()}
    assert {key: duty.explanation for key, duty in kept.items() if duty.is_open} == {
        key: explanation for key, explanation in owed.items() if key in kept
    }
    async with database.transaction(realm) as tx:
        for chain in (realm.scope.main_connector_id, tenant.tenancy.id):
            walk = journal.Walk(chain)
            assert [told async for told in journal.verify_chain(tx, walk)] == []
            assert walk.count >= 6
    assert await desk.amiss() == []


async def test_a_duty_that_is_there_is_not_promised_again(desk, tenant, database, clock):
    first, second = (
        reporting.prepared(accepted(tenant.caller, clock, what=what, service="prescription"), clock.now())
        for what in ("It begins", "It goes on")
    )
    said = {**second.said, "disturbance_id": first.said["disturbance_id"]}
    told = msgspec.structs.replace(second.message_body, disturbance_id=said["disturbance_id"], joined=True)
    joining = msgspec.structs.replace(second, opens=False, said=said, message_body=told)
    async with database.unscoped() as connection:
        await reports.take_in(connection, [first])
    await desk.carry_on()
    before = await desk.owed("disturbance.duty")
    async with database.unscoped() as connection:
        (taken,) = await reports.take_in(connection, [joining])
    await desk.carry_on()
    assert (taken.disturbance_id, taken.repeated) == (first.said["disturbance_id"], False)
    assert (len(before), await desk.owed("disturbance.duty")) == (3, before)
    assert await desk.amiss() == []


async def test_of_a_group_all_go_in_or_none(tenant, database, clock, owner):
    by = reporting.Reporter(scope=tenant.caller.scope, actor=tenant.caller.actor, request_id="")
    good, bad = (
        reporting.prepared(reporting.accepted(by, clock, a_said_report(what=what)), clock.now())
        for what in ("Fit", "Unfit")
    )
    bad = msgspec.structs.replace(bad, said={**bad.said, "place": "nowhere"})
    async with database.unscoped() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await reports.take_in(connection, [good, bad])
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 0
