"""Which colour lies behind a text, and whether the text can be told from it (rule R9)."""

import re
from itertools import islice
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.wordprocessing import both, value

_SHADING: Final = both(("shd",))
_HIGHLIGHT: Final = both(("highlight",))
# Whose own properties may shade what is in them; they stand in front of it.
_PROPERTIES: Final = both(("rPr", "pPr", "tcPr", "tblPr"))
_LEADING: Final = 64  # children to look at, more than any properties have: a hostile part has thousands
_HEX_COLOUR: Final = re.compile(r"[0-9A-Fa-f]{6}")
_ALIKE: Final = 0x0F  # the most that each channel of two colours differs while nobody tells them apart
PAPER: Final = "FFFFFF"
_HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "darkBlue": "00008B", "darkCyan": "008B8B", "darkGreen": "006400", "darkMagenta": "800080",
    "darkRed": "8B0000", "darkYellow": "808000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip


class Background:
    """The shading around text, found once for each run, paragraph, cell, table or part of a style."""

    def __init__(self, within: etree._Element | None = None) -> None:
        """Remember where to stop looking: at a style, or, with None, at the root."""
        self._within = within
        self._known: dict[etree._Element, str] = {}

    def behind(self, container: etree._Element | None) -> str:
        """Return the colour of the nearest shading on or around an element; paper, where there is none."""
        if container is None:
            return PAPER
        if container not in self._known:
            own = _own_shading(container)
            outside = None if container is self._within else container.getparent()
            self._known[container] = self.behind(outside) if own is None else own
        return self._known[container]


def is_colour(text: str) -> bool:
    return _HEX_COLOUR.fullmatch(text) is not None


def alike(one: str, other: str) -> bool:
    """Tell whether nobody tells two colours apart."""
    channels = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return all(abs(first - second) <= _ALIKE for first, second in channels)


def _own_shading(container: etree._Element) -> str | None:
    """Return the colour with which an element's own properties shade it; None when they say nothing."""
    for properties in islice(container, _LEADING):
        if properties.tag in _PROPERTIES:
            for each in islice(properties, _LEADING):
                fill = value(each, "fill")
                if each.tag in _HIGHLIGHT:
                    return _HIGHLIGHTS.get(value(each, "val"), PAPER)
                if each.tag in _SHADING and is_colour(fill):
                    return fill
    return None
