"""What a client sends, read strictly: one pass into the declared type, every flaw named by its field."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.web.errors import RequestInvalid, RequestMalformed

T = TypeVar("T")

_LONGEST: Final = 200  # characters of the client's text that we repeat

_WHERE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>.*)`)?$", re.DOTALL)
_FIELD_OF_OBJECT: Final = re.compile(r"field `(?P<name>.*)`$", re.DOTALL)
_BARE_PATH: Final = re.compile(r"\$\.?")
_KIND: Final = re.compile(r"`([^`]*)`")
_PLAIN_KIND: Final[Mapping[str, str]] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a date and time",
    "date": "a date",
    "uuid": "a UUID",
}
_PLAIN_SENTENCE: Final[Mapping[str, str]] = {
    "Invalid RFC3339 encoded date": "Expected a day of the calendar, written YYYY-MM-DD",
    "Invalid RFC3339 encoded datetime": "Expected a date and time, written like 2026-03-02T09:00:00Z",
    "Invalid UUID": "Expected a UUID",
}
_PLAIN_LIMIT: Final[Mapping[str, str]] = {
    " of length <=": " no longer than",
    " of length >=": " no shorter than",
    "<=": "at most",
    ">=": "at least",
    "with a timezone component": "with its offset from UTC, such as Z or +02:00",
}
_DECODERS: Final[dict[Any, "msgspec.json.Decoder[Any]"]] = {}  # one for each body that a route declares


class StrictRequest(Request[Caller, Any, Any]):
    """A request whose JSON is read into the type that its route declares, and nothing else."""

    async def json(self) -> Any:
        field = self.route_handler.parsed_data_field
        kind = Any if field is None else field.annotation
        return read_json(await self.body(), kind)

    async def body(self) -> bytes:
        try:
            return await super().body()
        except InternalServerException as error:
            raise RequestMalformed("The body ended before it was complete.") from error

    async def refuse_body(self) -> None:
        """Refuse any body, for a route that takes none.

        Raises:
            RequestInvalid: there is one; a long one is not read to its end.
        """
        if self.content_length or await self._holds_anything():
            raise RequestInvalid("This operation takes no body.")

    async def _holds_anything(self) -> bool:
        try:
            return bool(await self.body())
        except RequestEntityTooLarge:
            return True


def read_json(raw: bytes, kind: type[T]) -> T:
    """Read one JSON document.

    A kind with a classmethod `refuse` is shown what came when that is not what the kind says, and may refuse it in
    words of its own room.

    Raises:
        RequestMalformed: it is no JSON, or it names a field of an object twice.
        RequestInvalid: it is JSON, but not what `kind` says, or holds what no database stores.
    """
    try:
        value: T = _decoder(kind).decode(raw)
        _NAMES.decode(raw.decode())
        refuse_unstorable(value)
    except msgspec.ValidationError as error:
        _let_refuse(kind, raw)
        raise _invalid(flaw_of(error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise RequestMalformed(_not_json(error)) from error
    return value


def _let_refuse(kind: Any, raw: bytes) -> None:
    refuse = getattr(kind, "refuse", None)
    if refuse is not None:
        with suppress(msgspec.DecodeError, UnicodeError, RecursionError):  # it is no JSON further on
            refuse(msgspec.json.decode(raw))


def refuse_unstorable(value: object) -> None:
    """Refuse what a type allows and a database does not: U+0000, naive instants, years 1 and 9999.

    Raises:
        RequestInvalid: with the first such value's field.
    """
    found = _unstorable(value)
    if found is not None:
        path, sentence = found
        raise _invalid(Flaw(field=printable(path.removeprefix(".")), detail=sentence))


def flaw_of(error: msgspec.ValidationError) -> Flaw:
    """Turn what msgspec says into the field, as the client knows it, and a sentence without jargon."""
    match = _WHERE.match(str(error))
    what, path = (match["what"], match["path"] or "") if match else (str(error), "")
    field = _BARE_PATH.sub("", path.rpartition(" ")[2].strip("`"), count=1)
    named = _FIELD_OF_OBJECT.search(what)
    if named is not None:
        field = f"{field}.{named['name']}" if field else named["name"]
        what = "There is no such field" if "unknown" in what else "This field is required"
    return Flaw(field=printable(field), detail=f"{_plain(what)}.")


def _plain(what: str) -> str:
    if what.startswith("Invalid enum value"):  # without the value: it may be anything
        return "Expected one of the values that the documentation lists"
    what = _PLAIN_SENTENCE.get(what, what)
    for formal, plain in _PLAIN_LIMIT.items():
        what = what.replace(formal, plain)
    return printable(_KIND.sub(lambda kind: " or ".join(map(_plain_kind, kind[1].split(" | "))), what))


def _plain_kind(kind: str) -> str:
    return _PLAIN_KIND.get(kind, kind)


def printable(text: str) -> str:
    """Return a text of the client's as it may stand in a sentence of ours: short, and on one line."""
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return (
        shown if shown.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    )


def _invalid(flaw: Flaw) -> RequestInvalid:
    return RequestInvalid(f"{flaw.field or 'The body'}: {flaw.detail}", flaws=(flaw,))


def _not_json(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "The body is not UTF-8."
    if isinstance(error, RecursionError):
        return "The body is nested too deeply."
    return "The body is not JSON (RFC 8259)."


def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    return _DECODERS[kind]


def _each_once(pairs: Sequence[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RequestMalformed(
            "A field of an object is given twice.", flaws=(Flaw(field=printable(twice), detail="Given twice."),)
        )


_NAMES: Final = json.JSONDecoder(object_pairs_hook=_each_once, parse_int=str, parse_float=str)


def _unstorable(value: object) -> tuple[str, str] | None:
    """Return path and sentence of the first value that cannot be stored; a path is made only when there is one."""
    if isinstance(value, str):
        return ("", "The character U+0000 cannot be stored.") if "\0" in value else None
    if isinstance(value, date):
        return _unstorable_time(value)
    if isinstance(value, msgspec.Struct):
        return _unstorable_field(msgspec.structs.asdict(value).items())
    if isinstance(value, list | tuple):
        return _unstorable_item(value)
    if isinstance(value, dict):
        return _unstorable_field((key, key) for key in value) or _unstorable_field(value.items())
    return None


def _unstorable_field(fields: Iterable[tuple[object, object]]) -> tuple[str, str] | None:
    for name, value in fields:
        found = _unstorable(value)
        if found is not None:
            return f".{name}{found[0]}", found[1]
    return None


def _unstorable_item(items: Sequence[object]) -> tuple[str, str] | None:
    for position, item in enumerate(items):
        found = _unstorable(item)
        if found is not None:
            return f"[{position}]{found[0]}", found[1]
    return None


def _unstorable_time(value: date) -> tuple[str, str] | None:
    if isinstance(value, datetime) and value.tzinfo is None:
        return "", "An instant must carry its offset from UTC, such as Z or +02:00."
    if not date.min.year < value.year < date.max.year:
        return "", "The year must lie between 2 and 9998."
    return None
