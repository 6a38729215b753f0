"""Adds to what a signature carries unsigned, in whatever form another program wrote it.

The part is written anew in its canonical form, so that everything that is signed keeps its digest; what the signature
signs is compared before and after, octet by octet, and nothing is given back that differs.
"""

import base64
from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties
from kanta_tenancy.machinery.ooxml.names import C14N, DSIG_NS, XADES_141_NS, XADES_NS
from kanta_tenancy.machinery.ooxml.verification.markup import canonical, signature_element
from kanta_tenancy.machinery.ooxml.verification.sections import Sections, take_apart

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>'
_QUALIFYING: Final = f"{{{DSIG_NS}}}Object/{{{XADES_NS}}}QualifyingProperties"
_METHOD: Final = f"{{{DSIG_NS}}}CanonicalizationMethod"
# Timestamps that others put over what is there: adding to it would break them.
_OVER_TIMESTAMPS: Final = (f"{{{XADES_NS}}}SigAndRefsTimeStamp", f"{{{XADES_141_NS}}}SigAndRefsTimeStampV2")
_OVER_ALL: Final = (f"{{{XADES_NS}}}ArchiveTimeStamp", f"{{{XADES_141_NS}}}ArchiveTimeStamp")


def grafted(content: bytes, added: UnsignedProperties) -> bytes:
    """Return a signature part with something added to what it carries.

    Raises:
        BrokenPackage: the signature does not hold together.
        CannotUpgrade: it has no XAdES properties, or a later timestamp is over all that it carries.
    """
    root = signature_element(content)
    signed = what_is_signed(root)
    qualifying = root.find(_QUALIFYING)
    if qualifying is None:
        raise CannotUpgrade("The signature has no XAdES properties that could carry anything.")
    _check_open(qualifying, added)
    properties = _child(_child(qualifying, "UnsignedProperties"), "UnsignedSignatureProperties")
    for token in added.timestamps:
        _add_timestamp(properties, token)
    encoded = [one.public_bytes(Encoding.DER) for one in added.certificates]
    _add_values(properties, ("CertificateValues",), "EncapsulatedX509Certificate", encoded)
    _add_values(properties, ("RevocationValues", "CRLValues"), "EncapsulatedCRLValue", added.crls)
    _add_values(properties, ("RevocationValues", "OCSPValues"), "EncapsulatedOCSPValue", added.ocsp)
    written = _DECLARATION + etree.tostring(root, method="c14n")
    if what_is_signed(signature_element(written)) != signed:
        raise CannotUpgrade("The signature cannot be written anew without changing what it signs.")
    return written


def what_is_signed(root: etree._Element) -> tuple[object, ...]:
    """Return everything of a signature that must stay as it is."""
    sections: Sections = take_apart(root)
    return sections.signed_info, canonical(sections.value_element), canonical(sections.key_info), sections.objects


def _check_open(qualifying: etree._Element, added: UnsignedProperties) -> None:
    closing = (*_OVER_ALL, *_OVER_TIMESTAMPS) if added.timestamps else _OVER_ALL
    if next(qualifying.iter(*closing), None) is not None:
        raise CannotUpgrade("A later timestamp is over what the signature carries, and would not hold any more.")


def _add_timestamp(properties: etree._Element, token: bytes) -> None:
    """Put a timestamp behind those that are there, and before everything else."""
    there = len(properties.findall(f"{{{XADES_NS}}}SignatureTimeStamp"))
    timestamp = _put_in(properties, "SignatureTimeStamp", there)
    etree.SubElement(timestamp, _METHOD).set("Algorithm", C14N)
    _put_in(timestamp, "EncapsulatedTimeStamp").text = _base64(token)


def _add_values(properties: etree._Element, path: Iterable[str], name: str, encoded: Iterable[bytes]) -> None:
    for octets in encoded:
        values = properties
        for step in path:
            values = _child(values, step)
        _put_in(values, name).text = _base64(octets)


def _child(parent: etree._Element, name: str) -> etree._Element:
    """Return the first child of that name, or put one in; in the schema revocation lists come before OCSP answers."""
    found = parent.find(f"{{{XADES_NS}}}{name}")
    return _put_in(parent, name, 0 if name == "CRLValues" else None) if found is None else found


def _put_in(parent: etree._Element, name: str, place: int | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{XADES_NS}}}{name}")
    if place is not None:
        parent.insert(place, made)
    return made


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
