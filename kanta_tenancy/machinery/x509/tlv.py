"""DER as tag, length and value: enough to reach what the library cannot read, and to tell which bytes it was."""

from collections.abc import Iterator
from typing import Final

from kanta_tenancy.kernel.records import Record

INTEGER: Final = 0x02
OCTETS: Final = 0x04
SEQUENCE: Final = 0x30
VERSION: Final = 0xA0
EXTENSIONS: Final = 0xA3
LONG_FORM: Final = 0x80
_MOST_LENGTH_OCTETS: Final = 4


class NotDer(ValueError):
    """The bytes end too early, or a length is not one that DER knows."""


class Element(Record, frozen=True, kw_only=True):
    tag: int
    whole: bytes
    content: bytes


def element(data: bytes, at: int = 0) -> Element:
    """Read the element that begins at a place.

    Raises:
        NotDer: it is not whole, or its length cannot be read.
    """
    start, end = span(data, at)
    return Element(tag=data[at], whole=data[at:end], content=data[start:end])


def span(data: bytes, at: int = 0) -> tuple[int, int]:
    """Return where the content of the element at a place begins, and where it ends.

    Raises:
        NotDer: it is not whole, or its length cannot be read.
    """
    start = at + 2  # behind a tag and a length of one octet
    if len(data) < start:
        raise NotDer("too few bytes")
    length = data[at + 1]
    if length >= LONG_FORM:
        octets = length - LONG_FORM
        if not 1 <= octets <= _MOST_LENGTH_OCTETS or len(data) < start + octets:
            raise NotDer("a length that DER does not know")
        start, length = start + octets, int.from_bytes(data[start : start + octets], "big")
    end = start + length
    if len(data) < end:
        raise NotDer("too few bytes")
    return start, end


def elements(content: bytes) -> Iterator[Element]:
    """Read one element after the other.

    Raises:
        NotDer: what is left is none.
    """
    at = 0
    while at < len(content):
        one = element(content, at)
        yield one
        at += len(one.whole)


def written(tag: int, *contents: bytes) -> bytes:
    """Write an element."""
    content = b"".join(contents)
    if len(content) < LONG_FORM:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, LONG_FORM | len(length)]) + length + content
