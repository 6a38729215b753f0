"""Text that is there and that nobody sees (rule R9)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.styles import Styles
from kanta_tenancy.machinery.docx.wordml import is_on, value, w

_SMALLEST: Final = 8  # half-points
_PAPER: Final = frozenset({"FFFFFF"})
_PAPER_THEMES: Final = frozenset({"background1", "light1"})
_UNSHADED: Final = frozenset({"", "auto", "FFFFFF"})
_SHADED_ANCESTORS: Final = {
    w("r"): "rPr",
    w("p"): "pPr",
    w("tc"): "tcPr",
    w("tbl"): "tblPr",
}


class Visibility:
    """Answers, for one document, which runs cannot be read."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles

    def check(self, story: Story) -> Iterator[Finding]:
        """Find text that is hidden, white on white, or smaller than four points."""
        for run in story.root.iter(w("r")):
            if any((text.text or "").strip() for text in run.iterfind(w("t"))):
                reason = self._why_unseen(run)
                if reason:
                    yield story.finding(run, f"There is text that nobody sees: it is {reason}.", rule="R9")

    def _why_unseen(self, run: etree._Element) -> str:
        sources = list(self._run_properties(run))
        if is_on(_first(sources, "vanish")):
            return "hidden"
        size = value(_first(sources, "sz"))
        if size.isdigit() and int(size) < _SMALLEST:
            return "smaller than 4 points"
        colour = _first(sources, "color")
        is_white = value(colour).upper() in _PAPER or value(colour, "themeColor") in _PAPER_THEMES
        return "white on white" if is_white and not self._is_shaded(run) else ""

    def _run_properties(self, run: etree._Element) -> Iterator[etree._Element]:
        """Yield where a run's properties may be said, the strongest first."""
        direct = run.find(w("rPr"))
        if direct is not None:
            yield direct
            yield from self._of_style(value(direct.find(w("rStyle"))))
        for paragraph in run.iterancestors(w("p")):
            yield from self._of_style(self._styles.of_paragraph(paragraph))
            break
        for table in run.iterancestors(w("tbl")):
            yield from self._of_style(value(table.find(f"{w('tblPr')}/{w('tblStyle')}")))
            break
        if self._styles.document_run is not None:
            yield self._styles.document_run

    def _of_style(self, style_id: str) -> Iterator[etree._Element]:
        for style in self._styles.chain(style_id):
            yield from style.iter(w("rPr"))  # those for the first row, last column … of a table too

    def _is_shaded(self, run: etree._Element) -> bool:
        for element in (run, *run.iterancestors(*_SHADED_ANCESTORS)):
            properties = element.find(w(_SHADED_ANCESTORS[str(element.tag)]))
            if properties is not None and (_has_fill(properties) or self._style_is_shaded(properties)):
                return True
        return False

    def _style_is_shaded(self, properties: etree._Element) -> bool:
        names = (value(properties.find(w(kind))) for kind in ("rStyle", "pStyle", "tblStyle"))
        return any(_has_fill(style) for name in names for style in self._styles.chain(name))


def _first(sources: list[etree._Element], name: str) -> etree._Element | None:
    return next((found for source in sources if (found := source.find(w(name))) is not None), None)


def _has_fill(element: etree._Element) -> bool:
    return any(
        value(shading, "fill") not in _UNSHADED or value(shading, "themeFill") not in {"", "background1"}
        for shading in element.iter(w("shd"))
    )
