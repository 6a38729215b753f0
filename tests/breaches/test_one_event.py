"""A breach that is part of a disturbance is owed once: the register sees to it, and both rooms show how it stands."""

from datetime import timedelta

import pytest

from kanta_tenancy.breaches.model import (
    Addressee,
    AwareGround,
    Correction,
    Decision,
    Item,
    Move,
    PartyKind,
    RegisterKind,
    Risk,
)
from kanta_tenancy.disturbances.actions import assessing, mailing
from kanta_tenancy.disturbances.case import Basis, DutyState, State
from kanta_tenancy.disturbances.errors import DutyCarried
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Fact
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import State as PromiseState
from tests.breaches.desk import of_main_connector, of_tenant
from tests.breaches.event import ITS_OWN, mails, of_rule, promised_here, recorded
from tests.breaches.examples import NOON, a_telling, an_awareness
from tests.disturbances.test_assessing import NO, YES
from tests.parties.examples import named, owner_of

HOUR = timedelta(hours=1)


async def test_a_breach_without_a_record_owes_the_record_at_once_and_is_chased_for_it(person, desk, owner):
    own = await owner_of(desk.database, desk.caller)
    await named(desk.database, desk.clock, desk.caller, own, function=Function.DISTURBANCES, email="named@example.org")
    await person.answers(breach=YES)
    owed = await of_rule(person, "practice_breach_record")
    assert (owed.state, owed.due_at - owed.made_at) == (DutyState.PENDING, 4 * HOUR)
    assert "The register of breaches" not in owed.explanation.steps[1].en
    desk.clock.advance(hours=5)
    await desk.pay()
    assert "disturbance.duty_overdue" in await mails(owner, "named@example.org")


async def test_a_suspicion_is_recorded_too(person):
    await person.answers(breach_suspected=YES)
    assert "practice_breach_record" in await person.open_duties()


async def test_the_record_takes_over_what_the_disturbance_asked_of_the_main_connector(person, desk, ours):
    await person.answers(**ITS_OWN)
    before = await of_rule(person, "gdpr_authority")
    assert await promised_here(desk, "gdpr_authority") == {PromiseState.OWED}
    breach = await recorded(ours, person, of_main_connector())
    after = await of_rule(person, "gdpr_authority")
    assert (after.state, after.carried_by, after.version) == (
        DutyState.PENDING,
        f"breach/{breach.id}",
        before.version + 1,
    )
    assert (after.counted_from, after.due_at) == (breach.aware_at, breach.authority_due_at)
    assert after.explanation.result == after.due_at.isoformat()
    assert "72 hours run hour by hour" in after.explanation.steps[-2].en
    assert (await of_rule(person, "practice_breach_record")).state is DutyState.SENT
    assert await promised_here(desk, "gdpr_authority") == {PromiseState.RELEASED}
    assert await promised_here(desk, "practice_breach_record") == {PromiseState.RELEASED}
    assert (await ours.owing())["notify_authority"] == "owed"
    assert await desk.amiss() == []


async def test_what_the_register_sees_to_is_not_done_here_as_well(person, desk, ours):
    await person.answers(**ITS_OWN)
    breach = await recorded(ours, person, of_main_connector())
    for move in DutyMove:
        with pytest.raises(DutyCarried, match=str(breach.id)):
            await person.tells("gdpr_authority", move=move)
    kept = await of_rule(person, "gdpr_authority")
    with pytest.raises(DutyCarried):
        async with desk.database.transaction(desk.caller) as tx:
            await mailing.mail(
                tx, desk.clock, kept.id, version=kept.version, language=Language.FINNISH, email="x@example.org"
            )


async def test_the_duty_stands_as_the_register_says_and_comes_back_when_that_does_not_hold(person, desk, ours):
    await person.answers(**ITS_OWN)
    breach = await recorded(ours, person, of_main_connector())
    ours.clock.advance(hours=2)
    told = await ours.said(breach.id, a_telling(told_at=ours.clock.now(), items=(Item.NATURE,), how="Form 4711"))
    sent = await of_rule(person, "gdpr_authority")
    assert (sent.state, sent.note, sent.state_at) == (DutyState.SENT, "Form 4711", ours.clock.now())
    await ours.said(breach.id, Correction(number=told.case.version, reason="It went to the wrong office"))
    assert (await of_rule(person, "gdpr_authority")).state is DutyState.PENDING
    await ours.said(breach.id, Decision(risk=Risk.UNLIKELY, ground="Nobody could read it"))
    assert (await of_rule(person, "gdpr_authority")).state is DutyState.NOT_NEEDED
    await ours.said(breach.id, Decision(risk=Risk.HIGH, ground="Somebody could"))
    assert (await of_rule(person, "gdpr_authority")).state is DutyState.PENDING
    await ours.moved(breach.id, Move.DISMISS, reason="There was no data on it")
    assert (await of_rule(person, "gdpr_authority")).state is DutyState.NOT_NEEDED
    assert await promised_here(desk, "gdpr_authority") == {PromiseState.RELEASED}
    assert await desk.amiss() == []


async def test_a_later_awareness_is_that_of_both(person, ours):
    await person.answers(**ITS_OWN)
    breach = await recorded(ours, person, of_main_connector())
    await ours.said(breach.id, an_awareness(aware_at=NOON - 20 * HOUR, reason="It was in the log"))
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.counted_from, kept.due_at) == (NOON - 20 * HOUR, NOON + 52 * HOUR)


async def test_the_awareness_that_the_disturbance_has_begins_the_clock_of_the_record(person, desk, ours):
    await person._act(  # noqa: SLF001 -- the same person
        assessing.describe, assessing.Description(since=NOON, detected_at=NOON, aware_at=NOON + timedelta(seconds=30))
    )
    desk.clock.advance(hours=3)
    breach = await recorded(ours, person, of_main_connector())
    assert breach.aware_at == NOON + timedelta(seconds=30)
    said = next(one for one in (await ours.whole(breach.id)).entries if one.number == 3).said
    assert (said.ground, said.reason) == (AwareGround.FOUND_ITSELF, f"disturbance/{person.id}")


async def test_people_hear_of_the_hours_from_the_register_and_of_nothing_twice(person, desk, ours, owner):
    own = await owner_of(desk.database, desk.caller)
    for function in (Function.DISTURBANCES, Function.DATA_PROTECTION_OFFICER, Function.ADMINISTRATOR):
        await named(
            desk.database, desk.clock, desk.caller, own, function=function, email=f"{function.value}@example.org"
        )
    await person.answers(disturbance=NO, **ITS_OWN)
    await recorded(ours, person, of_main_connector())
    for _ in range(100):
        desk.clock.advance(hours=1)
        await desk.pay()
    assert await mails(owner, "data_protection_officer@example.org") == ["breach.reminder"] * 6
    assert await mails(owner, "administrator@example.org") == ["breach.reminder"] * 3
    assert await mails(owner, "disturbances@example.org") == []
    assert await desk.amiss() == []


async def test_what_was_told_before_the_record_is_in_the_record_and_not_asked_again(person, desk, ours):
    await person.answers(data_of_joint_registers=YES, **ITS_OWN)
    await person.tells("gdpr_authority", note="Their form, receipt 12")
    await person.tells("kela_breach", note="Their telephone, 14:10")
    breach = await recorded(ours, person, of_main_connector(RegisterKind.PRESCRIPTION_CENTRE))
    standing = await ours.documented(breach.id)
    assert [one.how for one in standing.case.tellings(Addressee.AUTHORITY)] == ["Their form, receipt 12"]
    assert [one.how for one in standing.case.tellings(Addressee.KELA)] == ["Their telephone, 14:10"]
    assert (await ours.owing()).keys() == {"supplement_notice"}
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.state, kept.note, kept.channel.value) == (DutyState.SENT, "Their form, receipt 12", "phone")
    assert kept.carried_by == f"breach/{breach.id}"


async def test_what_was_told_too_late_before_the_record_is_late_in_the_record(person, desk, ours):
    await person.answers(**ITS_OWN)
    desk.clock.advance(hours=80)
    await person.tells("gdpr_authority", note="The form, over the weekend nobody could")
    breach = await recorded(ours, person, of_main_connector(), found_at=NOON)
    (telling,) = (await ours.documented(breach.id)).case.tellings(Addressee.AUTHORITY)
    assert telling.late_because == "The form, over the weekend nobody could"


async def test_with_two_records_it_is_done_when_both_are(person, ours):
    await person.answers(**ITS_OWN)
    first = await recorded(ours, person, of_main_connector())
    ours.clock.advance(hours=1)
    second = await recorded(ours, person, of_main_connector(), title="Another list")
    await ours.said(first.id, a_telling(told_at=ours.clock.now(), items=(Item.NATURE,)))
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.state, kept.carried_by) == (DutyState.PENDING, f"breach/{second.id}")
    await ours.said(second.id, Decision(risk=Risk.UNLIKELY, ground="It was empty"))
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.state, kept.carried_by) == (DutyState.SENT, f"breach/{first.id}")


async def test_new_facts_neither_renew_nor_withdraw_what_the_register_sees_to(person, desk, ours):
    await person.answers(**ITS_OWN)
    breach = await recorded(ours, person, of_main_connector())
    await ours.said(breach.id, a_telling(told_at=ours.clock.now(), items=(Item.NATURE,)))
    await person.answers(critical_or_wide=YES)
    await person.answers(breach=NO, data_of_main_connector=NO)
    await person.dismisses()
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.round, kept.state, kept.carried_by) == (1, DutyState.SENT, f"breach/{breach.id}")
    assert (await desk.read(person.id)).state is State.DISMISSED
    await ours.said(breach.id, Correction(number=5, reason="It never arrived"))
    assert (await of_rule(person, "gdpr_authority")).state is DutyState.PENDING


async def test_facts_that_come_after_the_record_bring_a_duty_that_it_sees_to_from_the_start(person, desk, ours):
    await person.answers(disturbance=NO, breach=NO, data_of_main_connector=NO)
    breach = await recorded(ours, person, of_main_connector())
    assert "gdpr_authority" not in await person.open_duties()
    await person.answers(**ITS_OWN)
    kept = await of_rule(person, "gdpr_authority")
    assert (kept.carried_by, kept.version) == (f"breach/{breach.id}", 1)
    assert await promised_here(desk, "gdpr_authority") == set()


async def test_a_record_proposes_what_no_person_has_answered(person, desk, ours, neighbour):
    await person.answers(data_of_joint_registers=NO)
    await recorded(ours, person, of_tenant(neighbour.tenancy.id, RegisterKind.PRESCRIPTION_CENTRE), suspected=True)
    answers = await desk.answers(person.id)
    proposed = {fact for fact, one in answers.items() if (one.reason or "").startswith("breach_report/")}
    assert proposed == {Fact.BREACH_SUSPECTED, Fact.DATA_OF_TENANTS}
    assert {answers[fact].basis for fact in proposed} == {Basis.REPORT}
    assert answers[Fact.DATA_OF_JOINT_REGISTERS].basis is Basis.PERSON


async def test_what_the_finder_outside_owes_is_not_taken_for_the_main_connectors_own(person, ours):
    await person.answers(**ITS_OWN)
    await recorded(ours, person, of_main_connector(RegisterKind.PERSONAL_HEALTH_RECORD))
    assert (await of_rule(person, "gdpr_authority")).carried_by is None


async def test_both_rooms_show_it_over_http(both):
    reported = (
        await both.of_tenant.post("/v1/disturbances", json={"what": "x", "since": NOON.isoformat(), "ongoing": True})
    ).json()
    at = f"/v1/disturbances/{reported['disturbance_id']}"
    await both.main_connector.post(f"{at}/acknowledgement", headers={"If-Match": '"1"'})
    said = {"answers": [{"fact": "breach", "answer": "yes"}, {"fact": "data_of_main_connector", "answer": "yes"}]}
    await both.main_connector.post(f"{at}/answers", json=said, headers={"If-Match": '"2"'})
    made = await both.main_connector.post(
        "/v1/breach-reports",
        json={
            "title": "x",
            "what": "x",
            "found_at": NOON.isoformat(),
            "damage": ["confidentiality"],
            "concerned": [{"register": "own_register", "producer": {"kind": PartyKind.MAIN_CONNECTOR.value}}],
            "disturbance_id": reported["disturbance_id"],
        },
    )
    (breach,) = made.json()["breaches"]
    assert breach["disturbance_id"] == reported["disturbance_id"]
    whole = (await both.main_connector.get(at)).json()
    (duty,) = [one for one in whole["duties"] if one["rule"] == "gdpr_authority"]
    assert (duty["carried_by"], duty["next_moves"]) == (f"breach/{breach['id']}", [])
    assert {(one["carrier"].partition("/")[0], one["matter"]) for one in whole["carried"]} == {
        ("breach", "authority"),
        ("breach_report", "record"),
    }
    refused = await both.main_connector.post(
        f"/v1/disturbances/duties/{duty['id']}/telling",
        json={"channel": "form", "note": "x"},
        headers={"If-Match": f'"{duty["version"]}"'},
    )
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "disturbance-duty-carried")
