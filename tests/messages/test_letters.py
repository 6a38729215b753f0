"""Mails as another program reads them: all the facts, in the receiver's language, and nothing smuggled in."""

import uuid
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import letters
from kanta_tenancy.messages.letters import UnfitAddress
from kanta_tenancy.messages.model import Letter, MessageId, Told
from tests.messages.examples import words

SENDER = "kanta@main-connector.example"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADERS = {
    "from", "to", "subject", "date", "message-id", "auto-submitted", "content-language", "mime-version", "content-type",
}  # fmt: skip


def a_told(number: int = 1, **said: Any) -> Told:
    return Told(
        **{
            "topic": "thing.ends",
            "tenancy_id": None,
            "subject": words(f"Thing {number} ends"),
            "lines": (words(f"Line of {number}"), words(f"Second line of {number}")),
            "facts": ((words("Day"), "31.3.2026"), (words("Who"), f"Firm {number}")),
            "told_at": AT,
        }
        | said
    )


def a_letter(*notices: Told, **said: Any) -> Letter:
    return Letter(
        **{
            "id": MessageId(uuid.UUID(int=5)),
            "contact_id": None,
            "name": "Aino Ahola",
            "email": "aino@example.org",
            "language": Language.FINNISH,
            "urgent": False,
            "made_at": AT,
            "since": AT,
            "main_connector": "Pääliittyjä Oy",
            "notices": notices or (a_told(),),
        }
        | said
    )


def read(letter: Letter) -> EmailMessage:
    raw = letters.compose(letter, sender=SENDER)
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    return message


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


class Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def shown(html: str) -> Shown:
    parser = Shown()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("language", Language)
def test_both_parts_hold_every_line_and_fact_in_the_receivers_language(language: Language):
    notices = (a_told(1), a_told(2))
    plain, html = texts(read(a_letter(*notices, language=language)))
    text = " ".join(shown(html).text)
    for notice in notices:
        said = [notice.subject, *notice.lines, *(label for label, _ in notice.facts)]
        for words_ in said:
            assert words_.said_in(language) in plain
            assert words_.said_in(language) in text
        for _, value in notice.facts:
            assert value in plain
            assert value in text
    others = [other for other in Language if other is not language]
    assert not [other for other in others if a_told().subject.said_in(other) in plain + text]


@pytest.mark.parametrize(
    ("language", "of_one", "of_two"),
    [
        (Language.FINNISH, "Thing 1 ends suomeksi", "Kanta-vuokrasuhteet: 2 ilmoitusta"),
        (Language.SWEDISH, "Thing 1 ends på svenska", "Kanta-hyresförhållanden: 2 meddelanden"),
        (Language.ENGLISH, "Thing 1 ends in English", "Kanta tenancies: 2 notices"),
    ],
)
def test_the_subject_is_that_of_the_one_notice_or_how_many_there_are(language, of_one, of_two):
    assert read(a_letter(language=language))["subject"] == of_one
    assert read(a_letter(a_told(1), a_told(2), language=language))["subject"] == of_two


def test_the_headers_are_these_and_say_who_sends_to_whom():
    message = read(a_letter())
    assert {name.lower() for name in message} == HEADERS
    assert message["to"] == "Aino Ahola <aino@example.org>"
    assert message["from"] == "Pääliittyjä Oy <kanta@main-connector.example>"
    assert message["message-id"] == f"<{uuid.UUID(int=5)}@main-connector.example>"
    assert message["auto-submitted"] == "auto-generated"
    assert message["date"].datetime == AT
    assert (message["content-language"], message.get_content_type()) == ("fi", "multipart/alternative")


def test_the_same_letter_gives_the_same_bytes():
    letter = a_letter(a_told(1), a_told(2))
    assert letters.compose(letter, sender=SENDER) == letters.compose(letter, sender=SENDER)


def test_the_bytes_are_fit_for_the_oldest_server():
    raw = letters.compose(a_letter(a_told(facts=((words("Nimi"), "Åke Äijö 👩‍⚕️"),))), sender=SENDER)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_times_are_those_of_finland():
    plain, _ = texts(read(a_letter(a_told(told_at=datetime(2026, 7, 1, 21, 30, tzinfo=UTC)))))
    assert "2.7.2026 0.30" in plain
    assert "Suomen aikaa" in plain


def test_nothing_in_the_html_is_fetched_from_elsewhere():
    _, html = texts(read(a_letter()))
    tags = shown(html).tags
    assert tags[0] == ("html", {"lang": "fi"})
    assert not {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "a", "form", "object", "style", "base"}
    assert not [attributes for _, attributes in tags if {"src", "href", "onclick", "background"} & set(attributes)]


EVIL = [
    "Aino\r\nBcc: everyone@example.org", "Aino\nX-Spam: no", "Aino\r\n\r\nHello", "Aino\x00\x0b\x0c\x1b[31m",
    "Aino\u2028Bcc: x", "Aino\x85Bcc: x", '"Aino" <evil@example.org>, ', "=?utf-8?q?a?=\r\n b", "A" * 5000,
    "<script>alert(1)</script>", "&lt;b&gt;", "\u202eonia", "",
]  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_can_add_a_header_a_recipient_or_markup(evil: str):
    said = Sentence(fi=evil, sv=evil, en=evil)
    told = a_told(subject=said, lines=(said,), facts=((said, evil),))
    message = read(a_letter(told, name=evil, main_connector=evil))
    assert {name.lower() for name in message} == HEADERS
    assert [address.addr_spec for address in message["to"].addresses] == ["aino@example.org"]
    assert [address.addr_spec for address in message["from"].addresses] == [SENDER]
    assert len(message.get_all("to")) == len(message.get_all("subject")) == 1
    _, html = texts(message)
    assert {tag for tag, _ in shown(html).tags} <= {
        "html", "head", "meta", "title", "body", "p", "h2", "table", "tr", "th", "td", "small", "hr", "br",
    }  # fmt: skip


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_at_all_can(name: str, text: str):
    said = Sentence(fi=text, sv=text, en=text)
    message = read(a_letter(a_told(subject=said, lines=(said,), facts=((said, text),)), name=name))
    assert {header.lower() for header in message} == HEADERS
    assert [address.addr_spec for address in message["to"].addresses] == ["aino@example.org"]


@pytest.mark.parametrize(
    "email",
    ["aino@example.org\r\nBcc: b@c.example", "aino@@example.org", "", "aino", "a b@example.org",
     "a@b.example, c@d.example", "<a@b.example>", "aino@", "@example.org", f"aino@{'a' * 64}.example",
     "aino@exa mple.org"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(email: str):
    with pytest.raises(UnfitAddress):
        letters.compose(a_letter(email=email), sender=SENDER)


def test_a_domain_of_other_letters_goes_in_its_ascii_form():
    assert letters.deliverable("aino@münchen.example") == "aino@xn--mnchen-3ya.example"
    assert read(a_letter(email="aino@münchen.example"))["to"].addresses[0].addr_spec == "aino@xn--mnchen-3ya.example"


def test_a_name_of_other_letters_before_the_at_sign_is_kept():
    raw = letters.compose(a_letter(email="äijä@example.org"), sender=SENDER)
    assert "äijä@example.org".encode() in raw
