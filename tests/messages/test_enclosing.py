"""A mail carries the files that its notices name: the same bytes each time, said in both texts, never in its way."""

import hashlib
import uuid
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import enclosing, letters, mailing, tell
from kanta_tenancy.messages.model import Attached
from tests.machinery.outgoing.mail_servers import MailRoom, closes_after_data, raw_server
from tests.messages.examples import a_mailer, a_notice, told, words
from tests.messages.test_letters import SENDER, a_letter, a_told, read, texts

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BYTES = bytes(range(256)) * 40  # what no transfer may alter
NAME = Sentence(fi="Ilmoitus häiriöstä 1.docx", sv="Anmälan om störning 1.docx", en="Notice of a disturbance 1.docx")


def attached(of: str = "paper/1", content: bytes = BYTES, **said) -> Attached:
    digest = hashlib.sha256(content).hexdigest()
    return Attached(**{"of": of, "name": NAME, "media_type": DOCX, "size": len(content), "sha256": digest} | said)


def enclosed(message: EmailMessage) -> list[tuple[str | None, str, bytes]]:
    """Return name, type and bytes of what a mail carries, as the receiver's program reads it."""
    return [(one.get_filename(), one.get_content_type(), one.get_content()) for one in message.iter_attachments()]


def arrived(line: bytes) -> bytes:
    """Return a mail as it went over the line without what SMTP adds: points before points, and the one at its end."""
    return line.removesuffix(b"\r\n.\r\n").replace(b"\r\n..", b"\r\n.").rstrip()


class Shelf:
    """What keeps files, and how often it was asked."""

    def __init__(self, **kept: bytes) -> None:
        self.kept = {name.replace("_", "/"): content for name, content in kept.items()}
        self.asked: list[str] = []

    async def __call__(self, _: object, of: str) -> bytes | None:
        self.asked.append(of)
        return self.kept.get(of)


async def sent(database, clock, room: MailRoom, shelf: Shelf) -> None:
    await mailing.gather(database, clock)
    for again in (False, True):
        await mailing.send(database, clock, a_mailer(room), again=again, files=shelf)


@pytest.mark.parametrize("language", Language)
def test_both_texts_say_what_is_attached_under_a_name_of_the_receivers_language(language):
    letter = a_letter(a_told(attached=attached()), language=language, files={"paper/1": BYTES})
    message = read(letter)
    assert enclosed(message) == [(NAME.said_in(language), DOCX, BYTES)]
    for text in texts(message):
        assert f"{NAME.said_in(language)} (11 kB)" in text
        assert hashlib.sha256(BYTES).hexdigest() in text
    assert (message.get_content_type(), message["content-language"]) == ("multipart/mixed", language.value)


def test_each_attempt_has_the_same_bytes_and_a_mail_without_a_file_is_as_it_was():
    letter = a_letter(a_told(attached=attached()), files={"paper/1": BYTES})
    assert letters.compose(letter, sender=SENDER) == letters.compose(letter, sender=SENDER)
    plain = read(a_letter())
    assert (plain.get_content_type(), plain.get_boundary()) == ("multipart/alternative", f"=_{uuid.UUID(int=5).hex}")


def test_what_cannot_be_attached_holds_nothing_up_and_both_texts_say_so():
    message = read(a_letter(a_told(attached=attached())))
    assert enclosed(message) == []
    for text in texts(message):
        assert "Asiakirjaa ei voitu liittää. Sen saa pyydettäessä lähettäjältä." in text
        assert hashlib.sha256(BYTES).hexdigest() not in text


def test_a_name_with_a_line_break_adds_no_header():
    name = words('x\r\nBcc: eve@example.org\r\n\r\n"; filename="y.exe')
    message = read(a_letter(a_told(attached=attached(name=name)), files={"paper/1": BYTES}))
    assert message["bcc"] is None
    ((_, kind, content),) = enclosed(message)
    assert (kind, content) == (DOCX, BYTES)


def test_two_files_of_one_name_are_told_apart_and_one_that_two_notices_name_goes_once():
    first, second = attached("paper/1"), attached("paper/2", b"another")
    notices = (a_told(1, attached=first), a_told(2, attached=second), a_told(3, attached=first))
    message = read(a_letter(*notices, files={"paper/1": BYTES, "paper/2": b"another"}))
    assert [(name, content) for name, _, content in enclosed(message)] == [
        ("Ilmoitus häiriöstä 1.docx", BYTES),
        ("Ilmoitus häiriöstä 1 (2).docx", b"another"),
    ]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 2 * enclosing.MOST_BYTES)), max_size=12))
def test_what_a_mail_carries_never_passes_the_limit_and_leaves_out_nothing_that_fits(sizes):
    notices = [a_told(attached=attached(f"paper/{name}", size=size)) for name, size in sizes]
    carried = enclosing.carried(notices)
    assert sum(one.size for one in carried) <= enclosing.MOST_BYTES
    assert len({one.of for one in carried}) == len(carried)
    room = enclosing.MOST_BYTES - sum(one.size for one in carried)
    taken = {one.of for one in carried}
    assert all(size > room for name, size in sizes if f"paper/{name}" not in taken)


async def test_the_bytes_are_read_when_it_is_sent_and_stand_in_no_row_of_the_mail(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, urgent=True, attached=attached()))
    shelf = Shelf(paper_1=BYTES)
    async with MailRoom().open() as room:
        await sent(database, clock, room, shelf)
    (mail,) = room.mails
    assert enclosed(mail) == [("Anmälan om störning 1.docx", DOCX, BYTES)]
    kept = await owner.fetchval("SELECT attached FROM notice")
    assert (len(kept) < 600, hashlib.sha256(BYTES).hexdigest() in kept) == (True, True)
    assert shelf.asked == ["paper/1"]


async def test_a_mail_that_is_tried_again_carries_the_same_bytes_in_the_same_mail(database, clock, realm):
    await told(database, clock, realm, a_notice(1, urgent=True, attached=attached()))
    shelf, taken = Shelf(paper_1=BYTES), []
    async with raw_server(closes_after_data(taken)) as port:
        await sent(database, clock, port, shelf)
    clock.advance(hours=2)
    async with MailRoom().open() as room:
        await sent(database, clock, room, shelf)
    assert [arrived(one) for one in taken] == [room.mails[0].raw.rstrip()]
    assert enclosed(room.mails[0])[0][2] == BYTES


@pytest.mark.parametrize("kept", [{}, {"paper_1": BYTES[:-1] + b"?"}, {"paper_1": b""}], ids=["gone", "altered", "cut"])
async def test_what_is_gone_or_altered_is_never_sent_as_the_file_and_the_mail_goes_all_the_same(
    database, clock, realm, kept
):
    await told(database, clock, realm, a_notice(1, urgent=True, attached=attached()))
    async with MailRoom().open() as room:
        await sent(database, clock, room, Shelf(**kept))
    (mail,) = room.mails
    assert enclosed(mail) == []
    assert "Dokumentet kunde inte bifogas" in mail.get_body(("plain",)).get_content()


async def test_what_is_too_large_for_a_mail_is_not_even_read(database, clock, realm):
    large = attached(size=enclosing.MOST_BYTES + 1)
    await told(database, clock, realm, a_notice(1, urgent=True, attached=large))
    shelf = Shelf(paper_1=BYTES)
    async with MailRoom().open() as room:
        await sent(database, clock, room, shelf)
    assert (enclosed(room.mails[0]), shelf.asked) == ([], [])


@pytest.mark.parametrize("text", ["Aino Ahola.docx", "To aino@example.org.docx"])
async def test_the_name_of_a_file_says_nothing_of_anybody(database, clock, realm, text):
    name = Sentence(fi="x.docx", sv=text, en="x.docx")
    async with database.transaction(realm) as tx:
        with pytest.raises(ValueError, match="personal data"):
            await tell(tx, clock.now(), [a_notice(1, attached=attached(name=name))])
