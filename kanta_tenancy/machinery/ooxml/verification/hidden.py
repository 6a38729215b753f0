"""Text that is in a document and not to be seen: hidden, in the colour of the paper, too small to read (rule R9)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification import illegible
from kanta_tenancy.machinery.ooxml.verification.shading import Background
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import OFF, both, value

_VANISH: Final = both(("vanish", "specVanish"))
_PARAGRAPH_STYLE: Final = both(("pStyle",))
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


def uses(root: etree._Element) -> frozenset[str]:
    """Return the ids of the styles that a part uses."""
    return frozenset(value(element, "val") for element in root.iter(*_STYLE_USES))


def uses_with_text(root: etree._Element) -> frozenset[str]:
    """Return the ids of the styles of paragraphs that have text."""
    return frozenset(
        value(element, "val")
        for element in root.iter(*_PARAGRAPH_STYLE)
        if (properties := element.getparent()) is not None
        and (paragraph := properties.getparent()) is not None
        and illegible.has_text(paragraph)
    )


def hiding_styles(root: etree._Element) -> Mapping[str, frozenset[str]]:
    """Return what each style of a styles part hides, as sentences, with what it is based on; most hide nothing.

    What is always in use stands under the empty name.
    """
    if root.tag not in _STYLES:
        return {}
    hiding: dict[str, set[str]] = defaultdict(set)
    based_on: dict[str, list[str]] = defaultdict(list)
    for element in root.iterchildren(*_STYLE, *_DEFAULTS):
        name = value(element, "styleId")
        if element.tag in _DEFAULTS or value(element, "default") not in ("", *OFF):
            based_on[name].append("")
        for base in element.iterchildren(*_BASED_ON):
            based_on[value(base, "val")].append(name)
        hiding[name] |= _hidden_by(element)
    waiting = [name for name, sentences in hiding.items() if sentences]
    while waiting:
        name = waiting.pop()
        for heir in based_on.get(name, ()):
            if not hiding[name] <= hiding[heir]:
                hiding[heir] |= hiding[name]
                waiting.append(heir)
    return {name: frozenset(sentences) for name, sentences in hiding.items() if sentences}


def _hidden_by(style: etree._Element) -> set[str]:
    background = Background(style)
    return {_hides(each, background) for each in style.iter(*_FORMATTING)} - {""}


def hidden_by_styles(
    hiding: Mapping[str, frozenset[str]], used: frozenset[str], used_with_text: frozenset[str]
) -> set[str]:
    """Return a sentence for everything that a style in use hides; a style that is not used hides nothing."""
    found = set(hiding.get("", ()))
    for name in used & hiding.keys():
        # A line without height may stand between texts and have none itself.
        found |= hiding[name] - (set() if name in used_with_text else {illegible.LOW})
    return found


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
