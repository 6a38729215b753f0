"""Where a document leads: web addresses are told to its reader, anything else is refused (rule R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

_WEB_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x1f]+", re.IGNORECASE)
_VML: Final = "urn:schemas-microsoft-com:vml"
_OFFICE_VML: Final = "urn:schemas-microsoft-com:office:office"
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_DRAWN: Final = (f"{{{_VML}}}*", f"{{{_SVG}}}*")
_LINKS: Final = ("href", f"{{{_OFFICE_VML}}}href", f"{{{_XLINK}}}href")
_CONTENTS: Final = ("src", "althref", f"{{{_OFFICE_VML}}}althref")
_INSIDE: Final = ("#", "data:")


def is_web_address(address: str) -> bool:
    return _WEB_ADDRESS.fullmatch(address) is not None


def address_flaw(address: str) -> str:
    """Say what is wrong with a link to an address, or nothing."""
    return "" if is_web_address(address) else f"It leads out of the document to {address!r}."


def of_drawings(root: etree._Element) -> Iterator[str]:
    """Return the addresses that drawings lead to when they are clicked."""
    for element in root.iter(*_DRAWN):
        if not element.tag.startswith(f"{{{_SVG}}}"):
            yield from _outside(element, _LINKS)


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for each drawing that takes something from elsewhere, or leads to what is no web address."""
    for element in root.iter(*_DRAWN):
        is_svg = element.tag.startswith(f"{{{_SVG}}}")
        for address in _outside(element, (*_CONTENTS, *_LINKS) if is_svg else _CONTENTS):
            yield f"It has a drawing that takes its content from {address!r}."
    yield from (flaw for address in of_drawings(root) if (flaw := address_flaw(address)))


def _outside(element: etree._Element, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        address = element.get(name, "").strip()
        if address and not address.startswith(_INSIDE):
            yield address
