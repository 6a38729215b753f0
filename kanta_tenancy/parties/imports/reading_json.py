"""JSON with the same fields as the table: an array of organisations, each with its contacts and Soteri entries."""

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.rows import (
    CONTACT,
    MOST_ORGANISATIONS,
    ORGANISATION,
    SOTERI,
    BadRow,
    Entry,
    Part,
    Sheet,
)

_LONGEST: Final = 80  # characters of a name of theirs that we repeat
_PARTS: Final = {"contacts": CONTACT, "soteri": SOTERI}


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    organisations: list[msgspec.Raw]


class _Twice(Exception):
    """An object names a field twice; which one counts is anybody's guess."""


def read_json(text: str) -> Sheet:
    """Read an array of organisations, bare or as the field `organisations` of an object.

    Raises:
        ImportRefused: it is no JSON, or no such array.
    """
    raw = text.encode()
    try:
        if raw.lstrip()[:1] == b"{":
            found = msgspec.json.decode(raw, type=_File).organisations
        else:
            found = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except RecursionError:
        raise ImportRefused("the file is no JSON array of organisations: it is nested too deeply") from None
    except msgspec.DecodeError as why:
        raise ImportRefused(f"the file is no JSON array of organisations: {why}") from why
    if len(found) > MOST_ORGANISATIONS:
        raise ImportRefused(f"the file names {len(found)} organisations; {MOST_ORGANISATIONS} are allowed")
    bad: list[BadRow] = []
    entries: list[Entry] = []
    place, line = 0, 1
    for number, one in enumerate(found, 1):
        piece = bytes(one)
        begins = raw.index(piece, place)
        line += raw.count(b"\n", place, begins)
        entry = _Reading(line, number, bad).entry(piece)
        if entry is not None:
            entries.append(entry)
        line += piece.count(b"\n")
        place = begins + len(piece)
    return Sheet(entries=tuple(entries), bad=tuple(bad))


class _Reading:
    """Reads one organisation, and notes what cannot be read."""

    def __init__(self, line: int, row: int, bad: list[BadRow]) -> None:
        self._line = line
        self._row = row
        self._bad = bad

    def entry(self, piece: bytes) -> Entry | None:
        try:
            said = json.loads(piece, object_pairs_hook=_each_once)
        except _Twice as why:
            self._note(str(why), "it is given twice")
            return None
        except (ValueError, RecursionError):
            self._note("", "it cannot be read")
            return None
        if not isinstance(said, dict):
            self._note("", "an object with the fields of an organisation is expected")
            return None
        parts = {name: self._parts(name, said.pop(name, None)) for name in _PARTS}
        organisation = self._part("", said, ORGANISATION)
        return Entry(organisation=organisation, contacts=parts["contacts"], soteri=parts["soteri"])

    def _parts(self, name: str, said: Any) -> tuple[Part, ...]:
        if said is None:
            return ()
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            self._note(name, "an array of objects is expected")
            return ()
        return tuple(self._part(f"{name}[{place}].", one, _PARTS[name]) for place, one in enumerate(said))

    def _part(self, path: str, said: dict[str, Any], fields: Sequence[str]) -> Part:
        values: dict[str, str] = {}
        for field, value in said.items():
            if field not in fields:
                self._note((path + field)[:_LONGEST], "there is no such field")
            elif isinstance(value, str):
                values[field] = value
            elif value is not None:
                self._note(path + field, "text is expected")
        filled = {field: value for field, value in values.items() if value.strip()}
        return Part(line=self._line, row=self._row, path=path, values=filled)

    def _note(self, field: str, reason: str) -> None:
        self._bad.append(BadRow(line=self._line, row=self._row, field=field, reason=reason))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in pairs:
        if name in said:
            raise _Twice(name[:_LONGEST])
        said[name] = value
    return said
