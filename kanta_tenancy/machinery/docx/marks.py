"""Marks in a part's XML, and the part cut where they stand."""

import re
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.segments import (
    Choice,
    Constant,
    Drawing,
    ItemText,
    Repetition,
    Segment,
    SignatureElement,
    Text,
)

_TARGET: Final = "kanta-slot"  # a part is freed of all other processing instructions before it is marked
_MARK: Final = re.compile(rb"<\?kanta-slot (\d+)\?>")
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class OpenRepetition(Record, frozen=True, kw_only=True):
    group: str
    otherwise: bytes

    def closed(self, segments: tuple[Segment, ...]) -> Segment:
        return Repetition(group=self.group, segments=segments, otherwise=self.otherwise)


class OpenChoice(Record, frozen=True, kw_only=True):
    condition: str
    otherwise: bytes

    def closed(self, segments: tuple[Segment, ...]) -> Segment:
        return Choice(condition=self.condition, segments=segments, otherwise=self.otherwise)


class Close(Record, frozen=True, kw_only=True):
    """The end of what was opened last."""


Opening = OpenRepetition | OpenChoice
Mark = Text | ItemText | SignatureElement | Drawing | Opening | Close


class Marks:
    """The marks of one part, each standing in the tree as a numbered processing instruction."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []

    def add(self, mark: Mark) -> etree._Element:
        self._marks.append(mark)
        return etree.ProcessingInstruction(_TARGET, str(len(self._marks) - 1))

    def cut(self, root: etree._Element) -> tuple[Segment, ...]:
        """Write the part and cut it at the marks; what stands between an opening and its close becomes one segment."""
        pieces = _MARK.split(_DECLARATION + etree.tostring(root, encoding="UTF-8"))
        levels: list[list[Segment]] = [[]]
        opened: list[Opening] = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                if piece:
                    levels[-1].append(Constant(content=piece))
                continue
            mark = self._marks[int(piece)]
            if isinstance(mark, Opening):
                opened.append(mark)
                levels.append([])
            elif isinstance(mark, Close):
                inside = tuple(levels.pop())
                levels[-1].append(opened.pop().closed(inside))
            else:
                levels[-1].append(mark)
        return tuple(levels[0])
