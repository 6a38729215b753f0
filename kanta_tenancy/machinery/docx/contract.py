"""What a form must offer, and what it is filled with."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from kanta_tenancy.kernel.records import Record

NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


class Names(Record, frozen=True, kw_only=True):
    """Names that a template must use, and names that it may use."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    def all(self) -> frozenset[str]:
        return self.required | self.optional


class Group(Record, frozen=True, kw_only=True):
    """Something printed once per item: `each:services`, with `service.name` and so on inside.

    A template needs the group when it needs any of its items.
    """

    name: str
    items: Names  # whole names, prefix included: `service.name`


class BarChart(Record, frozen=True, kw_only=True):
    """One bar for each label, drawn by whatever shows the document, from figures that stand in the document itself."""

    title: str  # what is counted
    alternative: str  # what is read aloud in its place; the figures stand in a table beside it too
    bars: tuple[tuple[str, int], ...]  # label and number, in order
    upright: bool = False  # bars stand, for many short labels; else they lie, for labels of several words


class Contract(Record, frozen=True, kw_only=True):
    """Every placeholder that a kind of template knows."""

    texts: Names = Names()
    groups: tuple[Group, ...] = ()
    conditions: Names = Names()
    signature_lines: Names = Names()
    charts: Names = Names()
    line_conditions: Mapping[str, str] = {}  # the condition that a line must stand in; the others stand in none
    line_pictures: frozenset[str] = frozenset()  # content types that a line's picture may have; none named: any

    def group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)


class SignatureLine(Record, frozen=True, kw_only=True):
    """Whom a signature line is for, and the picture that stands there until it is signed."""

    id: str  # "{GUID}" in capitals, as the signature's SetupID repeats it
    name: str
    title: str
    email: str
    image: bytes  # of the same kind as the template's own picture: EMF, PNG …


class Properties(Record, frozen=True, kw_only=True):
    """The core properties of an issued document; nothing else is said about where it came from."""

    title: str
    language: str
    creator: str
    at: datetime


class Values(Record, frozen=True, kw_only=True):
    """What one document says: a text for every name of the contract, used by the template or not."""

    properties: Properties
    texts: Mapping[str, str]
    rows: Mapping[str, Sequence[Mapping[str, str]]]
    present: AbstractSet[str]  # the conditions that hold
    signature_lines: Mapping[str, SignatureLine]  # exactly those that the present conditions show
    charts: Mapping[str, BarChart] = {}
