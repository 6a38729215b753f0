"""Mails: plain text and HTML in the receiver's language, with all the facts; a subject says nothing of anybody."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import enclosing
from kanta_tenancy.messages.model import Attached, Letter, Told
from kanta_tenancy.messages.texts import one_line

_LONGEST_NAME: Final = 200
_ADDRESS: Final = re.compile(r"(?P<local>[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,64})@(?P<domain>[\w.-]{1,253})")
_MANY: Final = (
    "Kanta-vuokrasuhteet: {n} ilmoitusta",
    "Kanta-hyresförhållanden: {n} meddelanden",
    "Kanta tenancies: {n} notices",
)
_GREETING: Final = "Hei {name},", "Hej {name},", "Hello {name},"
_SEVERAL: Final = (
    "tässä viestissä on {n} ilmoitusta.",
    "det här meddelandet innehåller {n} ärenden.",
    "there are {n} notices in this message.",
)
_TOLD_AT: Final = "Kirjattu {at}.", "Antecknat {at}.", "Recorded {at}."
_FOOTER: Final = (
    sentence(
        fi="Saat tämän viestin, koska sinut on nimetty yhteyshenkilöksi. Kellonajat ovat Suomen aikaa.",
        sv="Du får detta meddelande eftersom du har utsetts till kontaktperson. Klockslagen är finsk tid.",
        en="You get this message because you were named as a contact. Times are those of Finland.",
    ),
    sentence(
        fi="Viestiin ei voi vastata.",
        sv="Meddelandet kan inte besvaras.",
        en="Answers to this message are not read.",
    ),
)
_SENDER: Final = "Lähettäjä: {name}", "Avsändare: {name}", "Sender: {name}"
_ATTACHED: Final = Sentence(fi="Liite", sv="Bilaga", en="Attached")
_DIGEST: Final = Sentence(fi="Liitteen SHA-256", sv="Bilagans SHA-256", en="SHA-256 of the file")
_LEFT_OUT: Final = Sentence(
    fi="Asiakirjaa ei voitu liittää. Sen saa pyydettäessä lähettäjältä.",
    sv="Dokumentet kunde inte bifogas. Avsändaren ger det på begäran.",
    en="The document could not be attached. The sender gives it on request.",
)
_LABEL: Final = "text-align: left; padding-right: 1em"
_STYLE: Final = "font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em"


class UnfitAddress(Exception):
    """The recipient's address cannot stand in a mail."""


def compose(letter: Letter, *, sender: str) -> bytes:
    """Write a mail as it goes to the server: the same bytes on each attempt.

    Raises:
        UnfitAddress: the recipient's address cannot stand in a mail.
    """
    recipient = deliverable(letter.email)
    message = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    message["From"] = _address(letter.main_connector, deliverable(sender))
    message["To"] = _address(letter.name, recipient)
    message["Subject"] = _header(subject(letter))
    message["Date"] = format_datetime(letter.made_at)
    message["Message-ID"] = message_id(letter.id, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(letter), cte="quoted-printable")
    message.add_alternative(html(letter), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{letter.id.hex}")
    _attach(message, letter)
    message["Content-Language"] = letter.language.value  # after the parts, which would take it for their own
    return message.as_bytes()


def _attach(message: EmailMessage, letter: Letter) -> None:
    """Add what the mail carries; the boundaries follow from its id, so that each attempt has the same bytes."""
    called = _names(letter)
    for one in _files(letter):
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(letter.files[one.of], maintype=main, subtype=sub, filename=called[one.of])
    if called:
        message.set_boundary(f"=_{letter.id.hex}.mixed")


def _files(letter: Letter) -> list[Attached]:
    return [one for one in enclosing.carried(letter.notices) if one.of in letter.files]


def _names(letter: Letter) -> Mapping[str, str]:
    called = enclosing.names(_files(letter), letter.language)
    return {of: _header(name) for of, name in called.items()}


def message_id(letter_id: UUID, sender: str) -> str:
    """Return the id by which a receiver knows a mail that it got twice."""
    return f"<{letter_id}@{deliverable(sender).rpartition('@')[2]}>"


def deliverable(email: str) -> str:
    """Return an address as mail servers know it: a domain of other letters in its ASCII form.

    Raises:
        UnfitAddress: it has none.
    """
    match = _ADDRESS.fullmatch(email)
    if match is None:
        raise UnfitAddress
    try:
        return f"{match['local']}@{match['domain'].encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise UnfitAddress from error


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=_header(name), username=local, domain=domain)


def subject(letter: Letter) -> str:
    if len(letter.notices) == 1:
        return letter.notices[0].subject.said_in(letter.language)
    return _said(_MANY, letter.language, n=len(letter.notices))


def plain(letter: Letter) -> str:
    """Write the text of a mail for programs that show no HTML."""
    return "\n".join([*_opening(letter), "", *_plain_notices(letter), "-- ", *_closing(letter), ""])


def html(letter: Letter) -> str:
    """Write the same for programs that do: nothing in it is fetched from elsewhere."""
    language = letter.language
    opening = "".join(f"<p>{escape(line)}</p>" for line in _opening(letter) if line)
    called = _names(letter)
    notices = "".join(_html_notice(notice, called, language) for notice in letter.notices)
    closing = "<br>".join(escape(line) for line in _closing(letter))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(one_line(subject(letter)))}</title></head>\n"
        f'<body style="{_STYLE}">{opening}\n{notices}<hr><p><small>{closing}</small></p></body></html>\n'
    )


def _opening(letter: Letter) -> list[str]:
    greeting = _said(_GREETING, letter.language, name=one_line(letter.name))
    if len(letter.notices) == 1:
        return [greeting]
    return [greeting, "", _said(_SEVERAL, letter.language, n=len(letter.notices))]


def _closing(letter: Letter) -> list[str]:
    sender = _said(_SENDER, letter.language, name=one_line(letter.main_connector))
    return [sender, *(one.said_in(letter.language) for one in _FOOTER)]


def _plain_notices(letter: Letter) -> Iterable[str]:
    called = _names(letter)
    for number, notice in enumerate(letter.notices, start=1):
        title = one_line(notice.subject.said_in(letter.language))
        heading = title if len(letter.notices) == 1 else f"{number}. {title}"
        yield from (heading, "=" * len(heading), "")
        yield from _paragraphs(notice, letter.language)
        yield from (f"{label}: {value}" for label, value in _facts(notice, called, letter.language))
        yield from ("", _recorded(notice, letter.language), "")


def _html_notice(notice: Told, called: Mapping[str, str], language: Language) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in _paragraphs(notice, language) if line)
    rows = "".join(
        f'<tr><th scope="row" style="{_LABEL}">{escape(label)}</th><td>{escape(value)}</td></tr>'
        for label, value in _facts(notice, called, language)
    )
    table = f"<table>{rows}</table>" if rows else ""
    title = escape(one_line(notice.subject.said_in(language)))
    return f"<h2>{title}</h2>{paragraphs}{table}<p><small>{escape(_recorded(notice, language))}</small></p>\n"


def _paragraphs(notice: Told, language: Language) -> list[str]:
    lines = [one_line(line.said_in(language)) for line in notice.lines]
    return [part for line in lines for part in (line, "")]


def _facts(notice: Told, called: Mapping[str, str], language: Language) -> list[tuple[str, str]]:
    facts = [*notice.facts, *_enclosed(notice, called, language)]
    return [(one_line(label.said_in(language)), one_line(value)) for label, value in facts]


def _enclosed(notice: Told, called: Mapping[str, str], language: Language) -> list[tuple[Sentence, str]]:
    """Say what goes with a notice, and by what it can be told that it is the same file; or that it does not go."""
    one = notice.attached
    if one is None:
        return []
    if one.of not in called:
        return [(_ATTACHED, _LEFT_OUT.said_in(language))]
    kilobytes = -(-one.size // 1000)
    return [(_ATTACHED, f"{called[one.of]} ({kilobytes} kB)"), (_DIGEST, one.sha256)]


def _recorded(notice: Told, language: Language) -> str:
    fi, sv, en = _TOLD_AT
    return sentence(fi, sv, en, at=notice.told_at).said_in(language)


def _said(texts: tuple[str, str, str], language: Language, **values: str | int | datetime) -> str:
    fi, sv, en = texts
    return Sentence(fi=fi, sv=sv, en=en).said_in(language).format(**values)


def _header(text: str) -> str:
    return one_line(text)[:_LONGEST_NAME]
