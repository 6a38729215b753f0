"""Whom a duty is to tell can be told by a webhook of theirs; what became of the delivery settles the duty."""

import asyncio
import json

import asyncpg
import pytest
from standardwebhooks import Webhook as Reference

from kanta_tenancy import promises
from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.disturbances import owing, reading
from kanta_tenancy.disturbances.actions import duties, mailing, naming, posting
from kanta_tenancy.disturbances.case import DutyState, KeptDuty
from kanta_tenancy.disturbances.errors import DisturbanceRefused, DutyMoveNotAllowed, DutyUnaddressed
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Addressee, Channel, Override, Webhook
from kanta_tenancy.disturbances.notice import NOTICE
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import EndpointClosed, signatures
from kanta_tenancy.messages.actions import endpoints
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.errors import EndpointRefused
from kanta_tenancy.messages.judging import WEBHOOK_WAITS
from kanta_tenancy.messages.model import SaidEndpoint
from kanta_tenancy.systems.model import Firm
from tests.disturbances.examples import Desk
from tests.disturbances.test_assessing import NO, YES, Person
from tests.machinery.outgoing.receivers import Receiver, answer, hang_up, in_turn, never
from tests.messages.examples import KEYS, LOOPBACK, a_post, headers_of
from tests.messages.webhooks import outcomes, states, worked

RULES = Rules(EVENTS, KEYS, LOOPBACK)


class Teller(Person):
    """The named person, where some of those who are to be told take reports by webhook."""

    def __init__(self, desk: Desk, disturbance_id, system) -> None:
        super().__init__(desk, disturbance_id)
        self.system = system

    async def endpoint(self, receiver: Receiver, *kinds: str):
        said = SaidEndpoint(url=receiver.url("/in?token=theirs"), kinds=kinds or (NOTICE.kind,))
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await endpoints.make(tx, self.desk.clock, RULES, said)

    async def says(self, addressee: str, endpoint_id, *, language=Language.SWEDISH, seen=0, **more):
        how = Override(webhook=Webhook(endpoint_id=endpoint_id, language=language), **more)
        async with self.desk.database.transaction(self.desk.caller) as tx:
            if addressee in reading.FIRMS:
                return await naming.say_how_firm_is_reached(
                    tx, self.desk.clock, self.system.id, addressee, how, seen=seen
                )
            return await naming.say_how_reached(tx, self.desk.clock, addressee, how, seen=seen)

    async def reached(self, addressee: str, receiver: Receiver) -> bytes:
        made, secret = await self.endpoint(receiver)
        await self.says(addressee, made.id)
        return secret

    async def duty(self, rule: str) -> KeptDuty:
        return (await self.desk.duties(self.id))[rule]

    async def posts(self, rule: str, language: Language | None = None) -> KeptDuty:
        kept = await self.duty(rule)
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await posting.post(tx, self.desk.clock, kept.id, version=kept.version, language=language)

    async def waits(self, *, until_given_up: bool = False) -> None:
        """Let time pass, with what it does."""
        for wait in WEBHOOK_WAITS if until_given_up else ():
            self.desk.clock.advance(seconds=wait.total_seconds() * 1.3)
            await worked(self.desk.database, self.desk.clock, a_post(within_s=0.2))
        self.desk.clock.advance(minutes=5)
        await self.desk.pay()


@pytest.fixture
async def system(register):
    return await register.in_use(manufacturer=Firm(name="Valmistaja Oy", phone="040 123 4567"))


@pytest.fixture
async def person(desk, tenant, register, system) -> Teller:
    await register.deployed(await register.released(system), tenant.tenancy.id)
    taken = await desk.reported(
        tenant.caller, service="prescription", system_id=system.id, symptom="504", contact="N N"
    )
    person = Teller(desk, taken.disturbance_id, system)
    await person.acknowledges()
    await person.answers(deviation=YES, risk_to_safety=YES)
    return person


async def test_the_producer_gets_text_and_facts_signed_and_the_duty_is_sent(person, desk, owner):
    desk.clock.at = SystemClock().now()  # the reference implementation looks at its own
    async with Receiver(answer(202)).listening() as receiver:
        secret = await person.reached("producer", receiver)
        sent = await person.posts("section_90_producer")
        assert await worked(desk.database, desk.clock) == 1
    assert (sent.state, sent.channel) == (DutyState.SENT, Channel.WEBHOOK)
    (request,) = receiver.received
    event = Reference(signatures.shown(secret)).verify(request.body, headers_of(request.headers))
    assert (event["type"], event["tenancy_id"]) == ("disturbance.notice", None)
    told = event["data"]
    assert (told["duty_id"], told["addressee"], told["to"]) == (str(sent.id), "producer", "Ohjelmistotalo Oy")
    assert (told["round"], told["purpose"], told["language"]) == (1, "first", "sv")
    assert told["subject"].startswith("Anmälan om störning ")
    assert "Vad har hänt: Prescriptions do not open" in told["text"]
    assert (told["system"], told["service"]) == ("Saaristo Care 2026.1", "prescription")
    ground = told["ground"]
    assert (ground["source"], ground["clause"], ground["certainty"]) == ("section_90", "section 90(1)", "read")
    facts = {one["fact"]: one for one in told["facts"]}
    assert facts["deviation"]["basis"] == "person"
    assert facts["disturbance"]["basis"] == "report"
    assert all(one["told"] in told["text"] for one in facts.values())
    (report,) = told["reports"]
    assert (report["what"], report["symptom"]) == ("Prescriptions do not open", "504")
    await person.waits()
    (look,) = await desk.ledger("disturbance.look")
    assert (look.state, look.result) == (promises.State.KEPT, {"delivery": "sent"})
    assert (await person.duty("section_90_producer")).state is DutyState.SENT
    assert await desk.amiss() == []


async def test_whom_to_ask_and_what_is_secret_of_an_address_stay_here(person, desk, owner):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        sent = await person.posts("section_90_producer")
        await worked(desk.database, desk.clock)
    (request,) = receiver.received
    assert b"N N" not in request.body
    message_id = await owner.fetchval("SELECT id FROM message")
    assert sent.note == f"127.0.0.1, message {message_id}"
    journal = await owner.fetchval("SELECT string_agg(entry, '') FROM journal_entry")
    assert "token=theirs" not in journal


async def test_what_is_refused_for_three_days_has_failed_and_is_told_in_another_way(person, desk, owner):
    async with Receiver(in_turn(answer(500), never, hang_up, answer(403))).listening() as receiver:
        await person.reached("producer", receiver)
        await person.posts("section_90_producer")
        await worked(desk.database, desk.clock, a_post(within_s=0.2))
        await person.waits()
        (look,) = await desk.ledger("disturbance.look")
        assert (look.state, look.due_at) == (promises.State.OWED, desk.clock.now() + owing.LOOK_AFTER)
        assert (await person.duty("section_90_producer")).state is DutyState.SENT
        await person.waits(until_given_up=True)
    assert {one.headers["webhook-id"] for one in receiver.received} == {receiver.received[0].headers["webhook-id"]}
    assert set(await outcomes(owner)) == {"wrong_status", "too_slow", "cut_off"}
    assert await states(owner) == {"dead": 1}
    failed = await person.duty("section_90_producer")
    assert (failed.state, failed.tries) == (DutyState.FAILED, 2)
    assert failed.note == "The webhook was given up: wrong_status: 403"
    assert "section_90_producer" in await person.open_duties()
    assert [one.facts["rule"] for one in await desk.owed("disturbance.chase")].count("section_90_producer") == 1
    async with desk.database.transaction(desk.caller) as tx:
        await mailing.mail(
            tx, desk.clock, failed.id, version=failed.version, language=Language.FINNISH, email="x@example.org"
        )
    assert (await person.duty("section_90_producer")).channel is Channel.MAIL
    assert await desk.amiss() == []


async def test_what_failed_is_another_notice_when_it_is_posted_again(person, desk, owner):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        await person.posts("section_90_producer")
        await worked(desk.database, desk.clock)
        await person.tells("section_90_producer", move=DutyMove.FAIL, note="Their system lost it")
        await person.posts("section_90_producer", Language.ENGLISH)
        await worked(desk.database, desk.clock)
    first, second = receiver.received
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    assert json.loads(second.body)["data"]["language"] == "en"
    await person.waits()
    assert [one.state for one in await desk.ledger("disturbance.look")].count(promises.State.KEPT) == 1
    assert await desk.owed("disturbance.look") == []


async def test_nobody_looks_after_what_was_told_in_another_way_since(person, desk):
    kept = await person.duty("section_90_producer")
    async with desk.database.transaction(desk.caller) as tx:
        sent = await mailing.mail(
            tx, desk.clock, kept.id, version=kept.version, language=Language.FINNISH, email="x@example.org"
        )
    await person.tells("section_90_producer", move=DutyMove.FAIL, note="Their mailbox is full")
    async with desk.database.transaction(desk.caller) as tx:
        failed = (await person.duty("section_90_producer")).id
        await duties.settle(
            tx, desk.clock, failed, DutyMove.SEND, version=3, channel=Channel.MAIL, note="From our own post"
        )
    await person.waits()
    (look,) = await desk.ledger("disturbance.look")
    assert (look.state, look.key) == (promises.State.RELEASED, owing.look_key(sent))


async def test_an_endpoint_that_is_closed_fails_what_was_on_its_way(person, desk):
    async with Receiver(answer(410)).listening() as receiver:
        made, _ = await person.endpoint(receiver)
        await person.says("producer", made.id)
        await person.posts("section_90_producer")
        async with desk.database.transaction(desk.caller) as tx:
            await endpoints.close(tx, desk.clock, made.id, version=1)
    await person.waits()
    failed = await person.duty("section_90_producer")
    assert (failed.state, failed.note) == (DutyState.FAILED, "The webhook was given up: The endpoint was closed.")
    with pytest.raises(EndpointClosed):
        await person.posts("section_90_producer")
    assert (await person.duty("section_90_producer")).state is DutyState.FAILED


async def test_what_arrived_so_long_ago_that_it_is_forgotten_has_arrived(person, desk, owner):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        await person.posts("section_90_producer")
        await worked(desk.database, desk.clock)
    await owner.execute("DELETE FROM message")
    await person.waits()
    (look,) = await desk.ledger("disturbance.look")
    assert (look.state, look.result) == (promises.State.KEPT, {"delivery": "sent"})


async def test_an_authority_is_told_by_webhook_where_the_main_connector_says_one(person, desk):
    with pytest.raises(DutyUnaddressed):
        await person.posts("contract_supervisor")
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("supervisor", receiver)
        await person.posts("contract_supervisor")
        await worked(desk.database, desk.clock)
    (request,) = receiver.received
    told = json.loads(request.body)["data"]
    assert (told["addressee"], told["to"]) == ("supervisor", "Lupa- ja valvontavirasto")
    with pytest.raises(DutyMoveNotAllowed):
        await person.posts("contract_supervisor")


async def test_of_a_duty_that_is_withdrawn_they_get_that_and_no_facts(person, desk):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        await person.posts("section_90_producer")
        await person.answers(deviation=NO)
        await person.posts("section_90_producer")
        await worked(desk.database, desk.clock)
    told = json.loads(receiver.received[-1].body)["data"]
    assert (told["round"], told["purpose"], told["facts"]) == (2, "cancellation", [])


async def test_nothing_else_of_the_realm_reaches_an_addressee_and_no_subscriber_gets_what_is_theirs(person, desk):
    async with Receiver(answer(200)).listening() as theirs, Receiver(answer(200)).listening() as ours:
        await person.reached("producer", theirs)
        await person.endpoint(ours, "disturbance.duty_moved", "disturbance.moved")
        await person.posts("section_90_producer")
        await person.ends()
        await desk.carry_on()
        await worked(desk.database, desk.clock)
    assert [json.loads(one.body)["type"] for one in theirs.received] == ["disturbance.notice"]
    assert {json.loads(one.body)["type"] for one in ours.received} == {"disturbance.duty_moved", "disturbance.moved"}


async def test_an_addressees_endpoint_stands_alone_and_stays_one(person, desk, tenant, owner):
    async with Receiver(answer(200)).listening() as receiver:
        with pytest.raises(EndpointRefused):
            await person.endpoint(receiver, NOTICE.kind, "disturbance.moved")
        made, _ = await person.endpoint(receiver)
        events, _ = await person.endpoint(receiver, "disturbance.moved")
    for one, kinds in ((made, ("disturbance.moved",)), (events, (NOTICE.kind,))):
        async with desk.database.transaction(desk.caller) as tx:
            with pytest.raises(EndpointRefused):
                await endpoints.change(
                    tx, desk.clock, RULES, one.id, SaidEndpoint(url=one.url, kinds=kinds), version=one.version
                )
    for kinds, tenancy_id in (([NOTICE.kind, "disturbance.moved"], None), ([NOTICE.kind], tenant.tenancy.id)):
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(
                "UPDATE webhook_endpoint SET kinds = $1, tenancy_id = $2 WHERE id = $3", kinds, tenancy_id, made.id
            )
    with pytest.raises(EndpointRefused):
        RULES.examined(SaidEndpoint(url="https://hooks.example.org", kinds=(NOTICE.kind,)), tenant=True)


async def test_an_endpoint_that_hears_of_events_or_is_anothers_is_nobodys_to_be_told_at(person, desk, tenant):
    async with Receiver(answer(200)).listening() as receiver:
        events, _ = await person.endpoint(receiver, "disturbance.moved")
        closed, _ = await person.endpoint(receiver)
    async with desk.database.transaction(desk.caller) as tx:
        await endpoints.close(tx, desk.clock, closed.id, version=1)
    async with desk.database.transaction(tenant.caller) as tx:
        of_tenant, _ = await endpoints.make(
            tx, desk.clock, RULES, SaidEndpoint(url="https://hooks.example.org", kinds=("disturbance.reported",))
        )
    for one in (events, closed, of_tenant):
        for addressee in ("producer", "kela"):
            with pytest.raises(DisturbanceRefused) as refused:
                await person.says(addressee, one.id)
            assert [flaw.field for flaw in refused.value.flaws] == ["webhook.endpoint_id"]


async def test_an_address_that_leads_inwards_is_refused_when_it_is_said():
    inwards = SaidEndpoint(url="https://10.0.0.7/in", kinds=(NOTICE.kind,))
    with pytest.raises(EndpointRefused):
        RULES.examined(inwards, tenant=False)


async def test_another_firm_does_not_get_what_was_meant_for_the_one_before(person, desk, register):
    async with Receiver(answer(200)).listening() as receiver:
        made, _ = await person.endpoint(receiver)
        said = await person.says("producer", made.id, phone="09 1234")
    assert (said.phone, said.email) == ("09 1234", "poikkeamat@example.org")
    await register.amended(
        await register.read(person.system.id), producer=Firm(name="Toinen Oy", email="toinen@example.org")
    )
    async with desk.database.transaction(desk.caller) as tx:
        now = await reading.firm(tx, person.system.id, Addressee.PRODUCER)
    assert (now.firm.name, now.phone, now.how.webhook, now.version) == ("Toinen Oy", None, None, 1)
    with pytest.raises(DutyUnaddressed):
        await person.posts("section_90_producer")


async def test_the_maker_is_told_apart_from_the_producer_and_the_producer_where_it_makes_the_system(
    person, desk, register
):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        with pytest.raises(DutyUnaddressed):
            await person.posts("contract_manufacturer")
        await register.amended(await register.read(person.system.id), manufacturer=None)
        await person.posts("contract_manufacturer")
        await worked(desk.database, desk.clock)
        for addressee in ("manufacturer", "kela"):
            with pytest.raises(DisturbanceRefused):
                async with desk.database.transaction(desk.caller) as tx:
                    await naming.say_how_firm_is_reached(
                        tx, desk.clock, person.system.id, addressee, Override(), seen=0
                    )
    assert json.loads(receiver.received[0].body)["data"]["to"] == "Ohjelmistotalo Oy"


async def test_a_tenant_tells_by_its_own_means_and_sees_no_webhook(person, desk, tenant):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        with pytest.raises(DutyUnaddressed):
            await person.posts("section_90_producer_tenant")
    async with desk.database.transaction(tenant.caller) as tx:
        found = await reading.firm(tx, person.system.id, Addressee.PRODUCER)
    assert (found.how, found.version, found.email) == (Override(), 0, "poikkeamat@example.org")


async def test_a_webhook_makes_no_address_of_an_authority_surer(person, desk):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("kela", receiver)
    async with desk.database.transaction(desk.caller) as tx:
        kela = await reading.authority(tx, Addressee.KELA, desk.clock.now().date())
    assert kela.webhook is not None
    assert (kela.email, kela.contact_certainty) == ("tekninentuki@kanta.fi", "excerpt")


async def test_of_two_who_post_at_once_one_does(person, desk, owner):
    async with Receiver(answer(200)).listening() as receiver:
        await person.reached("producer", receiver)
        ended = await asyncio.gather(*(person.posts("section_90_producer") for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(one, KeptDuty) for one in ended) == [False, True]
    assert await owner.fetchval("SELECT count(*) FROM message") == 1
