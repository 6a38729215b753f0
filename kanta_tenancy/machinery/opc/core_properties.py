"""What the core properties of a package say, however a program has written them (ECMA-376, part 2, section 11)."""

from typing import Final

from lxml import etree

from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.markup import parse

_ROOT: Final = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}coreProperties"
_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"

Said = tuple[tuple[str, tuple[tuple[str, str], ...], str], ...]


def said(content: bytes, part: str) -> Said | bytes:
    """Return each property with its attributes and text, in an order that does not depend on the writer.

    A part that is written in any other way than properties one after the other says no more than its bytes.
    """
    try:
        root = parse(content, part)
    except BrokenPackage:
        return content
    if root.tag != _ROOT or root.attrib or not all(map(_is_plain, root)) or _has_words(root.text):
        return content
    return tuple(sorted((str(one.tag), _attributes(one), one.text or "") for one in root))


def _is_plain(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and len(element) == 0 and not _has_words(element.tail)


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())


def _attributes(element: etree._Element) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), _value(element, str(name), str(value))) for name, value in element.items()))


def _value(element: etree._Element, name: str, value: str) -> str:
    if name != _TYPE:
        return value
    prefix, colon, local = value.rpartition(":")  # a name whose prefix each writer chooses
    return f"{{{element.nsmap.get(prefix if colon else None)}}}{local}"
