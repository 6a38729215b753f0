"""Reading a signature's XML so that what is used is what was digested (rule R2)."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.names import DSIG_NS
from kanta_tenancy.machinery.opc import markup
from kanta_tenancy.machinery.opc.errors import BrokenPackage

SIGNATURE: Final = f"{{{DSIG_NS}}}Signature"
LARGEST: Final = 4 * 1024 * 1024  # the pictures of a signature line take some hundred thousand
# Office has five in scope. Canonicalising compares those in scope with one another, at every element.
_MOST_NAMESPACES: Final = 32
_PLAIN_NAMESPACE: Final = re.compile(r"""[^\s&<>"']*""")
# Attributes are asked for one by one, and comments not at all: a union, or many comments, cost their number squared.
_XML_ATTRIBUTES: Final = etree.XPath("boolean(//@xml:*)")
_MIXED: Final = etree.XPath("boolean(//*[*]/text()[normalize-space()])")
_OTHER_IDS: Final = etree.XPath(
    "boolean(//@ID) or boolean(//@id) or boolean(//@iD) or "
    "boolean(//@*[namespace-uri()][translate(local-name(), 'ID', 'id') = 'id'])"
)


class Altered(BrokenPackage):
    """What was signed is another than what is there."""


def unsound(detail: str, rule: str = "R2") -> BrokenPackage:
    return BrokenPackage(detail=detail, rule=rule)


def signature_element(content: bytes) -> etree._Element:
    """Parse a signature part and refuse what could make two readers see two signatures.

    Raises:
        BrokenPackage: it is too large (R0), not XML (R1), no signature (R7), or has comments, instructions,
            `xml:` attributes, text between elements, ambiguous ids or a crowd of namespaces (R2).
    """
    if not content:
        raise unsound("The signature part is empty.", "R7")
    if len(content) > LARGEST:
        raise unsound(f"The signature part has more than {LARGEST} bytes.", "R0")
    root = markup.parse(content, "")
    if root.tag != SIGNATURE:
        raise unsound("The part is not an XML signature.", "R7")
    if _has_remarks(root) or _XML_ATTRIBUTES(root):
        raise unsound("The signature has comments, processing instructions or xml: attributes.")
    if _MIXED(root):
        raise unsound("The signature has text between its elements.")
    if _OTHER_IDS(root):
        raise unsound("The signature has an id in another spelling or namespace.")
    ids = [name for element in root.iter() if (name := element.get("Id")) is not None]
    if len(set(ids)) != len(ids):
        raise unsound("The signature uses the same id twice.")
    _check_namespaces(root)
    return root


def _has_remarks(root: etree._Element) -> bool:
    """Tell whether there are comments or instructions in the signature, before it or after it."""
    inside = root.iter(etree.Comment, etree.ProcessingInstruction)
    return root.getprevious() is not None or root.getnext() is not None or next(inside, None) is not None


def _check_namespaces(root: etree._Element) -> None:
    in_scope = 0
    for event, _ in etree.iterwalk(root, events=("start-ns", "end-ns")):
        in_scope += 1 if event == "start-ns" else -1
        if in_scope > _MOST_NAMESPACES:
            raise unsound(f"The signature has more than {_MOST_NAMESPACES} namespaces in scope at once.")


def canonical(element: etree._Element, *, exclusive: bool = False) -> bytes:
    """Return an element in Canonical XML 1.0, inclusive unless said otherwise, as it stands in its document.

    The element is taken out with the namespaces in scope first: canonicalising it in place, lxml writes
    empty `xmlns` declarations that do not belong there. A signature has no comments, so that the two forms
    of the algorithm, with comments and without, give the same.

    Raises:
        BrokenPackage: a namespace is relative, or has a character that must be escaped, which lxml forgets (R2).

    Source:
        W3C, Canonical XML 1.0, chapters 2.3 and 2.4; Exclusive XML Canonicalization 1.0.
    """
    if not all(map(_PLAIN_NAMESPACE.fullmatch, element.nsmap.values())):
        raise unsound("The signature declares a namespace with characters that no namespace needs.")
    alone = markup.parse(etree.tostring(element, with_tail=False, encoding="utf-8"), "")
    try:
        return etree.tostring(alone, method="c14n", exclusive=exclusive)
    except etree.C14NError:  # a namespace that is a relative reference, as canonical XML forbids
        raise unsound("A part of the signature cannot be canonicalised.") from None


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """Return the child elements, which must be exactly these, in this order.

    Args:
        names: tags; one that ends with `?` may be missing.

    Raises:
        BrokenPackage: there are others (R2).
    """
    found = list(element)
    expected = iter(names)
    for child in found:
        name = next(expected, None)
        while name is not None and name.endswith("?") and name[:-1] != child.tag:
            name = next(expected, None)
        if name is None or name.removesuffix("?") != child.tag:
            raise _unexpected(element)
    if any(not name.endswith("?") for name in expected):
        raise _unexpected(element)
    return found


def attribute(element: etree._Element, name: str, others: Sequence[str] = ()) -> str:
    """Return an attribute of an element that has no attributes but this and some others."""
    value = element.get(name)
    if value is None or (len(element.attrib) > 1 and not set(element.keys()) <= {name, *others}):
        raise _unexpected(element)
    return value


def octets(element: etree._Element) -> bytes:
    """Decode an element's base64 text, accepting one spelling of each value only."""
    text = "".join((element.text or "").split())
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise unsound(f"The content of {_local(element)} is not base64.") from None
    if len(element) or not decoded or base64.b64encode(decoded).decode() != text:
        raise unsound(f"The content of {_local(element)} is not base64.")
    return decoded


def _unexpected(element: etree._Element) -> BrokenPackage:
    return unsound(f"The element {_local(element)} of the signature has other content than Office writes there.")


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
