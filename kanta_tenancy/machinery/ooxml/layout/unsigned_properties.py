"""What a signature carries that it does not sign: timestamps, and what a verifier will ask for years later.

Since nobody signs it, adding to it changes neither this signature nor any other. What is written here is what Office
writes for the same purpose, in the order of the schema; references to the values are left out, since the values are
there.

Source: ETSI TS 101 903 v1.3.2, 7.3, 7.6.1 and 7.6.2; [MS-OFFCRYPTO] 2.5.2.6.
"""

import base64
from collections.abc import Sequence
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.layout.certificate_markup import certificate_values
from kanta_tenancy.machinery.ooxml.names import C14N
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES

BEFORE_TOKEN: Final = (
    f'<xd:SignatureTimeStamp><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
    "<xd:EncapsulatedTimeStamp>"
)
AFTER_TOKEN: Final = "</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>"  # noqa: S105 -- markup


class UnsignedProperties(Record, frozen=True, kw_only=True):
    timestamps: tuple[bytes, ...] = ()  # RFC 3161 tokens over the signature's value, DER
    certificates: tuple[x509.Certificate, ...] = ()  # of issuers and authorities, besides those in KeyInfo
    crls: tuple[bytes, ...] = ()  # DER
    ocsp: tuple[bytes, ...] = ()  # OCSP answers, DER


def as_signed(issuers: tuple[x509.Certificate, ...]) -> UnsignedProperties:
    """Return what a new signature carries: the issuers once more where Office has them, unless that are too many."""
    return UnsignedProperties(certificates=issuers if 1 + 2 * len(issuers) <= MAX_CERTIFICATES else ())


def unsigned_markup(properties: UnsignedProperties) -> str:
    """Write the properties as canonical text; nothing when there are none."""
    written = (
        "".join(f"{BEFORE_TOKEN}{_base64(token)}{AFTER_TOKEN}" for token in properties.timestamps)
        + certificate_values(properties.certificates)
        + _revocation_values(properties)
    )
    if not written:
        return ""
    return (
        f"<xd:UnsignedProperties><xd:UnsignedSignatureProperties>{written}"
        "</xd:UnsignedSignatureProperties></xd:UnsignedProperties>"
    )


def _revocation_values(properties: UnsignedProperties) -> str:
    lists = _values("CRL", properties.crls) + _values("OCSP", properties.ocsp)
    return f"<xd:RevocationValues>{lists}</xd:RevocationValues>" if lists else ""


def _values(kind: str, encoded: Sequence[bytes]) -> str:
    values = "".join(f"<xd:Encapsulated{kind}Value>{_base64(one)}</xd:Encapsulated{kind}Value>" for one in encoded)
    return f"<xd:{kind}Values>{values}</xd:{kind}Values>" if values else ""


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
