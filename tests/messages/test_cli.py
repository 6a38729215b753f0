"""An operator's commands: the ways out are tried, what did not arrive is listed and sent again."""

import json
import uuid

import pytest
import structlog

from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages import mailing
from tests.desk import ADesk
from tests.machinery.outgoing.mail_servers import MailRoom
from tests.machinery.outgoing.receivers import Receiver, answer, in_turn
from tests.messages.examples import Said, a_mailer, a_notice, a_post, an_endpoint, happened, told
from tests.messages.webhooks import states, worked
from tests.parties.examples import a_realm


@pytest.mark.parametrize(
    ("language", "subject"), [("fi", "Koeviesti"), ("sv", "Testmeddelande"), ("en", "Test message")]
)
async def test_a_test_mail_goes_the_way_of_all_mails(database_url, clock, language, subject):
    async with MailRoom().open() as room:
        desk = ADesk(database_url, clock, mailer=a_mailer(room))
        ended = await desk.type("messages", "test-mail", "aino@example.org", "--language", language)
    assert (ended.code, ended.output.endswith("250 Taken\n")) == (0, True), ended
    (mail,) = room.mails
    assert (mail.recipient, mail["subject"]) == ("aino@example.org", subject)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("550 5.1.1 No such user", "The mail server did not take it. recipient: 5.1.1 No such user"),
        ("451 Later", "The mail server did not take it. recipient: Later"),
    ],
)
async def test_a_test_mail_that_is_refused_says_at_which_step_and_why(database_url, clock, reply, said):
    async with MailRoom().open() as room:
        room.refused["aino@example.org"] = reply
        desk = ADesk(database_url, clock, mailer=a_mailer(room))
        ended = await desk.type("messages", "test-mail", "aino@example.org")
    assert (ended.code, ended.errors) == (6, f"{said}\n")


async def test_a_test_mail_needs_a_server_and_an_address(database_url, clock):
    ended = await ADesk(database_url, clock).type("messages", "test-mail", "aino@example.org")
    assert (ended.code, "KANTA_SMTP_HOST" in ended.errors) == (5, True)
    desk = ADesk(database_url, clock, mailer=a_mailer(1))
    assert (await desk.type("messages", "test-mail", "nobody")).code == 6


async def test_a_test_webhook_waits_for_the_answer(database_url, database, clock, owner, realm):
    await a_realm(database, clock, 2100000)  # the endpoint is looked for in every realm
    async with Receiver(in_turn(answer(204), answer(500, b"Out of cheese"))).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        desk = ADesk(database_url, clock, post=a_post())
        good = await desk.type("messages", "test-webhook", endpoint.id)
        bad = await desk.type("messages", "test-webhook", endpoint.id)
    assert (good.code, good.output.endswith("status 204\n")) == (0, True), good
    assert (bad.code, bad.errors) == (6, "wrong_status, status 500: Out of cheese\n")
    assert [json.loads(one.body)["type"] for one in receiver.received] == ["webhook.test"] * 2
    assert await states(owner) == {"sent": 1, "due": 1}


async def test_a_test_webhook_needs_a_key_and_an_endpoint_that_is_there(database_url, clock, realm):
    ended = await ADesk(database_url, clock).type("messages", "test-webhook", uuid.uuid4())
    assert (ended.code, "KANTA_WEBHOOK_KEY" in ended.errors) == (5, True)
    desk = ADesk(database_url, clock, post=a_post())
    assert (await desk.type("messages", "test-webhook", uuid.uuid4())).code == 5
    assert (await desk.type("messages", "test-webhook", "no-id")).code == 2


async def test_what_was_given_up_is_listed_and_sent_again(database_url, database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    desk = ADesk(database_url, clock)
    async with MailRoom().open() as room:
        room.refused["aino@example.org"] = "550 No"
        await mailing.gather(database, clock)
        assert (await desk.type("messages", "list", "--dead")).output == ""
        await mailing.send(database, clock, a_mailer(room), again=False)
        line = (await desk.type("messages", "list", "--dead")).output.rstrip("\n").split("\t")
        assert line[1:] == [
            "2000000-8", "mail", "1", "aino@example.org", "2026-03-02T09:00:00Z", "recipient: No",
        ]  # fmt: skip
        (shown,) = json.loads((await desk.type("messages", "list", "--dead", "--json")).output)
        assert (shown["id"], shown["state"]) == (line[0], "dead")
        again = await desk.type("messages", "resend", line[0])
        assert (again.code, again.errors) == (0, f"Message {line[0]} is due again.\n")
        assert (await desk.type("messages", "resend", line[0])).code == 5
        assert (await desk.type("messages", "list")).output.startswith(line[0])
        room.refused.clear()
        assert await mailing.send(database, clock, a_mailer(room), again=False) == 1
    assert (await desk.type("messages", "list")).output == ""
    entry = json.loads(await owner.fetchval("SELECT entry FROM journal_entry WHERE entry LIKE '%sent_again%'"))
    assert entry["actor"] == {"kind": "operator", "name": "tester", "key_id": None}


async def test_of_several_realms_one_can_be_asked_for(database_url, database, clock, realm):
    other = await a_realm(database, clock, 2100000)
    for caller in (realm, other):
        await told(database, clock, caller, a_notice(1, urgent=True))
    await mailing.gather(database, clock)
    desk = ADesk(database_url, clock)
    assert len((await desk.type("messages", "list")).output.splitlines()) == 2
    assert len((await desk.type("messages", "list", "--main-connector", "2000000-8")).output.splitlines()) == 1
    assert (await desk.type("messages", "list", "--main-connector", "1234567-1")).code == 5


async def test_a_message_that_nobody_has_cannot_be_sent_again(database_url, clock, realm):
    assert (await ADesk(database_url, clock).type("messages", "resend", uuid.uuid4())).code == 5


async def test_a_webhook_in_the_list_is_named_by_its_endpoint(database_url, database, clock, realm):
    async with Receiver(answer(500)).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        await worked(database, clock)
    line = (await ADesk(database_url, clock).type("messages", "list")).output
    assert str(endpoint.id) in line
    assert receiver.url() not in line


async def test_an_event_that_was_given_up_is_listed_and_handed_on_again(database, database_url, clock, owner, realm):
    desk = ADesk(database_url, clock)
    heard = []

    async def deaf(tx, message) -> None:
        raise outbox.Undeliverable("nobody is at home")

    async def hear(tx, message) -> None:
        heard.append(message.body["number"])

    act = Act(action="thing.done", subject="thing/1", at=clock.now())
    async with database.transaction(realm) as tx:
        await record(tx, act, announce=Said(number=7))
    with structlog.testing.capture_logs() as lines:
        for _ in range(outbox.ATTEMPTS):
            await outbox.carry_on(database, clock, {"thing.told": deaf})
            clock.advance(hours=1)
    (said,) = [line for line in lines if line["event"] == "event given up"]
    line = (await desk.type("messages", "events")).output.rstrip("\n").split("\t")
    assert (line[0], line[2], line[4:]) == (said["event_id"], "thing.told", ["8", "nobody is at home"])
    (shown,) = json.loads((await desk.type("messages", "events", "--json")).output)
    assert shown["event"]["id"] == line[0]
    assert (await desk.type("messages", "hand-on", line[0])).code == 0
    assert (await desk.type("messages", "hand-on", line[0])).code == 5
    assert await outbox.carry_on(database, clock, {"thing.told": hear}) == 1
    assert heard == [7]
    assert await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%event.handed_on%'") == 1
