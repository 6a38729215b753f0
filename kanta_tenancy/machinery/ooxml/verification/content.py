"""What a signed document may contain at all: one Word document that shows what was signed (rules R1, R4, R8, R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.names import SIGNATURE_TYPE
from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.ooxml.verification import fields, hidden
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import (
    EMBEDDED_FONTS,
    OFFICE_VML,
    TRACKED,
    WORD_2012,
    both,
)
from kanta_tenancy.machinery.opc import BrokenPackage, Package, Relationship
from kanta_tenancy.machinery.opc.names import HYPERLINK
from kanta_tenancy.machinery.opc.relationships import relationships_part

_WEB_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x1f]+", re.IGNORECASE)
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*<")
_REFUSED_ELEMENTS: Final = {
    **dict.fromkeys(TRACKED, "It has tracked changes."),
    **dict.fromkeys(EMBEDDED_FONTS, "It embeds a font."),
    **dict.fromkeys(both(("altChunk",)), "It takes in another document (altChunk)."),
    **dict.fromkeys(both(("control",)), "It has an ActiveX control."),
    **dict.fromkeys(both(("dataBinding",)), "It shows data of another part (custom XML binding)."),
    **dict.fromkeys(both(("subDoc",)), "It takes in another document (subDoc)."),
    f"{{{WORD_2012}}}dataBinding": "It shows data of another part (custom XML binding).",
    f"{{{OFFICE_VML}}}OLEObject": "It has an OLE object.",
}
# By the last segment, since the same relationships exist under several prefixes.
_REFUSED_RELATIONSHIPS: Final = {
    "afchunk": "takes in another document (altChunk)",
    "oleobject": "embeds an OLE object",
    "package": "embeds another package",
    "control": "embeds an ActiveX control",
    "activexcontrolbinary": "embeds an ActiveX control",
    "font": "embeds a font",
    "attachedtemplate": "attaches a template",
    "subdocument": "takes in another document",
    "frame": "takes in another document",
    "vbaproject": "embeds macros",
    "wordvbadata": "embeds macros",
}


def links(package: Package) -> tuple[str, ...]:
    """Return the web addresses that the document leads to."""
    return tuple(sorted({one.target for _, one in package.all_relationships() if _is_link(one)}))


def flaws(package: Package) -> Iterator[Reason]:
    """Return a reason for everything in the package that a signed document may not have."""
    yield from _main_part(package)
    for source, relationship in package.all_relationships():
        yield from _relationship(package, source, relationship)
    styles = hidden.Styles()
    for part in _xml_parts(package):
        try:
            root = package.xml(part)
        except BrokenPackage as broken:
            yield Reason(rule=broken.rule, part=part, detail=broken.detail)
            continue
        yield from _words(root, part)
        styles.read(root, part)
    yield from styles.flaws()


def _xml_parts(package: Package) -> Iterator[str]:
    for part, content_type in package.parts.items():
        if content_type == SIGNATURE_TYPE:
            continue  # read with the signature, or reported because nothing leads to it
        if content_type.lower().endswith("xml") or _XML.match(package.content(part)):
            yield part


def _main_part(package: Package) -> Iterator[Reason]:
    try:
        package.main_part()
    except BrokenPackage as broken:
        yield Reason(rule="R4", part=broken.part, detail=broken.detail)
    for part in package.macros():
        yield Reason(rule="R4", part=part, detail="The package has macros.")


def _is_link(relationship: Relationship) -> bool:
    address = _WEB_ADDRESS.fullmatch(relationship.target)
    return relationship.external and relationship.type in HYPERLINK and address is not None


def _relationship(package: Package, source: str, relationship: Relationship) -> Iterator[Reason]:
    part, name = relationships_part(source), relationship.id
    if relationship.external and not _is_link(relationship):
        detail = f"The relationship {name} leads out of the document to {relationship.target!r}."
        yield Reason(rule="R9", part=part, detail=detail)
    if not relationship.external and package.target(source, relationship) is None:
        yield Reason(rule="R8", part=part, detail=f"The relationship {name} leads to no part of the package.")
    refused = _REFUSED_RELATIONSHIPS.get(relationship.type.rpartition("/")[2].lower())
    if refused:
        yield Reason(rule="R9", part=part, detail=f"The relationship {name} {refused}.")


def _words(root: etree._Element, part: str) -> Iterator[Reason]:
    found = {_REFUSED_ELEMENTS[str(element.tag)] for element in root.iter(*_REFUSED_ELEMENTS)}
    found |= set(fields.flaws(root)) | set(hidden.flaws(root))
    for detail in sorted(found):
        yield Reason(rule="R9", part=part, detail=detail)
