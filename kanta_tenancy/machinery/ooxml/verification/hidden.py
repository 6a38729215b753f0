"""Text that is in a document and not to be seen: hidden, in the colour of the paper, too small to read (rule R9)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.verification import illegible
from kanta_tenancy.machinery.ooxml.verification.shading import Background
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import OFF, both, value

_VANISH: Final = both(("vanish", "specVanish"))
_STYLE_USES: Final = both(("pStyle", "rStyle", "tblStyle"))
_RUN: Final = both(("r",))
_RUN_PROPERTIES: Final = both(("rPr",))
_BLOCK_PROPERTIES: Final = both(("pPr", "trPr"))
_STYLES: Final = both(("styles",))
_STYLE: Final = both(("style",))
_DEFAULTS: Final = both(("docDefaults",))
_BASED_ON: Final = both(("basedOn",))
_FORMATTING: Final = _VANISH | illegible.OF_RUN | illegible.OF_BLOCK

_HIDDEN_TEXT: Final = "It has hidden text."
_OF_OTHER_TEXT: Final = frozenset({_HIDDEN_TEXT, illegible.COLLAPSED})  # what it hides may stand elsewhere


class Style(Record, frozen=True, kw_only=True):
    """A style, and what text in it would be."""

    id: str  # empty for the defaults of the document
    based_on: str
    is_default: bool
    hides: tuple[str, ...]  # sentences


def styles(root: etree._Element) -> tuple[Style, ...]:
    """Read the styles of a styles part; other parts have none."""
    if root.tag not in _STYLES:
        return ()
    return tuple(_style(element) for element in root.iterchildren(*_STYLE, *_DEFAULTS))


def uses(root: etree._Element) -> frozenset[str]:
    """Return the ids of the styles that a part uses."""
    return frozenset(value(element, "val") for element in root.iter(*_STYLE_USES))


def hidden_by_styles(defined: Sequence[Style], used: Collection[str]) -> set[str]:
    """Return a sentence for everything that a style in use hides; a style that is not used hides nothing."""
    if not any(style.hides for style in defined):
        return set()
    by_id: dict[str, list[Style]] = {}
    for style in defined:
        by_id.setdefault(style.id, []).append(style)
    waiting = [*used, *(style.id for style in defined if style.is_default)]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [style.based_on for style in by_id.get(name, ()) if style.based_on]
    return {sentence for name in reached for style in by_id.get(name, ()) for sentence in style.hides}


def _style(element: etree._Element) -> Style:
    is_defaults = element.tag in _DEFAULTS
    background = Background(element)
    found = {_hides(each, background) for each in element.iter(*_FORMATTING)}
    return Style(
        id="" if is_defaults else value(element, "styleId"),
        based_on=next((value(base, "val") for base in element.iterchildren(*_BASED_ON)), ""),
        is_default=is_defaults or value(element, "default") not in ("", *OFF),
        hides=tuple(sorted(found - {""})),
    )


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for everything that a part hides directly; what its styles hide depends on their use."""
    if root.tag in _STYLES:
        return
    background = Background()
    for element in root.iter(*_FORMATTING):
        sentence = _hides(element, background)
        if sentence and (sentence in _OF_OTHER_TEXT or _formats_text(element)):
            yield sentence


def _formats_text(element: etree._Element) -> bool:
    """Tell whether a property formats some text; those of the mark at the end of a paragraph format none."""
    properties = element.getparent()
    container = None if properties is None else properties.getparent()
    if properties is None or container is None:
        return False
    return (properties.tag not in _RUN_PROPERTIES or container.tag in _RUN) and illegible.has_text(container)


def _hides(element: etree._Element, background: Background) -> str:
    """Say what one element of formatting hides, or nothing."""
    properties = element.getparent()
    if properties is not None and properties.tag in _BLOCK_PROPERTIES:
        return illegible.of_block(element)
    if properties is None or properties.tag not in _RUN_PROPERTIES:
        return ""
    if element.tag in _VANISH:
        return "" if value(element, "val").lower() in OFF else _HIDDEN_TEXT
    return illegible.of_run(element, background.behind(properties.getparent()))
