"""What a signed document may contain at all: one Word document that shows what was signed (rules R1, R4, R8, R9)."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import SIGNATURE_TYPE
from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.ooxml.verification.addresses import is_web_address
from kanta_tenancy.machinery.ooxml.verification.hidden import hidden_by_styles
from kanta_tenancy.machinery.ooxml.verification.scrutiny import Scrutiny, scrutinise
from kanta_tenancy.machinery.opc import BrokenPackage, Package, Relationship, markup
from kanta_tenancy.machinery.opc.names import HYPERLINK
from kanta_tenancy.machinery.opc.relationships import relationships_part

_LARGEST_TOGETHER: Final = 3 * markup.LARGEST
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*<")
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
    "extensibility": "adds to the ribbon what runs something",
    "webextension": "brings an add-in",
    "webextensiontaskpanes": "brings an add-in",
}


class Content(Record, frozen=True, kw_only=True):
    """What a package holds, apart from its signatures."""

    reasons: tuple[Reason, ...]  # why a signed document may not hold it
    links: tuple[str, ...]  # the web addresses that the document leads to


def look_into(package: Package) -> Content:
    """Look at everything that the package holds."""
    reasons = [*_main_part(package)]
    for source, relationship in package.all_relationships():
        reasons += _relationship(package, source, relationship)
    links = {one.target for _, one in package.all_relationships() if _is_link(one)}
    parts = tuple(_xml_parts(package))
    if sum(len(package.content(part)) for part in parts) > _LARGEST_TOGETHER:
        reasons.append(Reason(rule="R0", detail=f"The XML of the package has more than {_LARGEST_TOGETHER} bytes."))
        parts = ()
    seen = {part: scrutinise(package.content(part)) for part in parts}
    return Content(
        reasons=(*reasons, *_shown(seen)),
        links=tuple(sorted(links.union(*(scrutiny.links for scrutiny in seen.values())))),
    )


def _shown(seen: Mapping[str, Scrutiny]) -> Iterator[Reason]:
    for part, scrutiny in seen.items():
        for flaw in scrutiny.flaws:
            yield Reason(rule=flaw.rule, part=part, detail=flaw.detail)
    hiding = [(part, scrutiny.hiding_styles) for part, scrutiny in seen.items() if scrutiny.hiding_styles]
    if not hiding:
        return
    used = frozenset().union(*(scrutiny.style_uses for scrutiny in seen.values()))
    with_text = frozenset().union(*(scrutiny.style_uses_with_text for scrutiny in seen.values()))
    for part, styles in hiding:
        for sentence in sorted(hidden_by_styles(styles, used, with_text)):
            yield Reason(rule="R9", part=part, detail=f"A style in use does it: {sentence}")


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
    for part in package.macros:
        yield Reason(rule="R4", part=part, detail="The package has macros.")


def _is_link(relationship: Relationship) -> bool:
    return relationship.external and relationship.type in HYPERLINK and is_web_address(relationship.target)


def _relationship(package: Package, source: str, relationship: Relationship) -> Iterator[Reason]:
    for rule, detail in _flaws(package, source, relationship):
        sentence = f"The relationship {relationship.id} {detail}."
        yield Reason(rule=rule, part=relationships_part(source), detail=sentence)


def _flaws(package: Package, source: str, relationship: Relationship) -> Iterator[tuple[str, str]]:
    if relationship.external:
        if not _is_link(relationship):
            yield "R9", f"leads out of the document to {relationship.target!r}"
    elif package.target(source, relationship) is None:
        yield "R8", "leads to no part of the package"
    refused = _refused(relationship.type)
    if refused:
        yield "R9", refused


@functools.lru_cache(maxsize=256)
def _refused(kind: str) -> str | None:
    return _REFUSED_RELATIONSHIPS.get(kind.rpartition("/")[2].lower())
