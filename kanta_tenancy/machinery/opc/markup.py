"""The only door through which XML of a package comes in (rule R1)."""

import re
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.opc.errors import BrokenPackage

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'  # how Office begins a part

LARGEST: Final = 10 * 1024 * 1024
_MOST_NODES: Final = 2_000_000  # elements and attributes, so that a small part cannot become a large tree
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF32_MARKS: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
# All that may stand before the root element; a document type declaration is not among it, and can
# stand nowhere else. Possessive, so that hostile input costs one pass.
_PROLOG: Final = re.compile(rb"(?:[ \t\r\n]|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+<[A-Za-z_:\x80-\xff]")
_TEXT: Final = etree.XPath("boolean(normalize-space(.))")
_DECLARED: Final = (b"<?xml ", b"<?xml\t", b"<?xml\r", b"<?xml\n")
_DECLARATION: Final = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.0["']"""
    rb"""(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]*)["'])?"""
    rb"""(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>"""
)


def parse(data: bytes, part: str) -> etree._Element:
    """Parse a part: no document type, no entities, nothing fetched, at most 256 levels, UTF-8 or marked UTF-16.

    Args:
        part: the part's name, for the refusal.

    Raises:
        BrokenPackage: it is too large (R0), breaks rule R1, or is not well-formed (R1).
    """
    if len(data) > _MOST_NODES and (len(data) > LARGEST or data.count(b"<") + data.count(b"=") > _MOST_NODES):
        raise BrokenPackage(detail="The XML of the part is too large to be read safely.", rule="R0", part=part)
    text = _utf8(data, part)
    if not _PROLOG.match(text):
        raise _broken("The part has a document type declaration or does not begin as XML does.", part)
    try:
        return etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        raise _broken(f"The part is not well-formed XML: {error.msg}.", part) from None


def has_text(element: etree._Element) -> bool:
    """Tell whether there is text anywhere in an element; white space and comments are none."""
    return bool(_TEXT(element))


def _parser() -> etree.XMLParser:
    """Return a new parser; one that is shared would pass its error log from caller to caller."""
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False
    )


def _utf8(data: bytes, part: str) -> bytes:
    """Return the part in UTF-8 after checking that what it declares is what it is."""
    if data.startswith(_UTF32_MARKS):
        raise _broken("The part is in UTF-32; packages use UTF-8 or UTF-16.", part)
    encoding = _UTF16_MARKS.get(data[:2])
    if encoding:
        try:
            text = data[2:].decode(encoding).encode()
        except UnicodeError:
            raise _broken("The part is damaged UTF-16.", part) from None
        allowed = (b"", b"utf-16")
    else:
        text = data.removeprefix(_UTF8_MARK)
        allowed = (b"", b"utf-8")
    if text.startswith(_DECLARED):
        declaration = _DECLARATION.match(text)
        if declaration is None or (declaration[1] or b"").lower() not in allowed:
            raise _broken("The part declares an encoding that it may not have; packages use UTF-8 or UTF-16.", part)
    return text


def _broken(detail: str, part: str) -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R1", part=part)
