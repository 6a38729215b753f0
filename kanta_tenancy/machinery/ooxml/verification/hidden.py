"""Text that is in a document and not to be seen: hidden, white on white, or too small to read (rule R9)."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.verification.shading import Background, near_white
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import both, value

_VANISH: Final = both(("vanish",))
_COLOUR: Final = both(("color",))
_SIZE: Final = both(("sz", "szCs"))
_STYLE_USES: Final = both(("pStyle", "rStyle", "tblStyle"))
_RUN: Final = both(("r",))
_RUN_PROPERTIES: Final = both(("rPr",))
_TEXT: Final = both(("t", "sym"))
_LEADING: Final = 64  # children of a run to look at; one that has more is taken to have text
_STYLES: Final = both(("styles",))
_STYLE: Final = both(("style",))
_DEFAULTS: Final = both(("docDefaults",))
_BASED_ON: Final = both(("basedOn",))
_OFF: Final = frozenset({"0", "false", "off"})
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
    background, formatting = Background(element), element.iter(*_VANISH, *_COLOUR, *_SIZE)
    return Style(
        id="" if is_defaults else value(element, "styleId"),
        based_on=next((value(base, "val") for base in element.iterchildren(*_BASED_ON)), ""),
        is_default=is_defaults or value(element, "default") not in ("", *_OFF),
        hides=tuple(sorted({sentence for each in formatting for sentence in _hides(each, background)})),
    )


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for everything that a part hides directly; what its styles hide depends on their use."""
    if root.tag in _STYLES:
        return
    background = Background()
    for element in root.iter(*_VANISH, *_COLOUR, *_SIZE):
        if element.tag in _VANISH or _formats_text(element):
            yield from _hides(element, background)


def _formats_text(element: etree._Element) -> bool:
    properties = element.getparent()
    run = None if properties is None else properties.getparent()
    if run is None or run.tag not in _RUN:
        return False
    content = [child.tag for child in islice(run, _LEADING + 1)]
    return len(content) > _LEADING or not _TEXT.isdisjoint(content)


def _hides(element: etree._Element, background: Background) -> Iterator[str]:
    """Say what one element of formatting hides."""
    properties = element.getparent()
    if properties is None or properties.tag not in _RUN_PROPERTIES:
        return
    if element.tag in _VANISH:
        if value(element, "val").lower() not in _OFF:
            yield _HIDDEN_TEXT
    elif element.tag in _SIZE:
        if _points(value(element, "val")) < _SMALLEST:
            yield _SMALL_TEXT
    elif _is_white(element) and not background.is_shaded(properties.getparent()):
        yield _WHITE_TEXT


def _is_white(colour: etree._Element) -> bool:
    if value(colour, "themeColor") in _WHITE_THEME and not value(colour, "themeShade"):
        return True
    return near_white(value(colour, "val"))


def _points(size: str) -> float:
    measure = _MEASURE.fullmatch(size)
    return float(measure[1]) * _POINTS[measure[2]] if measure else 0.0
