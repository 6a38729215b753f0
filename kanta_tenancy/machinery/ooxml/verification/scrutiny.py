"""What one XML part shows, or refuses to, judged by its bytes alone (rules R1 and R9)."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.verification import addresses, alternatives, drawings, fields, hidden
from kanta_tenancy.machinery.ooxml.verification.skeleton import skeleton
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import (
    EMBEDDED_FONTS,
    OFFICE_VML,
    TRACKED,
    WORD_2012,
    WORD_2012_DRAWING,
    both,
)
from kanta_tenancy.machinery.opc import BrokenPackage, markup
from kanta_tenancy.machinery.opc.remembering import remembered

_SVG: Final = "http://www.w3.org/2000/svg"
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_TEXT: Final = (*both(("t",)), f"{{{_DRAWING}}}t")
_TURNING: Final = ("\u202d", "\u202e")  # characters that turn the direction of what follows, digits too
_TURNED: Final = "It turns the direction of its text."
_REFUSED_ELEMENTS: Final = {
    **dict.fromkeys(TRACKED, "It has tracked changes."),
    **dict.fromkeys(EMBEDDED_FONTS, "It embeds a font."),
    **dict.fromkeys(both(("altChunk",)), "It takes in another document (altChunk)."),
    **dict.fromkeys(both(("control",)), "It has an ActiveX control."),
    **dict.fromkeys(both(("dataBinding",)), "It shows data of another part (custom XML binding)."),
    **dict.fromkeys(both(("subDoc",)), "It takes in another document (subDoc)."),
    **dict.fromkeys(both(("mailMerge",)), "It takes its content from elsewhere (mail merge)."),
    **dict.fromkeys(both(("movie", "contentPart")), "It has content of another kind (a film or a content part)."),
    **dict.fromkeys(both(("entryMacro", "exitMacro")), "It runs macros."),
    **dict.fromkeys(both(("linkStyles",)), "It takes its styles from a template."),
    **dict.fromkeys(both(("bdo",)), _TURNED),
    f"{{{WORD_2012}}}webExtensionLinked": "It shows what an add-in writes.",
    f"{{{WORD_2012_DRAWING}}}webVideoPr": "It shows a video from the web.",
    **{f"{{{_SVG}}}{name}": "It has a drawing that runs something." for name in ("script", "foreignObject")},
    f"{{{WORD_2012}}}dataBinding": "It shows data of another part (custom XML binding).",
    f"{{{OFFICE_VML}}}OLEObject": "It has an OLE object.",
}


class Flaw(Record, frozen=True, kw_only=True):
    rule: str
    detail: str


class Scrutiny(Record, frozen=True, kw_only=True):
    flaws: tuple[Flaw, ...]
    style_uses: frozenset[str] = frozenset()
    style_uses_with_text: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()  # web addresses that fields and drawings lead to
    hiding_styles: Mapping[
        str, frozenset[str]
    ] = {}  # of a styles part, by id; whether they matter depends on their use


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
    for subject in (fields, hidden, drawings, addresses, alternatives):
        found.update(subject.flaws(root))
    if any(character in (element.text or "") for element in root.iter(*_TEXT) for character in _TURNING):
        found.add(_TURNED)
    leading = (*fields.addresses(root), *addresses.of_drawings(root))
    return Scrutiny(
        flaws=tuple(Flaw(rule="R9", detail=detail) for detail in sorted(found)),
        style_uses=hidden.uses(root),
        style_uses_with_text=hidden.uses_with_text(root),
        links=frozenset(filter(addresses.is_web_address, leading)),
        hiding_styles=hidden.hiding_styles(root),
    )
