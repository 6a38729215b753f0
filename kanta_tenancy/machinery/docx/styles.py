"""The styles of a document, as far as one must know them to read it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.docx.wordml import value, w

# Word writes the names of its own styles in English in every language; other programs translate them.
_HEADING: Final = re.compile(r"(?:heading|otsikko|rubrik) *([1-9])", re.IGNORECASE)
_PROMPT: Final = "placeholder text"
_BODY_LEVEL: Final = 9  # of `w:outlineLvl`: no heading


class Styles:
    """Styles by id; what a style does not say, the style that it is based on says."""

    def __init__(self, root: etree._Element | None) -> None:
        found = () if root is None else root.iterfind(w("style"))
        self._styles = {value(style, "styleId"): style for style in found}
        self._defaults = {
            value(style, "type"): key
            for key, style in self._styles.items()
            if value(style, "default") in {"1", "true", "on"}
        }
        self.document_run = None if root is None else root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")

    def chain(self, style_id: str) -> Iterator[etree._Element]:
        """Yield a style and those it is based on, the nearest first."""
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            yield style
            style_id = value(style.find(w("basedOn")))

    def default(self, kind: str) -> str:
        """Return the id of the style that `paragraph`, `character` or `table` have when they name none."""
        return self._defaults.get(kind, "")

    def of_paragraph(self, paragraph: etree._Element) -> str:
        return value(paragraph.find(f"{w('pPr')}/{w('pStyle')}")) or self.default("paragraph")

    def heading_level(self, paragraph: etree._Element) -> int:
        """Return 1 to 9 for a heading, 0 for any other paragraph."""
        direct = value(paragraph.find(f"{w('pPr')}/{w('outlineLvl')}"))
        if direct:
            return _outline_level(direct)
        for style in self.chain(self.of_paragraph(paragraph)):
            named = _HEADING.fullmatch(value(style.find(w("name"))).strip()) or _HEADING.fullmatch(
                value(style, "styleId")
            )
            if named:
                return int(named[1])
            outline = value(style.find(f"{w('pPr')}/{w('outlineLvl')}"))
            if outline:
                return _outline_level(outline)
        return 0

    def prompts(self) -> frozenset[str]:
        """Return the ids of the character style in which Word shows what is to be filled in."""
        return frozenset(
            key for key, style in self._styles.items() if value(style.find(w("name"))).strip().lower() == _PROMPT
        )


def _outline_level(text: str) -> int:
    level = int(text) if text.isascii() and text.isdigit() else _BODY_LEVEL
    return level + 1 if level < _BODY_LEVEL else 0
