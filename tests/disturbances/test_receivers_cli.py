"""Webhooks of those who are to be told, at the command line."""

import pytest
from standardwebhooks import Webhook as Reference

from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import naming
from kanta_tenancy.disturbances.case import DutyState
from kanta_tenancy.disturbances.model import Addressee, Override
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.messages.actions.endpoints import Rules
from tests.desk import ADesk
from tests.disturbances.test_assessing import YES, Person
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.messages.examples import KEYS, LOOPBACK, headers_of
from tests.messages.webhooks import worked


@pytest.fixture
def at_desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock, endpoint_rules=Rules(EVENTS, KEYS, LOOPBACK))


async def test_the_operator_sets_up_a_producer_and_fulfils_a_duty_by_it(at_desk, desk, register):
    desk.clock.at = SystemClock().now()  # the reference implementation looks at its own
    system = await register.in_use(on=desk.clock.now().date())
    taken = await desk.reported(system_id=system.id, since=desk.clock.now())
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES)
    duty = (await desk.duties(person.id))["section_90_producer"]
    untold = await at_desk.type("disturbances", "post", duty.id)
    assert (untold.code, "no webhook of theirs is known" in untold.errors) == (5, True)
    async with Receiver(answer(200)).listening() as receiver:
        where = ("disturbances", "receiver", "producer", receiver.url(), "--system", system.id, "--language", "en")
        made = await at_desk.type(*where)
        assert made.code == 0, made.errors
        assert made.errors.startswith("Made: ")
        sent = await at_desk.type("disturbances", "post", duty.id)
        assert sent.output.startswith("On its way to 127.0.0.1, message ")
        await worked(desk.database, desk.clock)
    (request,) = receiver.received
    event = Reference(made.output.strip()).verify(request.body, headers_of(request.headers))
    assert event["data"]["subject"].startswith("Notice of a disturbance ")
    assert (await desk.duties(person.id))["section_90_producer"].state is DutyState.SENT


async def test_a_webhook_is_said_beside_what_was_said_before(at_desk, desk):
    async with desk.database.transaction(desk.caller) as tx:
        await naming.say_how_reached(tx, desk.clock, "supervisor", Override(email="kirjaamo@example.org"), seen=0)
    async with Receiver(answer(200)).listening() as receiver:
        made = await at_desk.type("disturbances", "receiver", "supervisor", receiver.url())
    assert made.code == 0, made.errors
    async with desk.database.transaction(desk.caller) as tx:
        known = await reading.authority(tx, Addressee.SUPERVISOR, desk.clock.now().date())
    assert known.email == "kirjaamo@example.org"
    assert known.webhook is not None
    assert known.webhook.language == "fi"


async def test_a_firm_is_a_systems_and_an_authority_nobodys(at_desk, desk, register, owner):
    system = await register.in_use()
    for addressee, more in (("producer", ()), ("kela", ("--system", system.id))):
        told = await at_desk.type("disturbances", "receiver", addressee, "https://hooks.example.org", *more)
        assert (told.code, "--system is given" in told.errors) == (2, True)
    inwards = await at_desk.type("disturbances", "receiver", "kela", "https://10.0.0.7/in")
    assert inwards.code == 5
    assert await owner.fetchval("SELECT count(*) FROM webhook_endpoint") == 0
