"""Text that is in a document and not to be seen: hidden, white on white, or too small to read (rule R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import STRICT, TRANSITIONAL, both

_VANISH: Final = both(("vanish",))
_COLOUR: Final = both(("color",))
_SIZE: Final = both(("sz", "szCs"))
_STYLE_USES: Final = both(("pStyle", "rStyle", "tblStyle"))
_ELEMENTS: Final = _VANISH | _COLOUR | _SIZE | _STYLE_USES
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


class Styles:
    """The styles of a document, and which of them it uses; a style that is not used hides nothing."""

    def __init__(self) -> None:
        self._part = ""
        self._defaults: list[etree._Element] = []
        self._by_id: dict[str, etree._Element] = {}
        self._used: set[str] = set()

    def read(self, root: etree._Element, part: str) -> None:
        """Take in the styles of a styles part, or their uses in any other part."""
        if root.tag not in _STYLES:
            self._used.update(_value(element, "val") for element in root.iter(*_STYLE_USES))
            return
        self._part = part
        self._defaults += root.iterchildren(*_DEFAULTS)
        for style in root.iterchildren(*_STYLE):
            name = _value(style, "styleId")
            self._by_id[name] = style
            if _value(style, "default") not in ("", *_OFF):
                self._used.add(name)

    def flaws(self) -> Iterator[Reason]:
        """Return a reason for everything that a style in use hides."""
        in_use = [*self._defaults, *(self._by_id[name] for name in self._reached() if name in self._by_id)]
        details = {
            detail
            for style in in_use
            for element in style.iter(*_VANISH, *_COLOUR, *_SIZE)
            for detail in _hides(element, within=style)
        }
        for detail in sorted(details):
            yield Reason(rule="R9", part=self._part, detail=f"A style in use does it: {detail}")

    def _reached(self) -> set[str]:
        """Return the styles in use and those that they are based on."""
        reached: set[str] = set()
        for used in self._used:
            name = used
            while name and name not in reached:
                reached.add(name)
                bases = self._by_id[name].iterchildren(*_BASED_ON) if name in self._by_id else ()
                name = next((_value(base, "val") for base in bases), "")
        return reached


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for everything that a part hides directly; styles are `Styles`' business."""
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
