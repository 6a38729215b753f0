"""Read what an OCSP answer says of one certificate.

Source: RFC 6960, 3.2, 4.2.2.2 and 4.4.4.
"""

import functools
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificate_from_der, quietly
from kanta_tenancy.machinery.x509.statements import STRONG, UNREADABLE, SaysNothing, Statement, instant, made_by

LARGEST: Final = 100_000  # bytes
_WHAT: Final = "OCSP answer"
_MOST_CERTIFICATES: Final = 10
_ARCHIVE_CUTOFF: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6")


class Answered(Statement, frozen=True, kw_only=True):
    """A statement, and who made it: None is the issuer of the certificate itself."""

    responder: x509.Certificate | None
    produced_at: datetime


def checked(content: bytes) -> bytes:
    """Return an OCSP answer as it is given.

    Raises:
        CertificateUnreadable: it is too large, or no OCSP answer in DER.
    """
    if len(content) > LARGEST:
        raise CertificateUnreadable(f"an OCSP answer has at most {LARGEST} bytes, this one has {len(content)}")
    try:
        ocsp.load_der_ocsp_response(content)
    except UNREADABLE:
        raise CertificateUnreadable("it is no OCSP answer in DER") from None
    return content


@functools.lru_cache(maxsize=512)  # a signatory signs many documents
def answered(certificate: x509.Certificate, issuer: x509.Certificate, der: bytes) -> Answered | None:
    """Return what an answer says of a certificate; None when it is about others.

    Whether an appointed responder was itself revoked is left to who asks.

    Raises:
        SaysNothing: it is about this certificate, and does not count.
    """
    if len(der) > LARGEST:
        raise SaysNothing(f"the {_WHAT} has more than {LARGEST} bytes")
    with quietly():
        try:
            return _answered(certificate, issuer, ocsp.load_der_ocsp_response(der))
        except (*UNREADABLE, CertificateUnreadable):
            raise SaysNothing(f"the {_WHAT} cannot be read") from None


def needs_no_check(responder: x509.Certificate) -> bool:
    """Tell whether the issuer vouches for a responder for as long as its certificate lasts (id-pkix-ocsp-nocheck)."""
    return any(isinstance(each.value, x509.OCSPNoCheck) for each in responder.extensions)


def _answered(certificate: x509.Certificate, issuer: x509.Certificate, answer: ocsp.OCSPResponse) -> Answered | None:
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return None
    about = next((each for each in answer.responses if _is_about(each, certificate, issuer)), None)
    if about is None:
        return None
    if any(each.critical for each in answer.extensions):
        raise SaysNothing(f"the {_WHAT} has a critical extension")
    responder = _responder(answer, issuer)
    if about.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise SaysNothing(f"the {_WHAT} says that the authority does not know the certificate")
    return Answered(
        source=_WHAT,
        since=about.this_update_utc,
        until=about.next_update_utc,
        revoked_at=about.revocation_time_utc,
        cause=about.revocation_reason,
        remembers=_archive_cutoff(answer),
        responder=responder,
        produced_at=answer.produced_at_utc,
    )


def _is_about(single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    # The library computes both digests from the very octets of the issuer's certificate.
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
    return (single.issuer_name_hash, single.issuer_key_hash) == (request.issuer_name_hash, request.issuer_key_hash)


def _responder(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> x509.Certificate | None:
    """Find who signed the answer: the issuer, which is None, or whom it appointed."""
    if _signed(answer, issuer):
        return None
    for each in _brought(answer):
        if _signed(answer, each):
            _check_appointed(each, issuer, answer.produced_at_utc)
            return each
    raise SaysNothing(f"the {_WHAT} is signed neither by the issuer of the certificate nor by a certificate in it")


def _brought(answer: ocsp.OCSPResponse) -> Iterator[x509.Certificate]:
    for each in answer.certificates[:_MOST_CERTIFICATES]:
        yield certificate_from_der(each.public_bytes(Encoding.DER))


def _signed(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    algorithm = answer.signature_hash_algorithm
    if not isinstance(algorithm, STRONG):
        raise SaysNothing(f"the {_WHAT} is signed with a weak or unknown algorithm")
    return made_by(signer.public_key(), answer.signature, answer.tbs_response_bytes, algorithm)


def _check_appointed(responder: x509.Certificate, issuer: x509.Certificate, at: datetime) -> None:
    if not _issued(responder, issuer):
        raise SaysNothing(f"the {_WHAT} is signed by a certificate that the issuer of this one did not issue")
    purposes = (each.value for each in responder.extensions if isinstance(each.value, x509.ExtendedKeyUsage))
    if not any(ExtendedKeyUsageOID.OCSP_SIGNING in each for each in purposes):
        raise SaysNothing(f"the {_WHAT} is signed by a certificate that the issuer did not appoint (id-kp-OCSPSigning)")
    if not responder.not_valid_before_utc <= at <= responder.not_valid_after_utc:
        raise SaysNothing(f"the {_WHAT} is signed by a responder whose certificate was not valid then")


def _issued(responder: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        responder.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return isinstance(responder.signature_hash_algorithm, STRONG)


def _archive_cutoff(answer: ocsp.OCSPResponse) -> datetime | None:
    """Return since when expired certificates are still answered for; the library shows it of a lone answer only."""
    if len(list(answer.responses)) > 1:
        return None
    if any(each.critical for each in answer.single_extensions):
        raise SaysNothing(f"the {_WHAT} has a critical extension")
    return instant(answer.single_extensions, _ARCHIVE_CUTOFF)
