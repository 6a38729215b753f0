"""A mail server in every mood: what becomes of one mail, and what is known of it afterwards."""

import asyncio
import time
from pathlib import Path

import pytest

from kanta_tenancy.machinery.outgoing.smtp import Mailer, NotSent, Protection, Stage
from tests.machinery.outgoing.certificates import Authority
from tests.machinery.outgoing.mail_servers import (
    SENDER,
    MailRoom,
    at,
    closes_after_data,
    hangs_after_connect,
    hangs_after_greeting,
    raw_server,
    speaks_no_smtp,
)

TO = "aino@example.org"
MAIL = b"From: kanta@main-connector.example\r\nTo: aino@example.org\r\nSubject: A\r\n\r\nHello\r\n.\r\n.dot\r\n"
PLAIN = {"protection": Protection.NONE}


async def not_sent(mailer: Mailer, recipient: str = TO) -> NotSent:
    with pytest.raises(NotSent) as refused:
        await mailer.send(recipient, MAIL)
    return refused.value


def impatient(port: int, **said) -> Mailer:
    return Mailer(at(port, **said), command_s=0.4, within_s=0.8)


async def test_a_mail_goes_over_starttls_and_with_the_password(authority: Authority):
    async with MailRoom(tls=authority.serving("127.0.0.1"), password="open sesame").open() as room:
        server = at(room.port, username="kanta", password="open sesame")
        reply = await Mailer(server, tls=authority.trust()).send(TO, MAIL)
    assert reply == "250 Taken"
    (mail,) = room.mails
    assert (mail.recipient, mail.get_content()) == (TO, "Hello\r\n.\r\n.dot\r\n")
    assert room.logged_in == ["kanta"]


async def test_a_mail_goes_over_tls_from_the_first_byte(authority: Authority):
    async with MailRoom(tls=authority.serving("127.0.0.1"), from_the_start=True, password="p").open() as room:
        server = at(room.port, protection=Protection.TLS, username="kanta", password="p")
        await Mailer(server, tls=authority.trust()).send(TO, MAIL)
    assert [mail.recipient for mail in room.mails] == [TO]


async def test_an_authority_of_ones_own_is_a_file(authority: Authority):
    async with MailRoom(tls=authority.serving("127.0.0.1")).open() as room:
        await Mailer(at(room.port, authorities=authority.file)).send(TO, MAIL)
        refused = await not_sent(Mailer(at(room.port)))
    assert (refused.stage, len(room.mails)) == (Stage.PROTECTING, 1)


@pytest.mark.parametrize("said", [{"host": "localhost"}, {}])
async def test_a_certificate_for_another_name_ends_it(authority: Authority, said):
    async with MailRoom(tls=authority.serving("other.example")).open() as room:
        refused = await not_sent(Mailer(at(room.port, **said), tls=authority.trust()))
    assert (refused.stage, refused.is_final, refused.may_have_arrived) == (Stage.PROTECTING, False, False)
    assert "certificate" in refused.reply


async def test_without_starttls_nothing_is_sent_and_no_password_said():
    async with MailRoom(password=None).open() as room:
        refused = await not_sent(Mailer(at(room.port, username="kanta", password="secret")))
    assert (refused.stage, refused.is_final) == (Stage.PROTECTING, False)
    assert (room.mails, room.logged_in) == ([], [])


async def test_a_password_is_never_said_without_tls():
    async with MailRoom().open() as room:
        refused = await not_sent(Mailer(at(room.port, username="kanta", password="secret", **PLAIN)))
    assert refused.stage is Stage.LOGGING_IN
    assert room.mails == []


async def test_a_wrong_password_is_about_us_and_not_about_the_mail(authority: Authority):
    async with MailRoom(tls=authority.serving("127.0.0.1"), password="right").open() as room:
        server = at(room.port, username="kanta", password="wrong")
        refused = await not_sent(Mailer(server, tls=authority.trust()))
    assert (refused.stage, refused.code, refused.is_final) == (Stage.LOGGING_IN, 535, False)


@pytest.mark.parametrize(
    ("reply", "final"), [("550 5.1.1 No such user", True), ("552 Full", True), ("451 4.3.0 Later", False)]
)
async def test_a_recipient_refused_for_good_and_for_now(reply, final):
    async with MailRoom().open() as room:
        room.refused[TO] = reply
        refused = await not_sent(Mailer(at(room.port, **PLAIN)))
        assert await Mailer(at(room.port, **PLAIN)).send("eino@example.org", MAIL)
    assert (refused.stage, refused.code, refused.is_final) == (Stage.RECIPIENT, int(reply[:3]), final)
    assert refused.reply == reply[4:]
    assert not refused.may_have_arrived


@pytest.mark.parametrize(("reply", "final"), [("554 No spam", True), ("421 Going down", False)])
async def test_content_refused_for_good_and_for_now(reply, final):
    async with MailRoom().open() as room:
        room.reply = reply
        refused = await not_sent(Mailer(at(room.port, **PLAIN)))
    assert (refused.stage, refused.is_final, refused.may_have_arrived) == (Stage.CONTENT, final, False)


async def test_a_sender_refused_is_about_us():
    async with MailRoom().open() as room:
        room.sender_reply = "553 5.7.1 Not your address"
        refused = await not_sent(Mailer(at(room.port, **PLAIN)))
    assert (refused.stage, refused.code, refused.is_final) == (Stage.SENDER, 553, False)


async def test_nobody_at_the_port():
    async with MailRoom().open() as room:
        pass
    refused = await not_sent(impatient(room.port, **PLAIN))
    assert (refused.stage, refused.reply) == (Stage.CONNECTING, "The server cannot be reached.")


@pytest.mark.parametrize("talk", [hangs_after_connect, hangs_after_greeting, speaks_no_smtp])
async def test_a_server_that_says_nothing_or_nonsense_holds_nobody_up(talk):
    async with raw_server(talk) as port:
        began = time.monotonic()
        refused = await not_sent(impatient(port, **PLAIN))
        assert time.monotonic() - began < 10
    assert refused.stage in {Stage.CONNECTING, Stage.PROTECTING}
    assert (refused.is_final, refused.may_have_arrived) == (False, False)


async def test_a_server_that_drips_its_answers_is_cut_off_in_all():
    async def drips(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while True:  # each answer comes in time, and there is no end of them
            await asyncio.sleep(0.1)
            writer.write(b"250-more\r\n")

    async with raw_server(drips) as port:
        began = time.monotonic()
        refused = await not_sent(Mailer(at(port, **PLAIN), command_s=30, within_s=0.6))
        assert time.monotonic() - began < 10
    assert refused.stage is Stage.PROTECTING


@pytest.mark.parametrize("then", [b"", b"what?\r\n"])
async def test_when_the_end_of_it_is_not_known_that_is_said(then):
    taken: list[bytes] = []
    async with raw_server(closes_after_data(taken, then)) as port:
        refused = await not_sent(impatient(port, **PLAIN))
    assert (refused.stage, refused.may_have_arrived, refused.is_final) == (Stage.CONTENT, True, False)
    assert len(taken) == 1


async def test_a_mail_that_was_taken_is_taken_however_the_talk_ends():
    taken: list[bytes] = []

    async with raw_server(closes_after_data(taken, b"250 Taken\r\n")) as port:
        assert await impatient(port, **PLAIN).send(TO, MAIL) == "250 Taken"


async def test_a_reply_cannot_break_a_line_of_ours():
    async with MailRoom().open() as room:
        room.refused[TO] = "550-one\r\n550 two\x1b[31m"
        refused = await not_sent(Mailer(at(room.port, **PLAIN)))
    assert refused.reply == "one two [31m"


@pytest.mark.parametrize(
    "recipient", ["a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org\nDATA", "a@example.org b@c", "a", ""]
)
async def test_no_recipient_can_smuggle_a_command(recipient):
    async with MailRoom().open() as room:
        refused = await not_sent(Mailer(at(room.port, **PLAIN)), recipient)
    assert (refused.stage, refused.is_final, room.mails) == (Stage.RECIPIENT, True, [])


async def test_an_address_beyond_ascii_goes_where_the_server_takes_it():
    async with MailRoom().open() as room:
        await Mailer(at(room.port, **PLAIN)).send("äijä@example.org", MAIL)
    assert [mail.recipient for mail in room.mails] == ["äijä@example.org"]


def test_a_server_shown_anywhere_shows_no_password():
    assert "sesame" not in repr(at(25, username=SENDER, password="sesame", authorities=Path("/a")))
