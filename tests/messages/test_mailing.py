"""Notices become mails on a real mail server in every mood: one digest a person, at least once, never lost."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from kanta_tenancy.machinery.outgoing.smtp import Mailer
from kanta_tenancy.messages import mailing
from kanta_tenancy.messages.judging import MAIL_GIVEN_UP_AFTER
from tests.machinery.outgoing.mail_servers import (
    MailRoom,
    closes_after_data,
    hangs_after_connect,
    raw_server,
)
from tests.messages.examples import a_mailer, a_notice, a_person, told
from tests.parties.examples import a_realm, named, owner_of

MORNING = {"days": 1}


async def worked(database, clock, mailer: Mailer) -> int:
    """Do what the jobs do once."""
    await mailing.gather(database, clock)
    first = await mailing.send(database, clock, mailer, again=False)
    return first + await mailing.send(database, clock, mailer, again=True)


class Door:
    """Where mails wait in the mail server until it is opened."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = asyncio.Condition()
        self._opened = asyncio.Event()

    async def wait(self) -> None:
        async with self._changed:
            self._waiting += 1
            self._changed.notify_all()
        await self._opened.wait()

    async def has_waiting(self, count: int) -> None:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: self._waiting >= count)

    def open(self) -> None:
        self._opened.set()


async def states(owner) -> Counter[str]:
    return Counter(row["state"] for row in await owner.fetch("SELECT state FROM message"))


async def outcomes(owner) -> list[str]:
    return [row["outcome"] for row in await owner.fetch("SELECT outcome FROM message_attempt ORDER BY id")]


async def test_what_is_not_urgent_waits_for_the_morning_and_comes_as_one_mail(database, clock, owner, realm):
    await told(database, clock, realm, *(a_notice(number) for number in range(5)))
    async with MailRoom().open() as room:
        assert await worked(database, clock, a_mailer(room)) == 0
        clock.advance(**MORNING)
        assert await worked(database, clock, a_mailer(room)) == 1
        assert await worked(database, clock, a_mailer(room)) == 0
    (mail,) = room.mails
    text = mail.get_body(("plain",)).get_content()
    assert mail["subject"] == "Kanta-hyresförhållanden: 5 meddelanden"
    assert [f"Thing {number} ends på svenska" in text for number in range(5)] == [True] * 5
    assert mail["from"].addresses[0].display_name == "Pääliittyjä Oy"
    assert await states(owner) == {"sent": 1}


async def test_what_is_urgent_goes_at_once_and_alone(database, clock, realm):
    await told(database, clock, realm, a_notice(1), a_notice(2, urgent=True))
    async with MailRoom().open() as room:
        assert await worked(database, clock, a_mailer(room)) == 1
        clock.advance(**MORNING)
        assert await worked(database, clock, a_mailer(room)) == 1
    assert [mail["subject"] for mail in room.mails] == ["Thing 2 ends på svenska", "Thing 1 ends på svenska"]


async def test_each_person_gets_a_mail_of_their_own_and_each_realm_sends_its_own(database, clock, realm):
    other = await a_realm(database, clock, 2100000, name="Other Oy")
    for caller in (realm, other):
        people = [a_person(email=f"p{number}@example.org") for number in range(3)]
        await told(
            database, clock, caller, *(a_notice(n * 10 + k, to=to) for n, to in enumerate(people) for k in (1, 2))
        )
    clock.advance(**MORNING)
    async with MailRoom().open() as room:
        assert await worked(database, clock, a_mailer(room)) == 6
    sent = Counter((mail["from"].addresses[0].display_name, mail.recipient) for mail in room.mails)
    assert set(sent.values()) == {1}
    assert len(sent) == 6


async def test_a_mail_server_that_was_away_for_a_day_leaves_exactly_one_digest_a_person(database, clock, owner, realm):
    people = [a_person(email=f"p{number}@example.org") for number in range(3)]
    async with MailRoom().open() as away:
        pass
    for hour in range(24 + 24):  # it goes away before the first morning and is back after the second
        await told(database, clock, realm, *(a_notice(hour * 10 + n, to=to) for n, to in enumerate(people)))
        assert await worked(database, clock, a_mailer(away.port)) == 0
        clock.advance(hours=1)
    assert (await states(owner)).keys() == {"due"}
    async with MailRoom().open() as room:
        for _ in range(3):
            await worked(database, clock, a_mailer(room))
            clock.advance(hours=1)
    assert Counter(mail.recipient for mail in room.mails) == {to.email: 1 for to in people}
    for mail in room.mails:
        text = mail.get_body(("plain",)).get_content()
        assert text.count("ends på svenska") >= 24 + 20  # all but what was told after the last morning
    clock.advance(**MORNING)
    async with MailRoom().open() as room:
        await worked(database, clock, a_mailer(room))
    assert len(room.mails) == 3  # the next morning has the rest
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE message_id IS NULL") == 0


async def test_a_mail_that_may_have_arrived_takes_nothing_more(database, clock, owner, realm):
    """The receiver may have it: more put into it would be lost by whoever knows it by its id."""
    await told(database, clock, realm, a_notice(1))
    clock.advance(**MORNING)
    taken: list[bytes] = []
    async with raw_server(closes_after_data(taken)) as port:
        assert await worked(database, clock, a_mailer(port)) == 0
    assert await outcomes(owner) == ["unknown_end"]
    await told(database, clock, realm, a_notice(2))
    clock.advance(**MORNING)
    async with MailRoom().open() as room:
        assert await worked(database, clock, a_mailer(room)) == 2
    first, second = sorted(room.mails, key=lambda mail: mail["subject"])
    assert (first["subject"], second["subject"]) == ("Thing 1 ends på svenska", "Thing 2 ends på svenska")
    assert first["message-id"].encode() in taken[0]


async def test_every_attempt_has_the_same_message_id_and_the_same_bytes(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    taken: list[bytes] = []
    for _ in range(3):
        async with raw_server(closes_after_data(taken)) as port:
            await worked(database, clock, a_mailer(port))
        clock.advance(hours=2)
    async with MailRoom().open() as room:
        await worked(database, clock, a_mailer(room))
    assert len({*taken, room.mails[0].raw.rstrip() + b"\r\n.\r\n"}) == 1
    assert await outcomes(owner) == ["unknown_end"] * 3 + ["sent"]


REPLIES = {
    "550 5.1.1 No such user": ("recipient_refused", "dead"),
    "451 4.3.0 Try later": ("later", "due"),
    "421 Going down": ("later", "due"),
}


@pytest.mark.parametrize("reply", REPLIES)
async def test_a_recipient_refused_for_good_and_for_now(database, clock, owner, realm, reply):
    outcome, state = REPLIES[reply]
    await told(database, clock, realm, a_notice(1, urgent=True))
    async with MailRoom().open() as room:
        room.refused["aino@example.org"] = reply
        assert await worked(database, clock, a_mailer(room)) == 0
        assert (await states(owner), await outcomes(owner)) == ({state: 1}, [outcome])
        assert reply[4:] in await owner.fetchval("SELECT last_error FROM message")
        room.refused.clear()
        clock.advance(hours=1)
        assert await worked(database, clock, a_mailer(room)) == (1 if state == "due" else 0)


async def test_trouble_with_the_server_is_never_held_against_a_mail(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    async with MailRoom().open() as room:
        room.sender_reply = "553 Not your address"
        for _ in range(30):
            await worked(database, clock, a_mailer(room))
            clock.advance(hours=2)
        room.sender_reply = "250 OK"
        await worked(database, clock, a_mailer(room))
    assert await states(owner) == {"sent": 1}
    assert await outcomes(owner) == ["server_trouble"] * 30 + ["sent"]


async def test_after_five_days_a_mail_is_given_up(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    async with MailRoom().open() as away:
        pass
    began = clock.now()
    while (await states(owner))["dead"] == 0:
        await worked(database, clock, a_mailer(away.port))
        clock.advance(hours=1)
    assert MAIL_GIVEN_UP_AFTER <= clock.now() - began <= MAIL_GIVEN_UP_AFTER + timedelta(hours=3)


async def test_the_administrators_are_told_by_another_mail_than_the_one_that_failed(database, clock, owner, realm):
    own = await owner_of(database, realm)
    for name in ("first", "second"):
        await named(database, clock, realm, own, function="administrator", email=f"{name}@main-connector.example")
    broken = a_person(name="First", email="First@main-connector.example")
    await told(database, clock, realm, a_notice(1, to=broken, urgent=True, topic="agreement.ends"))
    async with MailRoom().open() as room:
        room.refused = dict.fromkeys(("First@main-connector.example", "first@main-connector.example"), "550 No")
        await worked(database, clock, a_mailer(room))
        await worked(database, clock, a_mailer(room))
    (mail,) = room.mails
    text = mail.get_body(("plain",)).get_content()
    assert mail.recipient == "second@main-connector.example"
    assert "First" not in mail["subject"]
    assert "First <First@main-connector.example>" in text
    assert "recipient: No" in text
    assert "agreement.ends" in text
    assert await states(owner) == {"dead": 1, "sent": 1}


async def test_a_mail_that_tells_of_a_mail_is_told_of_by_no_third(database, clock, owner, realm):
    own = await owner_of(database, realm)
    for name in ("first", "second"):
        await named(database, clock, realm, own, function="administrator", email=f"{name}@main-connector.example")
    await told(database, clock, realm, a_notice(1, urgent=True))
    async with MailRoom().open() as room:
        for address in ("aino@example.org", "first@main-connector.example", "second@main-connector.example"):
            room.refused[address] = "550 No"
        for _ in range(5):
            await worked(database, clock, a_mailer(room))
            clock.advance(**MORNING)
    assert await states(owner) == {"dead": 3}
    assert await owner.fetchval("SELECT count(*) FROM notice") == 3


async def test_receivers_that_hang_hold_up_no_other(database, clock, owner, realm):
    """A server that never ends with some mails still takes the others at once: they have places of their own."""
    slow = [a_person(email=f"slow{number}@example.org") for number in range(12)]
    await told(database, clock, realm, *(a_notice(n, to=to, urgent=True) for n, to in enumerate(slow)))
    async with raw_server(hangs_after_connect) as port:
        await worked(database, clock, a_mailer(port, within_s=0.05, command_s=0.05))
    assert set(await outcomes(owner)) == {"server_trouble"}
    clock.advance(hours=1)
    door = Door()
    async with MailRoom().open() as room:
        room.before_reply = door.wait
        again = asyncio.ensure_future(mailing.send(database, clock, a_mailer(room, within_s=30), again=True))
        await door.has_waiting(mailing.PLACES)  # every place for mails that were tried before is taken now
        await told(database, clock, realm, a_notice(100, urgent=True))
        await mailing.gather(database, clock)
        room.before_reply = None
        assert await asyncio.wait_for(mailing.send(database, clock, a_mailer(room), again=False), 5) == 1
        assert [mail.recipient for mail in room.mails] == ["aino@example.org"]
        door.open()
        await again
    assert len(room.mails) == 13


async def test_a_new_mail_goes_while_others_are_under_way(database, clock, realm):
    """Within one run too: a place that is free takes what has become due since."""
    door = Door()
    await told(database, clock, realm, a_notice(1, urgent=True, to=a_person(email="slow@example.org")))
    await mailing.gather(database, clock)
    async with MailRoom().open() as room:
        room.before_reply = door.wait
        run = asyncio.ensure_future(
            mailing.send(database, clock, a_mailer(room, within_s=30, command_s=30), again=False)
        )
        await door.has_waiting(1)
        room.before_reply = None
        await told(database, clock, realm, a_notice(2, urgent=True))
        await mailing.gather(database, clock)
        async with asyncio.timeout(30):
            while not room.mails:  # noqa: ASYNC110 -- the server says nothing of it
                await asyncio.sleep(0.05)
        assert [mail.recipient for mail in room.mails] == ["aino@example.org"]
        door.open()
        assert await run == 2


async def test_two_workers_at_once_send_every_mail_once(database, clock, owner, realm):
    people = [a_person(email=f"p{number}@example.org") for number in range(40)]
    await told(database, clock, realm, *(a_notice(n * 10 + k, to=to) for n, to in enumerate(people) for k in range(3)))
    clock.advance(**MORNING)
    async with MailRoom().open() as room:
        await asyncio.gather(*(worked(database, clock, a_mailer(room)) for _ in range(3)))
        await worked(database, clock, a_mailer(room))
    assert Counter(mail.recipient for mail in room.mails) == {to.email: 1 for to in people}
    assert await owner.fetchval("SELECT max(attempts) FROM message") == 1


async def test_the_network_is_used_outside_any_transaction(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    seen: list[int] = []

    async def look() -> None:
        seen.append(
            await owner.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'kanta_service' AND xact_start IS NOT NULL"
            )
        )

    async with MailRoom().open() as room:
        room.before_reply = look
        assert await worked(database, clock, a_mailer(room)) == 1
    assert seen == [0]


async def test_a_run_that_is_asked_to_end_begins_no_more(database, clock, owner, realm):
    people = [a_person(email=f"p{number}@example.org") for number in range(20)]
    await told(database, clock, realm, *(a_notice(n, to=to, urgent=True) for n, to in enumerate(people)))
    await mailing.gather(database, clock)
    asked = []
    async with MailRoom().open() as room:
        await mailing.send(
            database, clock, a_mailer(room), again=False, may_go_on=lambda: not asked.append(1) and len(asked) < 2
        )
    assert len(room.mails) == mailing.PLACES
    assert await states(owner) == {"sent": 4, "due": 16}


async def test_a_run_that_is_cut_off_leaves_its_mails_to_be_sent_again(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True))
    await mailing.gather(database, clock)
    async with MailRoom().open() as room:
        door = Door()
        room.before_reply = door.wait
        run = asyncio.ensure_future(
            mailing.send(database, clock, a_mailer(room, within_s=30, command_s=30), again=False)
        )
        await door.has_waiting(1)
        run.cancel()
        await asyncio.wait({run})
        door.open()
    async with MailRoom().open() as room:
        assert await worked(database, clock, a_mailer(room)) == 0  # leased still
        clock.advance(minutes=3)
        assert await worked(database, clock, a_mailer(room)) == 1
    row = await owner.fetchrow("SELECT attempts, may_have_arrived, state FROM message")
    assert tuple(row) == (2, True, "sent")
