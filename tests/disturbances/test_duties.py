"""Duties are told, acknowledged, failed, released; chased when late; what a mail does not bring is told anew."""

import pytest

from kanta_tenancy import promises
from kanta_tenancy.disturbances import owing, reading, wording
from kanta_tenancy.disturbances.actions import duties, mailing, naming
from kanta_tenancy.disturbances.case import DutyState, KeptDuty, Purpose
from kanta_tenancy.disturbances.errors import DutyChanged, DutyMoveNotAllowed, DutyNotFound, DutyUnaddressed
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Channel, Override
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import mailing as post
from kanta_tenancy.parties import Function
from kanta_tenancy.promises.actions import keep_by_hand
from kanta_tenancy.systems.model import Firm
from tests.disturbances.test_assessing import YES, Person
from tests.parties.examples import named, owner_of


@pytest.fixture
async def person(desk, tenant, register) -> Person:
    """The named person at work on a deviation of a system whose producer has an address."""
    system = await register.in_use(manufacturer=Firm(name="Valmistaja Oy", phone="040 123 4567"))
    await register.deployed(await register.released(system), tenant.tenancy.id)
    taken = await desk.reported(tenant.caller, service="prescription", system_id=system.id, symptom="504")
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES, risk_to_safety=YES)
    return person


async def duty(person: Person, rule: str) -> KeptDuty:
    return (await person.desk.duties(person.id))[rule]


async def mailed(person: Person, rule: str, email: str | None = None) -> KeptDuty:
    desk, kept = person.desk, await duty(person, rule)
    async with desk.database.transaction(desk.caller) as tx:
        return await mailing.mail(tx, desk.clock, kept.id, version=kept.version, language=Language.FINNISH, email=email)


async def test_what_was_told_is_kept_with_channel_note_and_author(person, desk):
    told = await person.tells("contract_manufacturer", note="Spoke with their duty desk at 14:05")
    assert (told.state, told.channel, told.note, told.settled_by) == (
        DutyState.SENT,
        Channel.PHONE,
        "Spoke with their duty desk at 14:05",
        "a test",
    )
    done = await person.tells("contract_manufacturer", move=DutyMove.ACKNOWLEDGE, note="Ticket 117")
    assert (done.state, done.note) == (DutyState.ACKNOWLEDGED, "Ticket 117")
    (kept,) = [one for one in await desk.ledger("disturbance.duty") if one.facts["rule"] == "contract_manufacturer"]
    assert (kept.state, kept.result) == (promises.State.KEPT, {"channel": "phone"})
    assert await desk.amiss() == []


async def test_a_move_that_the_table_does_not_have_is_refused(person):
    with pytest.raises(DutyMoveNotAllowed):
        await person.tells("contract_manufacturer", move=DutyMove.ACKNOWLEDGE)
    await person.tells("contract_manufacturer")
    with pytest.raises(DutyMoveNotAllowed):
        await person.tells("contract_manufacturer", move=DutyMove.RELEASE)


async def test_a_tenant_fulfils_its_own_duty_and_sees_no_other(person, desk, tenant):
    own = await desk.duties(person.id, tenant.caller)
    assert {one.tenancy_id for one in own.values()} == {tenant.tenancy.id}
    assert own.keys() == {"contract_named_person", "section_90_producer_tenant", "section_90_supervisor_tenant"}
    kept = own["section_90_supervisor_tenant"]
    async with desk.database.transaction(tenant.caller) as tx:
        await duties.settle(
            tx, desk.clock, kept.id, DutyMove.SEND, version=kept.version, channel=Channel.FORM, note="LVV/1"
        )
        with pytest.raises(DutyChanged):
            await duties.settle(tx, desk.clock, kept.id, DutyMove.SEND, version=kept.version, note="again")
        of_main_connector = (await duty(person, "contract_supervisor")).id
        with pytest.raises(DutyNotFound):
            await duties.settle(tx, desk.clock, of_main_connector, DutyMove.SEND, version=1, note="not mine")
    assert await desk.amiss() == []


async def test_what_failed_is_still_to_be_told_and_chased_at_once(person, desk, owner):
    await person.tells("contract_manufacturer")
    failed = await person.tells("contract_manufacturer", move=DutyMove.FAIL, note="Wrong number")
    assert (failed.state, failed.tries) == (DutyState.FAILED, 2)
    assert "contract_manufacturer" in await person.open_duties()
    assert await desk.amiss() == []
    desk.clock.advance(hours=5)
    await desk.pay()
    await person.tells("contract_manufacturer", note="By another number")
    assert "contract_manufacturer" not in await person.open_duties()
    assert await desk.amiss() == []


async def test_what_is_overdue_is_chased_each_hour_until_it_is_told(person, desk, owner):
    own = await owner_of(desk.database, desk.caller)
    await named(desk.database, desk.clock, desk.caller, own, function=Function.DISTURBANCES, email="named@example.org")

    async def chased() -> int:
        return await owner.fetchval(
            "SELECT count(*) FROM notice WHERE topic = 'disturbance.duty_overdue' AND email = 'named@example.org'"
        )

    late = len([one for one in (await desk.duties(person.id)).values() if one.is_open and one.tenancy_id is None])
    await desk.pay()
    assert await chased() == 0
    desk.clock.advance(hours=4, minutes=5)
    await desk.pay()
    assert await chased() == late
    await desk.pay()
    assert await chased() == late
    await person.tells("contract_manufacturer")
    desk.clock.advance(hours=1)
    await desk.pay()
    assert await chased() == 2 * late - 1
    assert await desk.amiss() == []


async def test_a_tenants_people_are_chased_for_its_own_duties(person, desk, owner, tenant):
    await named(
        desk.database,
        desk.clock,
        desk.caller,
        tenant.organisation.id,
        function=Function.DISTURBANCES,
        email="nurse@example.org",
    )
    desk.clock.advance(hours=5)
    await desk.pay()
    rows = await owner.fetch(
        "SELECT tenancy_id FROM notice WHERE topic = 'disturbance.duty_overdue' AND email = 'nurse@example.org'"
    )
    assert [row["tenancy_id"] for row in rows] == [tenant.tenancy.id] * 2


async def test_the_producer_is_told_by_mail_with_everything_that_is_known(person, desk, owner):
    sent = await mailed(person, "section_90_producer")
    assert (sent.state, sent.channel, sent.note) == (DutyState.SENT, Channel.MAIL, "poikkeamat@example.org")
    row = await owner.fetchrow("SELECT * FROM notice WHERE topic = 'disturbance.notice'")
    assert (row["email"], row["name"], row["urgent"]) == ("poikkeamat@example.org", "Ohjelmistotalo Oy", True)
    for said in ("Saaristo Care 2026.1", "Prescriptions do not open", "504", "Tietojärjestelmä", "Informationssystem"):
        assert said in row["lines"]


async def test_a_mail_that_arrives_is_looked_after_once(person, desk, owner):
    sent = await mailed(person, "section_90_producer")
    await post.gather(desk.database, desk.clock)
    await owner.execute("UPDATE message SET state = 'sent', ended_at = now()")
    desk.clock.advance(minutes=5)
    await desk.pay()
    (look,) = await desk.ledger("disturbance.look")
    assert (look.state, look.result) == (promises.State.KEPT, {"delivery": "sent"})
    assert (await duty(person, "section_90_producer")).version == sent.version


async def test_a_mail_server_that_is_down_for_a_day_leaves_it_sent_and_looked_after(person, desk):
    await mailed(person, "section_90_producer")
    await post.gather(desk.database, desk.clock)
    for _ in range(4):
        desk.clock.advance(hours=6)
        await desk.pay()
    (look,) = await desk.ledger("disturbance.look")
    assert (look.state, look.due_at) == (promises.State.OWED, desk.clock.now() + owing.LOOK_AFTER)
    assert (await duty(person, "section_90_producer")).state is DutyState.SENT


async def test_a_mail_that_was_given_up_makes_the_duty_one_to_be_told_anew(person, desk, owner):
    await mailed(person, "section_90_producer")
    await post.gather(desk.database, desk.clock)
    await owner.execute("UPDATE message SET state = 'dead', ended_at = now(), last_error = 'no such recipient'")
    desk.clock.advance(minutes=5)
    await desk.pay()
    failed = await duty(person, "section_90_producer")
    assert (failed.state, failed.tries) == (DutyState.FAILED, 2)
    assert "no such recipient" in (failed.note or "")
    again = await mailed(person, "section_90_producer", "other@example.org")
    assert again.note == "other@example.org"
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE topic = 'disturbance.notice'") == 2
    assert await desk.amiss() == []


async def test_where_no_address_is_known_one_has_to_be_given(person, desk):
    with pytest.raises(DutyUnaddressed):
        await mailed(person, "section_90_supervisor")
    with pytest.raises(DutyUnaddressed):
        await mailed(person, "section_90_supervisor_tenant", "kirjaamo@example.org")
    async with desk.database.transaction(desk.caller) as tx:
        await naming.say_how_reached(tx, desk.clock, "supervisor", Override(email="kirjaamo@example.org"), seen=0)
    assert (await mailed(person, "section_90_supervisor")).note == "kirjaamo@example.org"


async def test_the_supervisor_is_named_as_it_is_that_day_and_the_firm_as_the_register_has_it(person, desk):
    async with desk.database.transaction(desk.caller) as tx:
        found = await reading.disturbance(tx, person.id)
        day = day_in_finland(desk.clock.now())
        to = {
            rule: (await reading.addressed(tx, found, await duty(person, rule), day)).name
            for rule in ("contract_supervisor", "contract_manufacturer", "section_90_producer", "contract_kela")
        }
    assert to == {
        "contract_supervisor": "Lupa- ja valvontavirasto",
        "contract_manufacturer": "Valmistaja Oy",
        "section_90_producer": "Ohjelmistotalo Oy",
        "contract_kela": "Kela, Kanta-palvelujen tekninen tuki",
    }


async def test_the_text_says_what_is_known_in_each_language_and_of_a_cancellation_not_that_it_holds(person, desk):
    async with desk.database.transaction(desk.caller) as tx:
        found = await reading.whole(tx, person.id)
        about = await reading.about(tx, found, day_in_finland(desk.clock.now()), None)
    letters = {language: wording.letter(about, Purpose.FIRST, language).text for language in Language}
    assert len({text.count("\n") for text in letters.values()}) == 1
    assert "It is a significant deviation in the essential requirements." in letters[Language.ENGLISH]
    assert "Resepti-palvelu" in letters[Language.FINNISH]
    cancelled = wording.letter(about, Purpose.CANCELLATION, Language.ENGLISH).text
    assert "significant deviation" not in cancelled


async def test_a_tenants_duty_is_told_in_the_tenants_name_whoever_reads_the_text(person, desk, tenant):
    for caller in (desk.caller, tenant.caller):
        async with desk.database.transaction(caller) as tx:
            found = await reading.whole(tx, person.id)
            about = await reading.about(tx, found, day_in_finland(desk.clock.now()), tenant.tenancy.id)
        text = wording.letter(about, Purpose.FIRST, Language.SWEDISH).text
        assert f"Anmälare: {tenant.organisation.name} ({tenant.organisation.business_id})" in text
        assert "Vad har hänt: Prescriptions do not open" in text


async def test_a_promise_that_is_kept_by_hand_fulfils_the_duty(person, desk):
    (promise,) = [one for one in await desk.owed("disturbance.duty") if one.facts["rule"] == "contract_kela"]
    async with desk.database.transaction(desk.caller) as tx:
        await keep_by_hand(
            tx, desk.clock, promise_id=promise.id, version=promise.version, evidence="Mailed from our own desk"
        )
    await desk.carry_on()
    told = await duty(person, "contract_kela")
    assert (told.state, told.note) == (DutyState.SENT, "Mailed from our own desk")
    assert [one for one in await desk.owed("disturbance.chase") if one.facts["rule"] == "contract_kela"] == []
    assert await desk.amiss() == []


async def test_through_a_year_the_ledger_and_the_duties_say_the_same(person, desk):
    for _ in range(3):
        desk.clock.advance(days=120)
        await desk.pay()
    assert await desk.amiss() == []
