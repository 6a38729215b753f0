"""The structure of a timestamp token: a CMS SignedData around a TSTInfo, and what must agree in it.

Source: RFC 5652, 5; RFC 3161, 2.4.2; RFC 5035 (signing certificate); RFC 5816.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes

DIGESTS: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
# Each signature algorithm that RFC 3370 and RFC 5754 name, and the digest that belongs to it; None: the signer says.
SIGNATURES: Final[Mapping[str, hashes.HashAlgorithm | None]] = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": hashes.SHA256(),
    "1.2.840.113549.1.1.12": hashes.SHA384(),
    "1.2.840.113549.1.1.13": hashes.SHA512(),
    "1.2.840.10045.4.3.2": hashes.SHA256(),
    "1.2.840.10045.4.3.3": hashes.SHA384(),
    "1.2.840.10045.4.3.4": hashes.SHA512(),
}
SIGNED_DATA: Final = x509.ObjectIdentifier("1.2.840.113549.1.7.2")
TST_INFO: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
SIGNING_CERTIFICATE_V2: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")


@asn1.sequence
class Algorithm:
    name: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Imprint:
    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class Accuracy:
    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class Extension:
    name: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(value=False)]
    value: bytes


@asn1.sequence
class TSTInfo:
    version: int
    policy: x509.ObjectIdentifier
    imprint: Imprint
    serial: int
    at: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]  # one name
    extensions: Annotated[list[Extension] | None, asn1.Implicit(1)]


@asn1.sequence
class Encapsulated:
    type: x509.ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class Attribute:
    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class SignerInfo:
    version: int
    signer: asn1.TLV  # not signed, so not used: the signing certificate is a signed attribute
    digest: Algorithm
    signed: Annotated[list[Attribute], asn1.Implicit(0)]  # what is signed is this as a SET OF
    algorithm: Algorithm
    signature: bytes
    unsigned: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


# A SET OF is read as a SEQUENCE OF where nothing of it is signed: many authorities put their certificates in the order
# of the path, which DER forbids and everybody reads.
@asn1.sequence
class SignedData:
    version: int
    digests: asn1.TLV
    encapsulated: Encapsulated
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    lists: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    type: x509.ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class CertificateDigest:
    digest: bytes  # SHA-1
    issuer: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificate:
    certificates: list[CertificateDigest]
    policies: list[asn1.TLV] | None


@asn1.sequence
class CertificateDigestV2:
    algorithm: Algorithm | None  # SHA-256 when it is not said
    digest: bytes
    issuer: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificateV2:
    certificates: list[CertificateDigestV2]
    policies: list[asn1.TLV] | None
