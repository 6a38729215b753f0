"""Whether white text stands on something that is not white (rule R9)."""

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
_WHITE_FROM: Final = 0xF0  # of each channel
_NO_HIGHLIGHT: Final = frozenset({"", "none", "white"})


class Background:
    """The shading around text, found once for each run, paragraph, cell, table or part of a style."""

    def __init__(self, within: etree._Element | None = None) -> None:
        """Remember where to stop looking: at a style, or, with None, at the root."""
        self._within = within
        self._known: dict[etree._Element, bool] = {}

    def is_shaded(self, container: etree._Element | None) -> bool:
        """Tell whether the nearest shading on or around an element is another than white."""
        if container is None:
            return False
        if container not in self._known:
            own = _own_shading(container)
            outside = None if container is self._within else container.getparent()
            self._known[container] = self.is_shaded(outside) if own is None else own
        return self._known[container]


def near_white(colour: str) -> bool:
    return bool(_HEX_COLOUR.fullmatch(colour)) and min(bytes.fromhex(colour)) >= _WHITE_FROM


def _own_shading(container: etree._Element) -> bool | None:
    """Tell whether an element's own properties shade it; None when they say nothing."""
    for properties in islice(container, _LEADING):
        if properties.tag in _PROPERTIES:
            for each in islice(properties, _LEADING):
                fill = value(each, "fill")
                if each.tag in _HIGHLIGHT:
                    return value(each, "val") not in _NO_HIGHLIGHT
                if each.tag in _SHADING and _HEX_COLOUR.fullmatch(fill):
                    return not near_white(fill)
    return None
