"""What was added to a signature after it was made: timestamps and revocation values. Nobody signs it.

Whatever cannot be read is left out: anybody can add anything here, and none of it changes what the signature signs.

Source: ETSI TS 101 903 v1.3.2, 7.3 and 7.6.2, and v1.4.1, 8.1.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.layout.signature_part import stamped_octets
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties
from kanta_tenancy.machinery.ooxml.names import (
    C14N,
    C14N_WITH_COMMENTS,
    DSIG_NS,
    EXCLUSIVE_C14N,
    EXCLUSIVE_C14N_WITH_COMMENTS,
    XADES_141_NS,
    XADES_NS,
)
from kanta_tenancy.machinery.ooxml.verification.binding import Bound
from kanta_tenancy.machinery.ooxml.verification.markup import canonical, octets
from kanta_tenancy.machinery.opc.errors import BrokenPackage

_PROPERTIES: Final = f"{{{XADES_NS}}}UnsignedSignatureProperties"
_TIMESTAMPS: Final = f"{_PROPERTIES}/{{{XADES_NS}}}SignatureTimeStamp"
_TOKEN: Final = f"{{{XADES_NS}}}EncapsulatedTimeStamp"
_METHOD: Final = f"{{{DSIG_NS}}}CanonicalizationMethod"
_REVOCATION_VALUES: Final = (
    f"{_PROPERTIES}/{{{XADES_NS}}}RevocationValues",
    f"{_PROPERTIES}/{{{XADES_141_NS}}}TimeStampValidationData/{{{XADES_NS}}}RevocationValues",
)
_CRLS: Final = f"{{{XADES_NS}}}CRLValues/{{{XADES_NS}}}EncapsulatedCRLValue"
_OCSP: Final = f"{{{XADES_NS}}}OCSPValues/{{{XADES_NS}}}EncapsulatedOCSPValue"
# A signature has no comments, so that with and without them are the same.
_EXCLUSIVE: Final[Mapping[str, bool]] = {
    C14N: False,
    C14N_WITH_COMMENTS: False,
    EXCLUSIVE_C14N: True,
    EXCLUSIVE_C14N_WITH_COMMENTS: True,
}


class Stamp(Record, frozen=True, kw_only=True):
    """A timestamp as it was found: whether it is one, and one of these octets, is yet to be asked."""

    token: bytes  # RFC 3161, DER
    over: bytes  # the octets that it has to be over: SignatureValue, canonical


class Additions(Record, frozen=True, kw_only=True):
    stamps: tuple[Stamp, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()


def as_carried(carried: UnsignedProperties, value: bytes) -> Additions:
    """Return what was added to a signature that is written as it is here."""
    over = stamped_octets(value)
    return Additions(
        stamps=tuple(Stamp(token=token, over=over) for token in carried.timestamps),
        crls=carried.crls,
        ocsp=carried.ocsp,
    )


def read(bound: Bound) -> Additions:
    """Read what was added to a signature that anybody may have written."""
    if bound.unsigned is None:
        return Additions()
    values = [found for path in _REVOCATION_VALUES for found in bound.unsigned.findall(path)]
    return Additions(
        stamps=tuple(_stamps(bound.unsigned, bound.value_element)),
        crls=tuple(_readable(found for each in values for found in each.findall(_CRLS))),
        ocsp=tuple(_readable(found for each in values for found in each.findall(_OCSP))),
    )


def _stamps(unsigned: etree._Element, value: etree._Element) -> Iterator[Stamp]:
    for found in unsigned.findall(_TIMESTAMPS):
        method = found.find(_METHOD)
        exclusive = _EXCLUSIVE.get(C14N if method is None else method.get("Algorithm", ""))
        if exclusive is not None:
            over = canonical(value, exclusive=exclusive)
            yield from (Stamp(token=token, over=over) for token in _readable(found.iterfind(_TOKEN)))


def _readable(encoded: Iterator[etree._Element]) -> Iterator[bytes]:
    for each in encoded:
        try:
            yield octets(each)
        except BrokenPackage:
            continue
