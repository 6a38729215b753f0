"""What one XML part shows, or refuses to, judged by its bytes alone (rules R1 and R9)."""

from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.verification import fields, hidden
from kanta_tenancy.machinery.ooxml.verification.hidden import Style
from kanta_tenancy.machinery.ooxml.verification.skeleton import skeleton
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import (
    EMBEDDED_FONTS,
    OFFICE_VML,
    TRACKED,
    WORD_2012,
    both,
)
from kanta_tenancy.machinery.opc import BrokenPackage, markup
from kanta_tenancy.machinery.opc.remembering import remembered

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


class Flaw(Record, frozen=True, kw_only=True):
    rule: str
    detail: str


class Scrutiny(Record, frozen=True, kw_only=True):
    flaws: tuple[Flaw, ...]
    style_uses: frozenset[str] = frozenset()
    styles: tuple[Style, ...] = ()  # of a styles part: whether they matter depends on their use


@remembered
def scrutinise(content: bytes) -> Scrutiny:
    """Judge an XML part by its content, wherever it lies."""
    bare = skeleton(content)
    judged = None if bare is None else _judged_skeleton(bare)
    return _judged(content) if judged is None or judged.flaws else judged  # a flaw is told of the part, as it stands


@remembered
def _judged_skeleton(bare: bytes) -> Scrutiny:
    return _judged(bare)


def _judged(content: bytes) -> Scrutiny:
    try:
        root = markup.parse(content, "")
    except BrokenPackage as broken:
        return Scrutiny(flaws=(Flaw(rule=broken.rule, detail=broken.detail),))
    found = {_REFUSED_ELEMENTS[str(element.tag)] for element in root.iter(*_REFUSED_ELEMENTS)}
    found.update(fields.flaws(root), hidden.flaws(root))
    return Scrutiny(
        flaws=tuple(Flaw(rule="R9", detail=detail) for detail in sorted(found)),
        style_uses=hidden.uses(root),
        styles=hidden.styles(root),
    )
