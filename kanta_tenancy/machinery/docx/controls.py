"""Content controls as they stand in a part: which place each one names, and what it stands around."""

import enum
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.contract import NAME
from kanta_tenancy.machinery.docx.wordml import W15, value, w


class Kind(enum.StrEnum):
    TEXT = "text"
    EACH = "each"
    IF = "if"
    SIGNATURE_LINE = "signature_line"
    CHART = "chart"
    PLAIN = "plain"  # a frame of Word's own, such as a table of contents: its content stays as it is
    UNTAGGED = "untagged"
    UNREADABLE = "unreadable"  # a tag that is not written as the placeholder language asks


class Level(enum.StrEnum):
    """What a control stands around, which is also what it stands among."""

    BLOCK = "paragraphs"
    ROW = "table rows"
    CELL = "a table cell"
    RUN = "text"
    EMPTY = "nothing"


class Control(Record, frozen=True, kw_only=True):
    element: etree._Element
    kind: Kind
    name: str
    tag: str
    level: Level


_PREFIXES: Final = (Kind.EACH, Kind.IF, Kind.SIGNATURE_LINE, Kind.CHART)
_FRAMES: Final = (w("docPartObj"), w("docPartList"), w("group"), w("citation"), w("bibliography"))
_LEVELS: Final = {
    w("p"): Level.BLOCK,
    w("tbl"): Level.BLOCK,
    w("tr"): Level.ROW,
    w("tc"): Level.CELL,
    w("r"): Level.RUN,
    w("hyperlink"): Level.RUN,
    w("fldSimple"): Level.RUN,
    w("smartTag"): Level.RUN,
}
_HOLDERS: Final = {
    w("body"): Level.BLOCK,
    w("tc"): Level.BLOCK,
    w("hdr"): Level.BLOCK,
    w("ftr"): Level.BLOCK,
    w("footnote"): Level.BLOCK,
    w("endnote"): Level.BLOCK,
    w("txbxContent"): Level.BLOCK,
    w("tbl"): Level.ROW,
    w("tr"): Level.CELL,
    w("p"): Level.RUN,
    w("hyperlink"): Level.RUN,
    w("smartTag"): Level.RUN,
    w("fldSimple"): Level.RUN,
}


def controls_of(root: etree._Element) -> Iterator[Control]:
    """Yield the content controls of a part in document order, the outer before the inner."""
    for element in root.iter(w("sdt")):
        yield control_of(element)


def control_of(element: etree._Element) -> Control:
    properties = element.find(w("sdtPr"))
    tag = "" if properties is None else value(properties.find(w("tag"))).strip()
    kind, name = _read_tag(tag) if tag else (_untagged(properties), "")
    return Control(element=element, kind=kind, name=name, tag=tag, level=level_of(content_of(element)))


def content_of(element: etree._Element) -> etree._Element | None:
    return element.find(w("sdtContent"))


def level_of(content: etree._Element | None) -> Level:
    """Tell what the children of a control's content are; a control inside speaks for its own content."""
    for child in () if content is None else content:
        if child.tag == w("sdt"):
            inner = level_of(content_of(child))
            if inner is not Level.EMPTY:
                return inner
        elif child.tag in _LEVELS:
            return _LEVELS[str(child.tag)]
    return Level.EMPTY


def level_around(element: etree._Element) -> Level:
    """Tell what may stand where a control stands, looking through the controls around it."""
    for ancestor in element.iterancestors():
        if ancestor.tag not in {w("sdt"), w("sdtContent")}:
            return _HOLDERS.get(str(ancestor.tag), Level.EMPTY)
    return Level.EMPTY


def controls_around(element: etree._Element) -> Iterator[Control]:
    """Yield the controls that an element stands in, the nearest first; the element itself is not among them."""
    for ancestor in element.iterancestors(w("sdt")):
        yield control_of(ancestor)


def title_of(element: etree._Element) -> str:
    """Return the title that Word shows on the control, for those that have no tag."""
    properties = element.find(w("sdtPr"))
    return "" if properties is None else value(properties.find(w("alias")))


def _read_tag(tag: str) -> tuple[Kind, str]:
    prefix, colon, rest = tag.partition(":")
    kind, name = (Kind(prefix), rest) if colon and prefix in _PREFIXES else (Kind.TEXT, tag)
    return (kind, name) if NAME.fullmatch(name) else (Kind.UNREADABLE, tag)


def _untagged(properties: etree._Element | None) -> Kind:
    if properties is None:
        return Kind.UNTAGGED
    is_frame = any(child.tag in _FRAMES or child.tag == f"{{{W15}}}repeatingSectionItem" for child in properties)
    return Kind.PLAIN if is_frame else Kind.UNTAGGED
