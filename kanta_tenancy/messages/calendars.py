"""Calendar feeds as RFC 5545 has them: the same entries give the same text."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages.model import Entry
from kanta_tenancy.messages.texts import lines

MEDIA_TYPE: Final = "text/calendar"  # in UTF-8, as everything that is text here
_LINE: Final = 75  # octets, without the line's end
_RULE: Final = {Language.FINNISH: "Sääntö", Language.SWEDISH: "Regel", Language.ENGLISH: "Rule"}
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(entries: Sequence[Entry], *, name: str, language: Language, realm: UUID) -> bytes:
    """Write a calendar.

    Args:
        realm: makes the entries' ids unique in the world.
    """
    content = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kanta-tenancy//calendar feed//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *(line for entry in _in_order(entries) for line in _event(entry, language, realm)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in content)


def version(content: bytes) -> int:
    """Return a number for the content, as ETags of this service are: 56 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(content).digest()[:7], "big")


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.uid)


def _event(entry: Entry, language: Language, realm: UUID) -> Iterator[str]:
    described = f"{entry.description.said_in(language)}\n{_RULE[language]}: {entry.rule}"
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'{entry.uid}@{realm}')}"
    yield f"DTSTAMP:{_instant(entry.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(entry.changed_at)}"
    yield f"SEQUENCE:{entry.revision}"
    yield from _when(entry.on)
    yield f"SUMMARY;LANGUAGE={language}:{_text(entry.summary.said_in(language))}"
    yield f"DESCRIPTION;LANGUAGE={language}:{_text(described)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _when(on: date | datetime) -> Iterator[str]:
    if isinstance(on, datetime):
        yield f"DTSTART:{_instant(on)}"  # of no duration: it is when something is due, not how long it takes
    else:
        yield f"DTSTART;VALUE=DATE:{on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}"


def _instant(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Return a text as a value: what separates is escaped, and what no calendar may hold is left out."""
    return lines(text).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """Return a content line in pieces of at most 75 octets, never through the middle of a character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
