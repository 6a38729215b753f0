"""The numbers that Word prints before paragraphs, computed as Word computes them."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.styles import Styles
from kanta_tenancy.machinery.docx.wordml import child, is_on, number, value, w

_NO_LIST: Final = ("", "0")
_SILENT: Final = frozenset({"none", "bullet"})
_LONGEST_LETTERS: Final = 26 * 26
_LARGEST_ROMAN: Final = 3999
_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


class _Place(Record, frozen=True, kw_only=True):
    """A paragraph's place in a list: which list, and how deep."""

    list_id: str
    level: int


class Numbering:
    """Counts the lists of one document; ask it once for every paragraph, in their order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._outlines = {value(one, "abstractNumId"): one for one in _all(root, "abstractNum")}
        self._lists = {value(one, "numId"): one for one in _all(root, "num")}
        self._by_style = {value(one.find(w("styleLink"))): one for one in self._outlines.values()}
        self._counts: dict[etree._Element, dict[int, int]] = {}
        self._restarted: set[_Place] = set()

    def label(self, paragraph: etree._Element) -> str:
        """Return what is printed before a paragraph, such as `4.1` or `(a)`; empty for none and for bullets."""
        place = self._place(paragraph)
        outline = None if place is None else self._outline(place.list_id)
        if place is None or outline is None:
            return ""
        counts = self._count(place, outline)
        if self._format(place, place.level) in _SILENT:
            return ""
        text = value(child(self._level(place, place.level), "lvlText"))
        for level in range(place.level + 1):
            text = text.replace(f"%{level + 1}", self._shown(place, level, counts))
        return text.strip()

    def _place(self, paragraph: etree._Element) -> _Place | None:
        """Find the list that a paragraph, or else its style, says it belongs to."""
        list_id, level = "", -1
        for properties in self._properties(paragraph):
            found = properties.find(w("numPr"))
            list_id = list_id or value(child(found, "numId"))
            level = number(child(found, "ilvl"), -1) if level < 0 else level
        if list_id in _NO_LIST:
            return None
        style = self._styles.of_paragraph(paragraph)
        return _Place(list_id=list_id, level=self._level_of_style(list_id, style) if level < 0 else level)

    def _properties(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        yield from paragraph.iterfind(w("pPr"))
        for style in self._styles.chain(self._styles.of_paragraph(paragraph)):
            yield from style.iterfind(w("pPr"))

    def _level_of_style(self, list_id: str, style_id: str) -> int:
        """Return the level that is tied to a style: the style says its list, the list says the level."""
        for level in _children(self._outline(list_id), "lvl"):
            if value(level.find(w("pStyle"))) == style_id:
                return number(level, 0, "ilvl")
        return 0

    def _outline(self, list_id: str) -> etree._Element | None:
        """Return the levels of a list, which may be those of a list style."""
        outline = self._outlines.get(value(child(self._lists.get(list_id), "abstractNumId")))
        link = value(child(outline, "numStyleLink"))
        return self._by_style.get(link, outline) if link else outline

    def _count(self, place: _Place, outline: etree._Element) -> dict[int, int]:
        """Advance the list's count at a level and begin the deeper ones anew."""
        counts = self._counts.setdefault(outline, {})
        restart = number(child(self._override(place, place.level), "startOverride"), -1)
        if restart >= 0 and place not in self._restarted:
            self._restarted.add(place)
            counts[place.level] = restart
        else:
            counts[place.level] = counts.get(place.level, self._start(place, place.level) - 1) + 1
        for deeper in [level for level in counts if level > place.level]:
            del counts[deeper]
        return counts

    def _override(self, place: _Place, level: int) -> etree._Element | None:
        overrides = _children(self._lists.get(place.list_id), "lvlOverride")
        return next((one for one in overrides if number(one, -1, "ilvl") == level), None)

    def _level(self, place: _Place, level: int) -> etree._Element | None:
        own = child(self._override(place, level), "lvl")
        levels = _children(self._outline(place.list_id), "lvl")
        return own if own is not None else next((one for one in levels if number(one, -1, "ilvl") == level), None)

    def _start(self, place: _Place, level: int) -> int:
        return number(child(self._level(place, level), "start"), 1)

    def _format(self, place: _Place, level: int) -> str:
        return value(child(self._level(place, level), "numFmt")) or "decimal"

    def _shown(self, place: _Place, level: int, counts: dict[int, int]) -> str:
        is_legal = is_on(child(self._level(place, place.level), "isLgl"))
        form = "decimal" if is_legal else self._format(place, level)
        return _written(counts.get(level, self._start(place, level)), form)


def _written(count: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"} and 0 < count <= _LONGEST_LETTERS:
        letters = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if form == "upperLetter" else letters.lower()
    if form in {"lowerRoman", "upperRoman"} and 0 < count <= _LARGEST_ROMAN:
        return _roman(count) if form == "upperRoman" else _roman(count).lower()
    if form == "decimalZero":
        return f"{count:02}"
    return "" if form in _SILENT else str(count)


def _roman(count: int) -> str:
    written = ""
    for worth, letters in _ROMAN:
        while count >= worth:
            written += letters
            count -= worth
    return written


def _all(root: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if root is not None:
        yield from root.iter(w(name))


def _children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if element is not None:
        yield from element.iterfind(w(name))
