"""A timestamp authority that stamps at any instant, honestly or not."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.timestamp_token import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    Accuracy,
    Algorithm,
    Attribute,
    CertificateDigest,
    CertificateDigestV2,
    ContentInfo,
    Encapsulated,
    Extension,
    Imprint,
    SignedData,
    SignerInfo,
    SigningCertificate,
    SigningCertificateV2,
    TSTInfo,
)

OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
RSA, ECDSA_SHA256 = "1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2"


class Habits(Record, frozen=True, kw_only=True):
    """How an authority stamps; by default, as RFC 3161 says."""

    digest: str = "sha256"  # of what is stamped
    signer_digest: str = "sha256"
    signature: str = ""
    names: x509.Certificate | None = None  # the certificate that it says it signs with
    names_the_old_way: bool = False
    names_none: bool = False
    brings: Sequence[x509.Certificate] | None = None
    content_type: str = TST_INFO.dotted_string
    said: str = TST_INFO.dotted_string
    digest_of: bytes | None = None  # instead of what it says
    extensions: Sequence[Extension] | None = None
    accuracy: Accuracy | None = None
    signers: int = 1


HONEST = Habits()


def stamp(message: bytes, by: Credential, *, at: datetime, habits: Habits = HONEST) -> bytes:
    """Return a token over a message."""
    info = TSTInfo(
        version=1,
        policy=x509.ObjectIdentifier("1.2.3.4.1"),
        imprint=Imprint(algorithm=_algorithm(OIDS[habits.digest]), digest=hashlib.new(habits.digest, message).digest()),
        serial=7,
        at=asn1.GeneralizedTime(at),
        accuracy=habits.accuracy,
        ordering=False,
        nonce=None,
        authority=None,
        extensions=None if habits.extensions is None else list(habits.extensions),
    )
    content = asn1.encode_der(info)
    brought = by.chain if habits.brings is None else habits.brings
    data = SignedData(
        version=3,
        digests=_tlv(asn1.encode_der(asn1.SetOf([_algorithm(OIDS[habits.signer_digest])]))),
        encapsulated=Encapsulated(type=x509.ObjectIdentifier(habits.content_type), content=content),
        certificates=[_tlv(each.public_bytes(Encoding.DER)) for each in brought] or None,
        lists=None,
        signers=asn1.SetOf([_signer(content, by, habits)] * habits.signers),
    )
    return asn1.encode_der(ContentInfo(type=SIGNED_DATA, content=data))


def _signer(content: bytes, by: Credential, habits: Habits) -> SignerInfo:
    digest = hashlib.new(habits.signer_digest, content if habits.digest_of is None else habits.digest_of).digest()
    attributes = [
        _attribute(CONTENT_TYPE, asn1.encode_der(x509.ObjectIdentifier(habits.said))),
        _attribute(MESSAGE_DIGEST, asn1.encode_der(digest)),
        *_named(habits.names or by.certificate, habits),
    ]
    signed = asn1.encode_der(asn1.SetOf(attributes))
    algorithm = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
    hasher = algorithm[habits.signer_digest]()
    if isinstance(by.key, rsa.RSAPrivateKey):
        value, name = by.key.sign(signed, padding.PKCS1v15(), hasher), RSA
    else:
        value, name = by.key.sign(signed, ec.ECDSA(hasher)), ECDSA_SHA256
    return SignerInfo(
        version=1,
        signer=_tlv(_issuer_and_serial(by.certificate)),
        digest=_algorithm(OIDS[habits.signer_digest]),
        signed=attributes,
        algorithm=_algorithm(habits.signature or name),
        signature=value,
        unsigned=None,
    )


def _named(certificate: x509.Certificate, habits: Habits) -> list[Attribute]:
    if habits.names_none:
        return []
    if habits.names_the_old_way:
        old = CertificateDigest(digest=certificate.fingerprint(hashes.SHA1()), issuer=None)  # noqa: S303
        return [_attribute(SIGNING_CERTIFICATE, asn1.encode_der(SigningCertificate(certificates=[old], policies=None)))]
    new = CertificateDigestV2(algorithm=None, digest=certificate.fingerprint(hashes.SHA256()), issuer=None)
    return [
        _attribute(SIGNING_CERTIFICATE_V2, asn1.encode_der(SigningCertificateV2(certificates=[new], policies=None)))
    ]


@asn1.sequence
class _IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    issuer = _tlv(certificate.issuer.public_bytes())
    return asn1.encode_der(_IssuerAndSerial(issuer=issuer, serial=certificate.serial_number))


def _algorithm(oid: str) -> Algorithm:
    return Algorithm(name=x509.ObjectIdentifier(oid), parameters=None)


def _attribute(oid: x509.ObjectIdentifier, value: bytes) -> Attribute:
    return Attribute(type=oid, values=asn1.SetOf([_tlv(value)]))


def _tlv(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)
