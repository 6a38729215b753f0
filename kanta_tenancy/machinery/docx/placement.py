"""Whether the content controls of a template are those of the contract, and stand where they can be filled."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.docx.contract import Contract
from kanta_tenancy.machinery.docx.controls import (
    Control,
    Kind,
    Level,
    control_of,
    controls_around,
    controls_of,
    level_around,
    title_of,
)
from kanta_tenancy.machinery.docx.fields import controls_in_codes
from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.wordml import W15, value, w

_LEVELS: Final = {
    Kind.TEXT: (Level.RUN, Level.BLOCK, Level.CELL, Level.EMPTY),
    Kind.EACH: (Level.BLOCK, Level.ROW),
    Kind.IF: (Level.BLOCK, Level.ROW, Level.RUN),
    Kind.SIGNATURE_LINE: (Level.RUN, Level.BLOCK, Level.CELL),
    Kind.CHART: (Level.BLOCK,),
}
_MUST_NOT_HOLD: Final = {
    Kind.TEXT: frozenset(Kind),
    Kind.SIGNATURE_LINE: frozenset(Kind),
    Kind.CHART: frozenset(Kind),
    Kind.EACH: frozenset({Kind.EACH, Kind.SIGNATURE_LINE}),
    Kind.IF: frozenset[Kind](),
}
_CANNOT_REPEAT: Final = tuple(
    w(name) for name in ("drawing", "pict", "footnoteReference", "endnoteReference", "sectPr")
)
_BINDINGS: Final = frozenset({w("dataBinding"), f"{{{W15}}}dataBinding"})
GO_BACK: Final = "_GoBack"  # Word's own bookmark of where the author was last


class Placement:
    """Checks the controls of one part against a contract."""

    def __init__(self, story: Story, contract: Contract) -> None:
        self._story = story
        self._contract = contract
        self._in_codes = controls_in_codes(story.root)

    def check(self) -> Iterator[Finding]:
        for control in controls_of(self._story.root):
            for detail in self._flaws(control):
                yield self._story.finding(control.element, detail, tag=control.tag)

    def _flaws(self, control: Control) -> Iterator[str]:
        if control.kind in _LEVELS:
            yield from self._of_name(control)
            yield from _of_level(control)
            yield from _of_inside(control)
        elif control.kind is Kind.UNTAGGED:
            yield f"The content control{_titled(control.element)} has no tag, so nothing would be filled in."
        elif control.kind is Kind.UNREADABLE:
            yield "The tag is no name; a name has lower-case letters, digits, “_” and dots: tenant.name, each:services."
        yield from self._of_surroundings(control.element)

    def _of_name(self, control: Control) -> Iterator[str]:
        name = control.name
        known = {
            Kind.TEXT: self._contract.texts.all(),
            Kind.EACH: {group.name for group in self._contract.groups},
            Kind.IF: self._contract.conditions.all(),
            Kind.SIGNATURE_LINE: self._contract.signature_lines.all(),
            Kind.CHART: self._contract.charts.all(),
        }[control.kind]
        groups = [group.name for group in self._contract.groups if name in group.items.all()]
        if control.kind is Kind.TEXT and groups:
            if not any(outer.kind is Kind.EACH and outer.name in groups for outer in controls_around(control.element)):
                yield f"The placeholder belongs inside a content control each:{groups[0]}."
        elif name not in known:
            yield "No placeholder has this name."

    def _of_surroundings(self, element: etree._Element) -> Iterator[str]:
        if any(child.tag in _BINDINGS for child in element.iterfind(f"{w('sdtPr')}/*")):
            yield "The content control is bound to custom XML; remove the mapping."
        if element in self._in_codes:
            yield "The content control stands in the code of a field, where text would become part of the code."


def _titled(element: etree._Element) -> str:
    title = title_of(element)
    return f" “{title}”" if title else ""


def _of_level(control: Control) -> Iterator[str]:
    possible = _LEVELS[control.kind]
    here = Level.RUN if control.level is Level.EMPTY else control.level
    if control.level not in possible:
        around = " or ".join(level for level in possible if level is not Level.EMPTY)
        yield f"The content control stands around {control.level}; it can only stand around {around}."
    elif here is not level_around(control.element):
        yield f"The content control stands around {control.level} in a place where that cannot be."
    elif control.kind in {Kind.TEXT, Kind.CHART} and not _is_one_paragraph(control):
        yield f"The content control of a {control.kind} stands around more than one paragraph."
    elif control.level is Level.ROW and not _keeps_a_row(control.element):
        yield "All rows of the table could be left out; keep one, such as a heading row, outside the content controls."


def _is_one_paragraph(control: Control) -> bool:
    if control.level not in {Level.BLOCK, Level.CELL}:
        return True
    counts = [sum(1 for _ in control.element.iter(w(name))) for name in ("p", "tbl", "tc")]
    return counts == [1, 0, 1 if control.level is Level.CELL else 0]


def _keeps_a_row(element: etree._Element) -> bool:
    table = next(element.iterancestors(w("tbl")))
    return any(_always_stays(row, table) for row in table.iter(w("tr")))


def _always_stays(row: etree._Element, table: etree._Element) -> bool:
    """Tell whether a row of this very table is there whatever the values are."""
    for ancestor in row.iterancestors():
        if ancestor is table:
            return True
        is_frame = ancestor.tag == w("sdtContent")
        if not is_frame and (ancestor.tag != w("sdt") or control_of(ancestor).kind in {Kind.EACH, Kind.IF}):
            return False
    return False


def _of_inside(control: Control) -> Iterator[str]:
    inner = [other for other in controls_of(control.element) if other.element is not control.element]
    for other in inner:
        if other.kind in _MUST_NOT_HOLD[control.kind]:
            yield f"The content control {other.tag or 'without a tag'} stands inside it, where it cannot be filled."
    if control.kind is Kind.CHART and any(True for _ in controls_around(control.element)):
        yield "The chart stands in another content control; it is there once, whatever the values are."
    if control.kind is Kind.EACH and any(True for _ in control.element.iter(*_CANNOT_REPEAT)):
        yield "It holds a picture, a note or a section break, which cannot be repeated."
    if _cuts_a_field(control.element):
        yield "A field begins inside it and ends outside, or the other way round."
    if _cuts_a_bookmark(control.element):
        yield "A bookmark begins inside it and ends outside, or the other way round."


def _cuts_a_field(element: etree._Element) -> bool:
    depth = 0
    for mark in element.iter(w("fldChar")):
        depth += {"begin": 1, "end": -1}.get(value(mark, "fldCharType"), 0)
        if depth < 0:
            return True
    return depth != 0


def _cuts_a_bookmark(element: etree._Element) -> bool:
    begins = {value(mark, "id") for mark in element.iter(w("bookmarkStart"))}
    ends = {value(mark, "id") for mark in element.iter(w("bookmarkEnd"))}
    root = element.getroottree().getroot()
    own = {value(mark, "id") for mark in root.iter(w("bookmarkStart")) if value(mark, "name") == GO_BACK}
    return bool((begins ^ ends) - own)
