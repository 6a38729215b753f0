"""Read what a certificate revocation list says of one certificate.

Source: RFC 5280, 5 and 6.3.3.
"""

import functools
from collections.abc import Iterator
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import PEM_BLOCK, quietly
from kanta_tenancy.machinery.x509.statements import STRONG, UNREADABLE, SaysNothing, Statement, instant

LARGEST: Final = 10_000_000  # bytes
_LABEL: Final = b"X509 CRL"
WHAT: Final = "revocation list"
_EXPIRED_CERTIFICATES: Final = x509.ObjectIdentifier("2.5.29.60")  # expiredCertsOnCRL, X.509
_UNDERSTOOD: Final = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER})
_UNDERSTOOD_OF_AN_ENTRY: Final = frozenset({CRLEntryExtensionOID.CRL_REASON, CRLEntryExtensionOID.INVALIDITY_DATE})


def lists_of(content: bytes) -> tuple[bytes, ...]:
    """Return the lists of a file in DER: one in DER, or any number as PEM.

    Raises:
        CertificateUnreadable: it is too large, or one of them is no revocation list.
    """
    if len(content) > LARGEST:
        raise CertificateUnreadable(f"revocation lists have at most {LARGEST} bytes, these have {len(content)}")
    blocks = [match.group() for match in PEM_BLOCK.finditer(content) if match.group(1) == _LABEL]
    try:
        lists = [x509.load_pem_x509_crl(each) for each in blocks] or [x509.load_der_x509_crl(content)]
    except UNREADABLE:
        raise CertificateUnreadable("it is no certificate revocation list") from None
    return tuple(each.public_bytes(Encoding.DER) for each in lists)


@functools.lru_cache(maxsize=512)  # a signatory signs many documents
def statement(certificate: x509.Certificate, issuer: x509.Certificate, der: bytes) -> Statement | None:
    """Return what a list says of a certificate; None when it is the list of another authority.

    Raises:
        SaysNothing: it is the issuer's, and does not count.
    """
    if len(der) > LARGEST:
        raise SaysNothing(f"the {WHAT} has more than {LARGEST} bytes")
    with quietly():
        try:
            return _statement(certificate, issuer, _parsed(der))
        except UNREADABLE:
            raise SaysNothing(f"the {WHAT} cannot be read") from None


@functools.lru_cache(maxsize=32)
def _parsed(der: bytes) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(der)


def _statement(
    certificate: x509.Certificate, issuer: x509.Certificate, crl: x509.CertificateRevocationList
) -> Statement | None:
    if crl.issuer != issuer.subject:
        return None
    _check_signature(crl, issuer)
    _check_kind(crl.extensions)
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    in_part = _why_in_part(certificate, crl.extensions)
    if entry is None and in_part:
        raise SaysNothing(f"the {WHAT} {in_part}")
    if entry is not None:
        _check_entry(entry)
    return Statement(
        source=WHAT,
        since=crl.last_update_utc,
        until=crl.next_update_utc,
        revoked_at=None if entry is None else entry.revocation_date_utc,
        cause=None if entry is None else _cause(entry),
        remembers=instant(crl.extensions, _EXPIRED_CERTIFICATES),
    )


def _check_signature(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> None:
    if not isinstance(crl.signature_hash_algorithm, STRONG):
        raise SaysNothing(f"the {WHAT} is signed with a weak or unknown algorithm")
    if not crl.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # another kind raises TypeError
        raise SaysNothing(f"the {WHAT} is not signed by the issuer of the certificate")
    usage = next((each.value for each in issuer.extensions if isinstance(each.value, x509.KeyUsage)), None)
    if usage is not None and not usage.crl_sign:
        raise SaysNothing(f"the {WHAT} is signed by an authority that may sign none (key usage)")


def _check_kind(extensions: x509.Extensions) -> None:
    for extension in extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            raise SaysNothing(f"the {WHAT} names only what has changed since another (delta)")
        if isinstance(extension.value, x509.IssuingDistributionPoint) and extension.value.indirect_crl:
            raise SaysNothing(f"the {WHAT} speaks for several authorities (indirect)")
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise SaysNothing(f"the {WHAT} has the critical extension {extension.oid.dotted_string}")


def _why_in_part(certificate: x509.Certificate, extensions: x509.Extensions) -> str:
    """Say why a certificate that is not in the list may be revoked all the same; nothing when it may not."""
    points = next((each.value for each in extensions if isinstance(each.value, x509.IssuingDistributionPoint)), None)
    if points is None:
        return ""
    if points.only_some_reasons:
        return "tells of some grounds of revocation only"
    if points.only_contains_attribute_certs or _is_of_other_kind(certificate, points):
        return "is about certificates of another kind"
    if points.relative_name or (points.full_name and not set(points.full_name) & set(_named_by(certificate))):
        return "is about certificates that name another distribution point"
    return ""


def _is_of_other_kind(certificate: x509.Certificate, points: x509.IssuingDistributionPoint) -> bool:
    constraints = (each.value for each in certificate.extensions if isinstance(each.value, x509.BasicConstraints))
    authority = any(each.ca for each in constraints)
    return points.only_contains_user_certs if authority else points.only_contains_ca_certs


def _named_by(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    """Return the distribution points of a certificate where its issuer tells of every ground."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.CRLDistributionPoints):
            for point in extension.value:
                if point.reasons is None and point.crl_issuer is None:
                    yield from point.full_name or ()


def _check_entry(entry: x509.RevokedCertificate) -> None:
    if any(each.critical and each.oid not in _UNDERSTOOD_OF_AN_ENTRY for each in entry.extensions):
        raise SaysNothing(f"the {WHAT} says something of the certificate that is not understood here")


def _cause(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    return next((each.value.reason for each in entry.extensions if isinstance(each.value, x509.CRLReason)), None)
