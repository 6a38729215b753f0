"""A part of a form, cut into what is always the same and the places that are filled."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from kanta_tenancy.kernel.records import Record


class Filling(Record, frozen=True, kw_only=True):
    """Values as bytes, escaped once, however often the document repeats them."""

    texts: Mapping[str, bytes]
    rows: Mapping[str, Sequence[Mapping[str, bytes]]]
    present: frozenset[str]
    signature_lines: Mapping[str, bytes]  # the attributes of each line, with a space before each
    drawings: Mapping[str, bytes]  # of charts, where they stand
    charts: Mapping[str, bytes]  # the part of each


class Segment(Protocol):
    def write(self, out: list[bytes], filling: Filling, item: Mapping[str, bytes]) -> None:
        """Add what stands here to a part.

        Args:
            out: the part as far as it is written.
            filling: the values of the whole document.
            item: the values of the item that is being repeated; empty outside a repetition.
        """
        ...


class Constant(Record, frozen=True, kw_only=True):
    content: bytes

    def write(self, out: list[bytes], _filling: Filling, _item: Mapping[str, bytes]) -> None:
        out.append(self.content)


class Text(Record, frozen=True, kw_only=True):
    name: str

    def write(self, out: list[bytes], filling: Filling, _item: Mapping[str, bytes]) -> None:
        out.append(filling.texts[self.name])


class ItemText(Record, frozen=True, kw_only=True):
    """A text of the item that is being repeated."""

    name: str

    def write(self, out: list[bytes], _filling: Filling, item: Mapping[str, bytes]) -> None:
        out.append(item[self.name])


class SignatureElement(Record, frozen=True, kw_only=True):
    """An `o:signatureline`, whose attributes say whom it is for."""

    name: str
    beginning: bytes  # the element up to the attributes that are filled

    def write(self, out: list[bytes], filling: Filling, _item: Mapping[str, bytes]) -> None:
        out += (self.beginning, filling.signature_lines[self.name], b"/>")


class Drawing(Record, frozen=True, kw_only=True):
    """Where a chart stands."""

    name: str

    def write(self, out: list[bytes], filling: Filling, _item: Mapping[str, bytes]) -> None:
        out.append(filling.drawings[self.name])


class Repetition(Record, frozen=True, kw_only=True):
    group: str
    segments: tuple[Segment, ...]
    otherwise: bytes  # what must stand here when there is nothing to repeat

    def write(self, out: list[bytes], filling: Filling, _item: Mapping[str, bytes]) -> None:
        items = filling.rows[self.group]
        for item in items:
            for segment in self.segments:
                segment.write(out, filling, item)
        if not items:
            out.append(self.otherwise)


class Choice(Record, frozen=True, kw_only=True):
    condition: str
    segments: tuple[Segment, ...]
    otherwise: bytes  # what must stand here when the condition does not hold

    def write(self, out: list[bytes], filling: Filling, item: Mapping[str, bytes]) -> None:
        if self.condition in filling.present:
            for segment in self.segments:
                segment.write(out, filling, item)
        else:
            out.append(self.otherwise)
