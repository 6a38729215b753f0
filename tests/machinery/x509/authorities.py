"""Authorities that say how certificates stand, and one that stamps times, as the library and as openssl make them."""

import functools
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import (
    Revoked,
    SampleAuthority,
    Signer,
    found,
    issue,
    revocation_list,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ISSUED = NOW - timedelta(days=30)
DAY = timedelta(days=1)
SHA256 = hashes.SHA256()
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]

OCSP_SIGNING: Extensions = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),)
NO_CHECK: Extensions = (*OCSP_SIGNING, (x509.OCSPNoCheck(), False))
TIME_STAMPING: Extensions = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),)


@functools.cache
def authority(name: str = "Test") -> SampleAuthority:
    return found(name, at=ISSUED)


@functools.cache
def aino(*extensions: tuple[x509.ExtensionType, bool]) -> Credential:
    return issue(authority(), Signer(name="Aino", organisation="Hoivakoti"), at=ISSUED, extensions=extensions)


def of_issuing(
    *extensions: tuple[x509.ExtensionType, bool],
    name: str = "Helper",
    kind: KeyKind = KeyKind.EC_P256,
    at: datetime = ISSUED,
) -> Credential:
    """Make a certificate of the issuing authority for something that answers or stamps."""
    signer = Signer(name=name, organisation="Test")
    return issue(authority(), signer, at=at, kind=kind, usage=("digital_signature",), extensions=extensions)


def listed(
    *revoked: Revoked,
    by: Credential | None = None,
    at: datetime = NOW - DAY,
    lasts: timedelta = 7 * DAY,
    extensions: Extensions = (),
) -> RevocationData:
    """Return the issuing authority's list, or another's."""
    issuer = by or authority().issuing
    made = revocation_list(issuer, at=at, lasts=lasts, revoked=revoked, extensions=extensions)
    return RevocationData(crls=(made.public_bytes(Encoding.DER),))


def answered(
    certificate: x509.Certificate,
    *,
    by: Credential | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    revoked_at: datetime | None = None,
    cause: x509.ReasonFlags | None = None,
    at: datetime = NOW - DAY,
    lasts: timedelta | None = 7 * DAY,
    issuer: x509.Certificate | None = None,
    id_by: hashes.HashAlgorithm = SHA256,
    brings: bool = True,
) -> RevocationData:
    """Return the answer of the issuing authority itself, or of whom it appointed."""
    responder = by or authority().issuing
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=issuer or authority().issuing.certificate,
        algorithm=id_by,
        cert_status=status,
        this_update=at,
        next_update=None if lasts is None else at + lasts,
        revocation_time=revoked_at,
        revocation_reason=cause,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    if by is not None and brings:
        builder = builder.certificates([responder.certificate])
    return RevocationData(ocsp=(builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER),))
