"""The names of WordprocessingML that a form is made of."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
W15: Final = "http://schemas.microsoft.com/office/word/2012/wordml"
VML: Final = "urn:schemas-microsoft-com:vml"
OFFICE: Final = "urn:schemas-microsoft-com:office:office"
XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

_MOST_DIGITS: Final = 9
_OFF: Final = ("0", "false", "off")


def w(name: str) -> str:
    """Return the qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def value(element: etree._Element | None, name: str = "val") -> str:
    """Return an attribute of the main namespace; empty when the element or the attribute is not there."""
    return "" if element is None else element.get(w(name), "")


def number(element: etree._Element | None, default: int, name: str = "val") -> int:
    """Return a small whole number that an element says, or the default where it says none."""
    text = value(element, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else default


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else element.find(w(name))


def is_on(element: etree._Element | None) -> bool:
    """Tell whether a toggle such as `w:vanish` is there and not switched off."""
    return element is not None and element.get(w("val"), "true") not in _OFF


def attributes_of(element: etree._Element) -> dict[str, str]:
    return {str(name): str(text) for name, text in element.attrib.items()}


def text_of(element: etree._Element) -> str:
    """Return the text that a reader sees in a paragraph or run; breaks and tabs as white space."""
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for node in element.iter(w("t"), w("br"), w("cr"), w("tab"), w("noBreakHyphen")):
        if node.tag == w("t"):
            yield node.text or ""
        elif node.tag == w("tab"):
            if node.getparent() is not None and _parent_tag(node) == w("r"):  # a tab stop is a `w:tab` too
                yield "\t"
        else:
            yield "\u2011" if node.tag == w("noBreakHyphen") else "\n"


def _parent_tag(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)
