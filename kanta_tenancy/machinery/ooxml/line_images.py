"""The two pictures of a signed signature line: what it shows when the signature holds, and when it does not."""

import functools
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.ooxml.emf import Stroke, Text, picture, width
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine

_SIZE: Final = (256, 128)  # 192 by 96 points, as large as the line that Office draws
_LEFT, _NAME_LEFT, _RIGHT = 8, 28, 248
_RULE: Final = 78
_NAME_SIZES: Final = range(22, 9, -1)
_GREY, _RED = 0x606060, 0x2020C0
# The picture may be seen by a reader of any of the three languages.
_INVALID: Final = "Virheellinen · Ogiltig · Invalid"
_ELLIPSIS: Final = "…"


def line_images(line: SignatureLine, name: str, at: datetime) -> tuple[bytes, bytes]:
    """Draw the picture of a signature that holds, and that of one that does not.

    Args:
        name: what stands on the line, as a signature would.
    """
    return _drawn(name, line.suggested_signer, line.title, day_in_finland(at).isoformat())


@functools.lru_cache(maxsize=128)  # a signatory signs many documents in a day
def _drawn(name: str, signer: str, title: str, day: str) -> tuple[bytes, bytes]:
    shapes = (*_signature(name), *_below(signer, title))
    dated = Text(x=_RIGHT - width(day, 11), baseline=16, size=11, text=day, colour=_GREY)
    warning = Text(x=_LEFT, baseline=16, size=12, text=_INVALID, colour=_RED)
    crossed = Stroke(start=(_LEFT, _RULE - 4), end=(_RIGHT, 30), width=2, colour=_RED)
    return picture(_SIZE, (dated, *shapes)), picture(_SIZE, (warning, *shapes, crossed))


@functools.lru_cache(maxsize=128)
def unsigned_image(name: str, title: str) -> bytes:
    """Draw a line that nobody has signed yet: a place for the signature over the name and title of the signatory."""
    return picture(_SIZE, (*_place(), *_below(name, title)))


def _signature(name: str) -> Iterator[Text | Stroke]:
    yield from _place()
    room = _RIGHT - _NAME_LEFT
    size = next((size for size in _NAME_SIZES if width(name, size) <= room), _NAME_SIZES[-1])
    yield Text(x=_NAME_LEFT, baseline=_RULE - 6, size=size, text=_fitting(name, size, room))


def _place() -> Iterator[Text | Stroke]:
    yield Text(x=_LEFT, baseline=_RULE - 6, size=16, text="X")
    yield Stroke(start=(_LEFT, _RULE), end=(_RIGHT, _RULE))


def _below(name: str, title: str) -> Iterator[Text]:
    room = _RIGHT - _LEFT
    for baseline, size, text in ((94, 12, name), (110, 11, title)):
        if text.strip():
            yield Text(x=_LEFT, baseline=baseline, size=size, text=_fitting(text, size, room), colour=_GREY)


def _fitting(text: str, size: int, room: int) -> str:
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept + _ELLIPSIS, size) > room:
        kept = kept[:-1]
    return kept + _ELLIPSIS
