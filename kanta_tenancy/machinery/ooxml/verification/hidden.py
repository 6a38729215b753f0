"""Text that is in a document and not to be seen: hidden, white on white, or too small to read (rule R9)."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import STRICT, TRANSITIONAL, both

_VANISH: Final = both(("vanish",))
_COLOUR: Final = both(("color",))
_SIZE: Final = both(("sz", "szCs"))
_STYLE_USES: Final = both(("pStyle", "rStyle", "tblStyle"))
_RUN: Final = both(("r",))
_RUN_PROPERTIES: Final = both(("rPr",))
_TEXT: Final = both(("t", "sym"))
_STYLES: Final = both(("styles",))
_STYLE: Final = both(("style",))
_DEFAULTS: Final = both(("docDefaults",))
_BASED_ON: Final = both(("basedOn",))
# Whose own properties may shade what is in them.
_SHADING: Final = both(("shd",))
_HIGHLIGHT: Final = both(("highlight",))
_PROPERTIES: Final = both(("rPr", "pPr", "tcPr", "tblPr"))

_OFF: Final = frozenset({"0", "false", "off"})
_HEX_COLOUR: Final = re.compile(r"[0-9A-Fa-f]{6}")
_WHITE_FROM: Final = 0xF0  # of each channel
_WHITE_THEME: Final = frozenset({"background1", "light1"})
_MEASURE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(pt|mm|cm|in|pc|pi)?")
_POINTS: Final = {"pt": 1, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72, "pc": 12, "pi": 12, None: 0.5}
_SMALLEST: Final = 4  # points

_HIDDEN_TEXT: Final = "It has hidden text."
_WHITE_TEXT: Final = "It has white text on white."
_SMALL_TEXT: Final = f"It has text smaller than {_SMALLEST} points."


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
    return frozenset(_value(element, "val") for element in root.iter(*_STYLE_USES))


def hidden_by_styles(defined: Sequence[Style], used: Collection[str]) -> set[str]:
    """Return a sentence for everything that a style in use hides; a style that is not used hides nothing."""
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
    formatting = element.iter(*_VANISH, *_COLOUR, *_SIZE)
    return Style(
        id="" if is_defaults else _value(element, "styleId"),
        based_on=next((_value(base, "val") for base in element.iterchildren(*_BASED_ON)), ""),
        is_default=is_defaults or _value(element, "default") not in ("", *_OFF),
        hides=tuple(sorted({sentence for each in formatting for sentence in _hides(each, within=element)})),
    )


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for everything that a part hides directly; what its styles hide depends on their use."""
    if root.tag in _STYLES:
        return
    for element in root.iter(*_VANISH, *_COLOUR, *_SIZE):
        if element.tag in _VANISH or _formats_text(element):
            yield from _hides(element, within=None)


def _formats_text(element: etree._Element) -> bool:
    properties = element.getparent()
    run = None if properties is None else properties.getparent()
    return run is not None and run.tag in _RUN and next(run.iterchildren(*_TEXT), None) is not None


def _hides(element: etree._Element, *, within: etree._Element | None) -> Iterator[str]:
    """Say what one element of formatting hides.

    Args:
        within: the style whose own shading counts; None for direct formatting, where all that is around counts.
    """
    properties = element.getparent()
    if properties is None or properties.tag not in _RUN_PROPERTIES:
        return
    if element.tag in _VANISH:
        if _value(element, "val").lower() not in _OFF:
            yield _HIDDEN_TEXT
    elif element.tag in _SIZE:
        if _points(_value(element, "val")) < _SMALLEST:
            yield _SMALL_TEXT
    elif _is_white(element) and not _is_shaded(properties, within):
        yield _WHITE_TEXT


def _is_white(colour: etree._Element) -> bool:
    if _value(colour, "themeColor") in _WHITE_THEME and not _value(colour, "themeShade"):
        return True
    return _near_white(_value(colour, "val"))


def _near_white(colour: str) -> bool:
    return bool(_HEX_COLOUR.fullmatch(colour)) and min(bytes.fromhex(colour)) >= _WHITE_FROM


def _is_shaded(properties: etree._Element, within: etree._Element | None) -> bool:
    """Tell whether the nearest shading around some run properties is another than white."""
    container = properties.getparent()
    while container is not None:
        for own in container.iterchildren(*_PROPERTIES):
            for shading in own.iterchildren(*_SHADING, *_HIGHLIGHT):
                fill = _value(shading, "fill") or _value(shading, "val")
                if fill not in ("", "auto", "none", "clear", "nil"):
                    return fill != "white" and not _near_white(fill)
        if container is within:
            break
        container = container.getparent()
    return False


def _points(size: str) -> float:
    measure = _MEASURE.fullmatch(size)
    return float(measure[1]) * _POINTS[measure[2]] if measure else 0.0


def _value(element: etree._Element, name: str) -> str:
    return element.get(f"{{{TRANSITIONAL}}}{name}") or element.get(f"{{{STRICT}}}{name}") or ""
