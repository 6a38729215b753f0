"""Requests for certificates (PKCS #10): made with a key, and read from a stranger."""

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AttributeOID, ExtendedKeyUsageOID, NameOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.errors import RequestNotProven, RequestUnreadable
from kanta_tenancy.machinery.x509.extensions_apart import UNREADABLE
from kanta_tenancy.machinery.x509.inspected import Name
from kanta_tenancy.machinery.x509.inspection import names_of, purposes_of
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, quietly

LONGEST_OF_SUBJECT: Final = 64  # of X.520, for names of people, organisations and units
USAGES: Final = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}
_PEM: Final = b"-----BEGIN "
_UNREADABLE: Final = (*UNREADABLE, UnsupportedAlgorithm, x509.InvalidVersion)
X = TypeVar("X", bound=x509.ExtensionType)


class Wanted(Record, frozen=True, kw_only=True):
    """What a certificate is asked to say."""

    common_name: str | None = None
    organisation: str | None = None
    unit: str | None = None
    country: str | None = None
    domains: tuple[str, ...] = ()  # as DNS has them: A-labels
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()
    usages: tuple[str, ...] = ()  # keys of `USAGES`


class Requested(Record, frozen=True, kw_only=True):
    """What a request says."""

    sha256: str  # of the DER, hexadecimal
    key: str  # such as `RSA-2048` or `EC P-256`
    key_sha256: str  # of the SubjectPublicKeyInfo
    subject: str  # RFC 4514
    names: tuple[Name, ...]
    extended_usages: tuple[str, ...]


class Read(Record, frozen=True, kw_only=True):
    der: bytes
    public_key: bytes  # SubjectPublicKeyInfo, DER
    has_password: bool  # a challenge password (RFC 2985, 5.4.1), which is a secret
    said: Requested


def make(key: keys.PrivateKey, wanted: Wanted) -> bytes:
    """Return a request in DER, signed with the key that it is about."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(wanted))
    names: list[x509.GeneralName] = [x509.DNSName(one) for one in wanted.domains]
    names += [x509.IPAddress(one) for one in wanted.addresses]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if wanted.usages:
        usages = x509.ExtendedKeyUsage([USAGES[one] for one in wanted.usages])
        builder = builder.add_extension(usages, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def read(content: bytes) -> Read:
    """Read a request in PEM or DER, and verify with its own key that whoever made it has the key.

    Raises:
        RequestUnreadable: it is too large, or cannot be read whole.
        RequestNotProven: its signature does not verify, or is of a kind that cannot be verified here.
    """
    if len(content) > MAX_BYTES:
        raise RequestUnreadable(f"a request has at most {MAX_BYTES} bytes, this one has {len(content)}")
    with quietly():
        try:
            request = _load(content)
            said = _said(request)
            public_key = request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except _UNREADABLE as trouble:
            raise RequestUnreadable("it is no PKCS #10 request that can be read, in PEM or DER") from trouble
        _prove(request)
    return Read(
        der=request.public_bytes(Encoding.DER),
        public_key=public_key,
        has_password=any(one.oid == AttributeOID.CHALLENGE_PASSWORD for one in request.attributes),
        said=said,
    )


def public_key_of(certificate: bytes) -> bytes | None:
    """Return the SubjectPublicKeyInfo of a certificate in DER; None: it cannot be read."""
    with quietly():
        try:
            key = x509.load_der_x509_certificate(certificate).public_key()
        except _UNREADABLE:
            return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_csr(der).public_bytes(Encoding.PEM)


def _load(content: bytes) -> x509.CertificateSigningRequest:
    return x509.load_pem_x509_csr(content) if _PEM in content else x509.load_der_x509_csr(content)


def _said(request: x509.CertificateSigningRequest) -> Requested:
    key = request.public_key()
    extensions = tuple(request.extensions)
    return Requested(
        sha256=hashlib.sha256(request.public_bytes(Encoding.DER)).hexdigest(),
        key=keys.describe(key),
        key_sha256=hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest(),
        subject=request.subject.rfc4514_string(),
        names=tuple(names_of(request.subject, _value(extensions, x509.SubjectAlternativeName))),
        extended_usages=purposes_of(_value(extensions, x509.ExtendedKeyUsage)),
    )


def _value(extensions: Sequence[x509.Extension[x509.ExtensionType]], kind: type[X]) -> X | None:
    return next((one.value for one in extensions if isinstance(one.value, kind)), None)


def _prove(request: x509.CertificateSigningRequest) -> None:
    try:
        proven = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as trouble:
        raise RequestNotProven("its signature is of a kind that cannot be verified here") from trouble
    if not proven:
        raise RequestNotProven("its signature does not verify with the key that is in it")


def _subject(wanted: Wanted) -> x509.Name:
    said = (
        (NameOID.COUNTRY_NAME, wanted.country),
        (NameOID.ORGANIZATION_NAME, wanted.organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, wanted.unit),
        (NameOID.COMMON_NAME, wanted.common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in said if value])
