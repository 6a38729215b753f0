"""A part of a form, cut into what is always the same and the places that are filled.

What is the same is deflated when the template is compiled. A full flush ends each piece at a byte and forgets the
window, so that pieces can be joined in any order; what is filled in goes between them as stored blocks. Filling
therefore compresses nothing, and its result depends on no processor's way of compressing.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from isal import isal_zlib

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.archive import Packed
from kanta_tenancy.machinery.opc.zip_layout import DEFLATED

_STORED_BLOCK: Final = struct.Struct("<BHH")
_LONGEST_BLOCK: Final = 0xFFFF
_LAST_BLOCK: Final = b"\x03\x00"  # an empty block that says: nothing follows
_RAW_DEFLATE: Final = -15


class Filling(Record, frozen=True, kw_only=True):
    """Values as bytes, escaped once, however often the document repeats them."""

    texts: Mapping[str, bytes]
    rows: Mapping[str, Sequence[Mapping[str, bytes]]]
    present: frozenset[str]
    signature_lines: Mapping[str, bytes]  # the attributes of each line, with a space before each


class Page:
    """A part while it is being written: its bytes, and the same bytes as they will be packed."""

    __slots__ = ("item", "packed", "plain")

    def __init__(self) -> None:
        self.plain: list[bytes] = []
        self.packed: list[bytes] = []
        self.item: Mapping[str, bytes] = {}

    def write(self, content: bytes) -> None:
        self.plain.append(content)
        for start in range(0, len(content), _LONGEST_BLOCK):
            block = content[start : start + _LONGEST_BLOCK]
            self.packed += (_STORED_BLOCK.pack(0, len(block), len(block) ^ 0xFFFF), block)

    def entry(self, name: str) -> Packed:
        content = b"".join(self.plain)
        self.packed.append(_LAST_BLOCK)
        raw = b"".join(self.packed)
        return Packed(name=name, method=DEFLATED, crc=isal_zlib.crc32(content), size=len(content), raw=raw)


class Segment(Protocol):
    def write(self, page: Page, filling: Filling) -> None: ...


class Constant(Record, frozen=True, kw_only=True):
    plain: bytes
    packed: bytes

    def write(self, page: Page, _filling: Filling) -> None:
        page.plain.append(self.plain)
        page.packed.append(self.packed)


class Text(Record, frozen=True, kw_only=True):
    name: str

    def write(self, page: Page, filling: Filling) -> None:
        page.write(filling.texts[self.name])


class ItemText(Record, frozen=True, kw_only=True):
    """A text of the item that is being repeated."""

    name: str

    def write(self, page: Page, _filling: Filling) -> None:
        page.write(page.item[self.name])


class SignatureElement(Record, frozen=True, kw_only=True):
    """An `o:signatureline`, whose attributes say whom it is for."""

    name: str
    beginning: bytes  # the element up to the attributes that are filled

    def write(self, page: Page, filling: Filling) -> None:
        page.write(self.beginning + filling.signature_lines[self.name] + b"/>")


class Repetition(Record, frozen=True, kw_only=True):
    group: str
    segments: tuple[Segment, ...]
    otherwise: bytes  # what must stand here when there is nothing to repeat

    def write(self, page: Page, filling: Filling) -> None:
        items = filling.rows[self.group]
        for page.item in items:
            for segment in self.segments:
                segment.write(page, filling)
        if not items and self.otherwise:
            page.write(self.otherwise)


class Choice(Record, frozen=True, kw_only=True):
    condition: str
    segments: tuple[Segment, ...]
    otherwise: bytes

    def write(self, page: Page, filling: Filling) -> None:
        if self.condition in filling.present:
            for segment in self.segments:
                segment.write(page, filling)
        elif self.otherwise:
            page.write(self.otherwise)


def constant(content: bytes) -> Constant:
    """Deflate a piece so that it can stand between others."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    return Constant(plain=content, packed=deflater.compress(content) + deflater.flush(zlib.Z_FULL_FLUSH))
