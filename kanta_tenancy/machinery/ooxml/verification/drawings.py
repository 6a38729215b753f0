"""Drawings that are there and not to be seen (rule R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.wordprocessing import OFF

_VML: Final = "{urn:schemas-microsoft-com:vml}*"
_PROPERTIES: Final = tuple(
    f"{{{namespace}}}docPr"
    for namespace in (
        "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
    )
)
_UNSEEN: Final = re.compile(r"(?:visibility\s*:\s*hidden|display\s*:\s*none)\b", re.IGNORECASE)

_HIDDEN: Final = "It has a hidden drawing."


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence when there is a hidden drawing."""
    if any(element.get("hidden", "0").lower() not in OFF for element in root.iter(*_PROPERTIES)):
        yield _HIDDEN
    if any(_UNSEEN.search(element.get("style", "")) for element in root.iter(_VML)):
        yield _HIDDEN
