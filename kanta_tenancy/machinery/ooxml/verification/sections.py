"""A signature's sections: what SignedInfo signs, each in its canonical form, and what nobody signs (rule R2)."""

from typing import Final, NamedTuple

from lxml import etree

from kanta_tenancy.machinery.ooxml.names import DSIG_NS, OBJECT_REFERENCE, SIGNED_PROPERTIES_REFERENCE, XADES_NS
from kanta_tenancy.machinery.ooxml.verification.markup import (
    attribute,
    canonical,
    children,
    octets,
    unsound,
)

_OBJECT: Final = f"{{{DSIG_NS}}}Object"
_HEAD: Final = [f"{{{DSIG_NS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
_QUALIFYING: Final = f"{{{XADES_NS}}}QualifyingProperties"
_SIGNED_PROPERTIES: Final = f"{{{XADES_NS}}}SignedProperties"
_UNSIGNED_PROPERTIES: Final = f"{{{XADES_NS}}}UnsignedProperties"
_MOST_OBJECTS: Final = 8  # Office writes three, or five with the images of a signature line


class SignedObject(NamedTuple):
    """Something that a reference of SignedInfo must lead to."""

    uri: str
    type: str  # that the reference must give
    canonical: bytes


class Sections(NamedTuple):
    signed_info: bytes  # canonical
    value: bytes
    value_element: etree._Element  # what a timestamp is over
    objects: tuple[SignedObject, ...]
    key_info: etree._Element  # not signed
    unsigned: etree._Element | None  # the XAdES UnsignedProperties


def take_apart(root: etree._Element) -> Sections:
    """Find the sections of a signature.

    Raises:
        BrokenPackage: they are not where Office writes them (R2).
    """
    signature_id, found = attribute(root, "Id"), list(root)
    if [each.tag for each in found[:3]] != _HEAD:
        raise unsound("The signature does not begin with SignedInfo, SignatureValue and KeyInfo.")
    if len(found) > len(_HEAD) + _MOST_OBJECTS:
        raise unsound(f"The signature holds more than {_MOST_OBJECTS} objects.")
    signed_info, value, key_info = found[:3]
    objects, unsigned = [], None
    for each in found[3:]:
        if each.tag != _OBJECT:
            raise unsound("The signature holds an element that is no Object after its KeyInfo.")
        if len(each) and each[0].tag == _QUALIFYING:
            properties, unsigned = _halves(each, signature_id)
            objects.append(_signed(properties, SIGNED_PROPERTIES_REFERENCE))
        else:
            objects.append(_signed(each, OBJECT_REFERENCE))
    return Sections(
        signed_info=canonical(signed_info),
        value=octets(value),
        value_element=value,
        objects=tuple(objects),
        key_info=key_info,
        unsigned=unsigned,
    )


def _halves(xades: etree._Element, signature_id: str) -> tuple[etree._Element, etree._Element | None]:
    """Return the signed and the unsigned half of the XAdES properties."""
    (qualifying,) = children(xades, _QUALIFYING)
    if attribute(qualifying, "Target", ("Id",)) != f"#{signature_id}":
        raise unsound("The XAdES properties say that they belong to another signature.")
    properties, *rest = children(qualifying, _SIGNED_PROPERTIES, f"{_UNSIGNED_PROPERTIES}?")
    return properties, next(iter(rest), None)


def _signed(element: etree._Element, kind: str) -> SignedObject:
    return SignedObject(f"#{attribute(element, 'Id', ('MimeType', 'Encoding'))}", kind, canonical(element))
