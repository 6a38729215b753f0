"""A picture as an Enhanced Metafile, the format in which Office keeps the pictures of a signature line.

Text, lines and one colour of ground are all that such a picture needs.

Source: [MS-EMF] 2.3.
"""

import functools
import itertools
import struct
import unicodedata
from collections.abc import Iterable
from typing import Final

from kanta_tenancy.kernel.records import Record

_HEADER, _EOF, _SET_BACKGROUND_MODE, _SET_TEXT_ALIGN, _SET_TEXT_COLOUR, _MOVE_TO = 1, 14, 18, 22, 24, 27
_SELECT, _CREATE_PEN, _RECTANGLE, _LINE_TO, _CREATE_FONT, _TEXT = 37, 38, 43, 54, 82, 84
_WHITE_BRUSH, _NULL_PEN = 0x80000000, 0x80000008
_TRANSPARENT, _ON_BASELINE, _WEIGHT = 1, 24, 400
_FACE: Final = "Arial"
_ENHANCED: Final = 0x10000
_HEADER_SIZE: Final = 108
_TEXT_OFFSET: Final = 76  # of the characters, in a text record

_DEVICE_PIXELS: Final = (1920, 1080)
_DEVICE_MILLIMETRES: Final = (508, 286)
_HUNDREDTHS_PER_PIXEL: Final = _DEVICE_MILLIMETRES[0] * 100 / _DEVICE_PIXELS[0]

# Advance widths of Arial in thousandths of an em, from the space to the tilde; a letter with an accent is as wide as
# without, and any other character counts as an average one, so that it never overlaps its neighbour by much.
_WIDTHS: Final = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
_OTHER_WIDTHS: Final = {
    "·": 333, "\N{EN DASH}": 556, "\N{RIGHT SINGLE QUOTATION MARK}": 222, "…": 1000,
    "æ": 889, "Æ": 1000, "ø": 611, "Ø": 778, "ß": 611,
}  # fmt: skip
_AVERAGE: Final = 600
_WIDE: Final = 1000
_LAST_OF_ONE_UNIT: Final = 0xFFFF  # characters beyond take two UTF-16 code units
_FIRST_WIDE: Final = 0x1100  # from Hangul on, characters fill an em


class Text(Record, frozen=True, kw_only=True):
    """A line of text; coordinates and size in pixels."""

    x: int
    baseline: int
    size: int
    text: str
    colour: int = 0  # 0xBBGGRR


class Stroke(Record, frozen=True, kw_only=True):
    start: tuple[int, int]
    end: tuple[int, int]
    width: int = 1
    colour: int = 0


def width(text: str, size: int) -> int:
    """Estimate how many pixels a text takes."""
    return sum(_advances(text, size))


def picture(size: tuple[int, int], shapes: Iterable[Text | Stroke]) -> bytes:
    """Draw shapes, in their order, on a white ground."""
    records = [*_ground(size)]
    handle = 0
    for handle, shape in enumerate(shapes, start=1):
        records += _drawn(handle, shape)
    records.append(_END)
    return _header(size, records, handles=handle + 1) + b"".join(records)


@functools.lru_cache(maxsize=16)
def _ground(size: tuple[int, int]) -> tuple[bytes, ...]:
    return (
        _record(_SELECT, "<I", _NULL_PEN),
        _record(_SELECT, "<I", _WHITE_BRUSH),
        _record(_RECTANGLE, "<4i", 0, 0, size[0], size[1]),
        _record(_SET_BACKGROUND_MODE, "<I", _TRANSPARENT),
        _record(_SET_TEXT_ALIGN, "<I", _ON_BASELINE),
    )


@functools.lru_cache(maxsize=1024)  # titles and most names are in many pictures
def _drawn(handle: int, shape: Text | Stroke) -> tuple[bytes, ...]:
    return _text(handle, shape) if isinstance(shape, Text) else _stroke(handle, shape)


def _text(handle: int, shape: Text) -> tuple[bytes, ...]:
    encoded = shape.text.encode("utf-16-le")
    padded = encoded + b"\0" * (-len(encoded) % 4)
    advances = _advances(shape.text, shape.size)
    unbounded = (0, 0, -1, -1)
    head = struct.pack("<4i", *unbounded) + struct.pack("<Iff", 1, _HUNDREDTHS_PER_PIXEL, _HUNDREDTHS_PER_PIXEL)
    where = struct.pack("<iiIII", shape.x, shape.baseline, len(advances), _TEXT_OFFSET, 0)
    spacing = struct.pack("<4iI", *unbounded, _TEXT_OFFSET + len(padded)) + padded
    body = head + where + spacing + struct.pack(f"<{len(advances)}I", *advances)
    return (
        _font(handle, shape.size),
        _record(_SELECT, "<I", handle),
        _record(_SET_TEXT_COLOUR, "<I", shape.colour),
        struct.pack("<II", _TEXT, 8 + len(body)) + body,
    )


def _stroke(handle: int, shape: Stroke) -> tuple[bytes, ...]:
    return (
        _record(_CREATE_PEN, "<IIiiI", handle, 0, shape.width, 0, shape.colour),
        _record(_SELECT, "<I", handle),
        _record(_MOVE_TO, "<ii", *shape.start),
        _record(_LINE_TO, "<ii", *shape.end),
    )


def _font(handle: int, size: int) -> bytes:
    face = _FACE.encode("utf-16-le").ljust(64, b"\0")
    logical = struct.pack("<5i8B", -size, 0, 0, 0, _WEIGHT, *bytes(8)) + face
    return struct.pack("<III", _CREATE_FONT, 12 + 320, handle) + logical.ljust(320, b"\0")


@functools.lru_cache(maxsize=1024)  # first to see how much room a text takes, then to draw it
def _advances(text: str, size: int) -> tuple[int, ...]:
    """Return one advance for each UTF-16 code unit; the second of a pair has none."""
    return tuple(itertools.chain.from_iterable(_advance(character, size) for character in text))


@functools.lru_cache(maxsize=4096)
def _advance(character: str, size: int) -> tuple[int, ...]:
    own = round(_thousandths(character) * size / 1000)
    return (own, 0) if ord(character) > _LAST_OF_ONE_UNIT else (own,)


def _thousandths(character: str) -> int:
    plain = unicodedata.normalize("NFD", character)[0]
    place = ord(plain) - ord(" ")
    if 0 <= place < len(_WIDTHS):
        return _WIDTHS[place]
    return _WIDE if ord(plain) >= _FIRST_WIDE else _OTHER_WIDTHS.get(plain, _AVERAGE)


def _record(kind: int, form: str, *values: int) -> bytes:
    return struct.pack("<II", kind, 8 + struct.calcsize(form)) + struct.pack(form, *values)


_END: Final = _record(_EOF, "<3I", 0, 16, 20)


def _header(size: tuple[int, int], records: list[bytes], *, handles: int) -> bytes:
    frame = tuple(round(pixels * _HUNDREDTHS_PER_PIXEL) for pixels in size)
    length = _HEADER_SIZE + sum(map(len, records))
    bounds = struct.pack("<8i", 0, 0, size[0] - 1, size[1] - 1, 0, 0, *frame)
    counts = struct.pack("<IIIHH", _ENHANCED, length, len(records) + 1, handles, 0)
    device = struct.pack("<3I4i", 0, 0, 0, *_DEVICE_PIXELS, *_DEVICE_MILLIMETRES)
    micrometres = struct.pack("<3I2i", 0, 0, 0, *(length * 1000 for length in _DEVICE_MILLIMETRES))
    return struct.pack("<II", _HEADER, _HEADER_SIZE) + bounds + b" EMF" + counts + device + micrometres
