"""Markup that a document to be signed may not have: tracked changes, inserted content, damage (rules R8 and R9)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.wordml import OFFICE, VML, w

_TRACKED: Final = "There is a tracked change; accept or reject all changes."
_COMMENT: Final = "There is a comment; delete all comments."
_REFUSED: Final = {
    **{
        w(name): _TRACKED
        for name in (
            "ins", "del", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart", "delText", "delInstrText",
            "cellIns", "cellDel", "cellMerge", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange",
            "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange", "numberingChange",
            "customXmlInsRangeStart", "customXmlDelRangeStart", "customXmlMoveFromRangeStart",
            "customXmlMoveToRangeStart",
        )
    },
    **{w(name): _COMMENT for name in ("commentReference", "commentRangeStart", "commentRangeEnd")},
    w("altChunk"): "The content of another file is inserted here (altChunk).",
    w("subDoc"): "A subdocument is inserted here.",
    w("contentPart"): "Content of another kind is inserted here (contentPart).",
    w("object"): "There is an embedded object.",
    w("control"): "There is an ActiveX control.",
    w("movie"): "There is a film.",
    w("hidden"): "There is a hidden table row.",
    w("customXml"): "There is custom XML markup; save the document in a current version of Word.",
    f"{{{OFFICE}}}OLEObject": "There is an embedded object.",
}  # fmt: skip
# They may follow the last paragraph of a cell: where something that begins elsewhere ends.
_MARKS: Final = {w(name) for name in ("bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd")}
_ADDRESSES: Final = ("src", "href", f"{{{OFFICE}}}href", f"{{{OFFICE}}}src")
_VML: Final = f"{{{VML}}}*"
_DRAWING_PROPERTIES: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def check_markup(story: Story) -> Iterator[Finding]:
    """Find elements that bring in or hide what the signatories do not see, and cells that Word would repair."""
    for element in story.root.iter(*_REFUSED):
        yield story.finding(element, _REFUSED[str(element.tag)], rule="R9")
    for element in story.root.iter(_VML):
        if _has_address(element):
            yield story.finding(
                element, "A drawing is fetched from outside, or leads outside, the document.", rule="R9"
            )
    for element in story.root.iter(_DRAWING_PROPERTIES):
        if element.get("hidden", "0") not in {"0", "false"}:
            yield story.finding(element, "There is a hidden drawing.", rule="R9")
    for cell in story.root.iter(w("tc")):
        if not _ends_with_paragraph(cell):
            detail = "A table cell does not end with a paragraph; Word would offer to repair the document."
            yield story.finding(cell, detail, rule="R8")


def _ends_with_paragraph(holder: etree._Element) -> bool:
    last = next((child for child in holder.iterchildren(reversed=True) if child.tag not in _MARKS), None)
    return last is not None and last.tag in {w("p"), w("sdt")}


def _has_address(element: etree._Element) -> bool:
    return any(element.get(name) for name in _ADDRESSES)
