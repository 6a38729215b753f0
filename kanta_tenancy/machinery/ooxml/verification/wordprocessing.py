"""Names of WordprocessingML that the rules about content ask for (ECMA-376-1, clause 17), in both of its namespaces."""

from collections.abc import Iterable
from typing import Final

from lxml import etree

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
WORD_2010: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
WORD_2012: Final = "http://schemas.microsoft.com/office/word/2012/wordml"
WORD_2012_DRAWING: Final = "http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing"
OFFICE_VML: Final = "urn:schemas-microsoft-com:office:office"
NAMESPACES: Final = (TRANSITIONAL, STRICT)
OFF: Final = frozenset({"0", "false", "off"})  # values that switch a property off


def both(names: Iterable[str]) -> frozenset[str]:
    """Return these elements or attributes in both namespaces."""
    return frozenset(f"{{{namespace}}}{name}" for namespace in NAMESPACES for name in names)


def value(element: etree._Element, name: str) -> str:
    """Return an attribute in either namespace, or nothing."""
    return element.get(f"{{{TRANSITIONAL}}}{name}") or element.get(f"{{{STRICT}}}{name}") or ""


TRACKED: Final = both(
    (
        "ins", "del", "moveFrom", "moveTo", "delText", "delInstrText", "cellIns", "cellDel", "cellMerge",
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange",
        "tcPrChange", "numberingChange", "moveFromRangeStart", "moveToRangeStart", "customXmlInsRangeStart",
        "customXmlDelRangeStart", "customXmlMoveFromRangeStart", "customXmlMoveToRangeStart",
    )
)  # fmt: skip
EMBEDDED_FONTS: Final = both(("embedRegular", "embedBold", "embedItalic", "embedBoldItalic"))
