"""Text that is there and that nobody can read: too small, squeezed, see-through, or in a line without height (R9)."""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.shading import PAPER, alike, is_colour
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import OFF, WORD_2010, WORD_2012, both, value

_MEASURE: Final = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(pt|mm|cm|in|pc|pi)?")
_POINTS: Final = {"pt": 1, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72, "pc": 12, "pi": 12}
_HALF_POINTS: Final = 0.5
_TWIPS: Final = 1 / 20
_SMALLEST: Final = 4.0  # points, of letters as of the line or row that they stand in
_MOST_CONDENSED: Final = -3.0  # points that each letter is moved towards the one before
_NARROWEST: Final = 25.0  # per cent of a letter's width
_MOST_TRANSPARENT: Final = 50_000  # thousandths of a per cent
_LEADING: Final = 256  # elements to look at: a hostile part has thousands; where there are more, there is text

_TEXT: Final = both(("t", "sym"))
_WHITE_THEME: Final = frozenset({"background1", "light1"})
_ALPHA: Final = f"{{{WORD_2010}}}alpha"
_NO_FILL: Final = f"{{{WORD_2010}}}noFill"
_FILL_COLOUR: Final = f"{{{WORD_2010}}}srgbClr"
_VALUE_2010: Final = f"{{{WORD_2010}}}val"

SMALL: Final = f"It has text smaller than {_SMALLEST:.0f} points."
SQUEEZED: Final = "It has text that is squeezed until nobody can read it."
TRANSPARENT: Final = "It has text that can be seen through."
LOW: Final = f"It has text in a line or a row that is lower than {_SMALLEST:.0f} points."
HIDDEN_ROW: Final = "It has text in a hidden row."
COLLAPSED: Final = "It has text that is folded away when it is opened."
COLOURLESS: Final = "It has text in the colour of what is behind it."


def of_run(element: etree._Element, behind: str) -> str:
    """Say how one property of a run makes its text illegible, or nothing."""
    check = _OF_RUN.get(str(element.tag))
    return check(element, behind) if check else ""


def of_block(element: etree._Element) -> str:
    """Say how one property of a paragraph or a row makes its text illegible, or nothing."""
    check = _OF_BLOCK.get(str(element.tag))
    return check(element) if check else ""


def has_text(container: etree._Element) -> bool:
    """Tell whether there is text in a run, a paragraph or a row; one of many elements is taken to have some."""
    content = [child.tag for child in islice(container.iter(), _LEADING + 1)]
    return len(content) > _LEADING or not _TEXT.isdisjoint(content)


def _size(element: etree._Element, _: str) -> str:
    return SMALL if _points(value(element, "val"), _HALF_POINTS) < _SMALLEST else ""


def _scale(element: etree._Element, _: str) -> str:
    return SQUEEZED if _number(value(element, "val").removesuffix("%"), 100) < _NARROWEST else ""


def _spacing(element: etree._Element, _: str) -> str:
    return SQUEEZED if _points(value(element, "val"), _TWIPS) < _MOST_CONDENSED else ""


def _fit(element: etree._Element, _: str) -> str:
    return SQUEEZED if _points(value(element, "val"), _TWIPS) < _SMALLEST else ""


def _colour(element: etree._Element, behind: str) -> str:
    white = value(element, "themeColor") in _WHITE_THEME and not value(element, "themeShade")
    colour = PAPER if white else value(element, "val")
    return COLOURLESS if is_colour(colour) and alike(colour, behind) else ""


def _fill(element: etree._Element, behind: str) -> str:
    for each in islice(element.iter(), _LEADING):
        written = each.get(_VALUE_2010, "")
        if each.tag == _NO_FILL or (each.tag == _ALPHA and _number(written, 100_000) > _MOST_TRANSPARENT):
            return TRANSPARENT
        if each.tag == _FILL_COLOUR and is_colour(written) and alike(written, behind):
            return COLOURLESS
    return ""


def _line(element: etree._Element) -> str:
    is_low = value(element, "lineRule") == "exact" and _points(value(element, "line"), _TWIPS) < _SMALLEST
    return LOW if is_low else ""


def _row(element: etree._Element) -> str:
    is_low = value(element, "hRule") == "exact" and _points(value(element, "val"), _TWIPS) < _SMALLEST
    return LOW if is_low else ""


def _hidden_row(element: etree._Element) -> str:
    return "" if value(element, "val").lower() in OFF else HIDDEN_ROW


def _collapsed(element: etree._Element) -> str:
    return "" if OFF & {str(each).lower() for each in element.attrib.values()} else COLLAPSED


def _points(text: str, unit: float) -> float:
    """Return a measure in points; what is no measure has none."""
    measure = _MEASURE.fullmatch(text)
    return float(measure[1]) * (_POINTS[measure[2]] if measure[2] else unit) if measure else 0.0


def _number(text: str, otherwise: float) -> float:
    measure = _MEASURE.fullmatch(text)
    return float(measure[1]) if measure else otherwise


_OF_RUN: Final[Mapping[str, Callable[[etree._Element, str], str]]] = {
    **dict.fromkeys(both(("sz", "szCs")), _size),
    **dict.fromkeys(both(("w",)), _scale),
    **dict.fromkeys(both(("spacing",)), _spacing),
    **dict.fromkeys(both(("fitText",)), _fit),
    **dict.fromkeys(both(("color",)), _colour),
    f"{{{WORD_2010}}}textFill": _fill,
}
_OF_BLOCK: Final[Mapping[str, Callable[[etree._Element], str]]] = {
    **dict.fromkeys(both(("spacing",)), _line),
    **dict.fromkeys(both(("trHeight",)), _row),
    **dict.fromkeys(both(("hidden",)), _hidden_row),
    f"{{{WORD_2012}}}collapsed": _collapsed,
}
OF_RUN: Final = frozenset(_OF_RUN)
OF_BLOCK: Final = frozenset(_OF_BLOCK)
