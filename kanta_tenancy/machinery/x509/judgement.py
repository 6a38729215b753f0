"""May this certificate sign at this instant? Whether anybody trusts it is another question."""

import enum
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, PublicKeyAlgorithmOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import access, keys
from kanta_tenancy.machinery.x509.paths import SIGNING_PURPOSES


class Refusal(enum.StrEnum):
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    KEY_USAGE = "key_usage"
    KEY_KIND = "key_kind"


class Reason(Record, frozen=True, kw_only=True):
    """One reason why a certificate may not sign, as a word for programs and a sentence for people."""

    refusal: Refusal
    detail: str


class Doubt(enum.StrEnum):
    """Why others may show a signature as untrusted although the certificate may sign."""

    OTHER_PURPOSE = "other_purpose"
    UNUSUAL_PURPOSE = "unusual_purpose"
    NOBODY_TO_ASK = "nobody_to_ask"
    SIGNED_BY_ITSELF = "signed_by_itself"


class Warned(Record, frozen=True, kw_only=True):
    """One doubt, as a word for programs and a sentence for people."""

    doubt: Doubt
    detail: str


_SHOWN_AS_TRUSTED: Final = frozenset(
    {
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
    }
)
_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"


def refusals(certificate: x509.Certificate, at: datetime) -> tuple[Reason, ...]:
    """Return every reason why `certificate` may not sign at `at`; none means that it may.

    A certificate without the key usage extension may sign, and so may a self-signed one.

    Args:
        certificate: as `reading` or `credentials` gave it, so that each field can be read.
        at: the instant of signing; any zone, but never naive.

    Raises:
        ValueError: `at` has no time zone.

    Source:
        RFC 5280, 4.1.2.5 (both ends of the validity belong to it) and 4.2.1.3.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of signing must carry a time zone")
    return (*_of_validity(certificate, at), *_of_key(certificate), *_of_key_usage(certificate))


def warnings(certificate: x509.Certificate) -> tuple[Warned, ...]:
    """Return why Word, LibreOffice or a strict verifier may show a signature by `certificate` as untrusted or open.

    Whether a reader trusts the issuer is the reader's matter, and not asked.

    Args:
        certificate: as `reading` or `credentials` gave it, so that each field can be read.

    Source:
        RFC 5280, 4.2.1.12 and 4.2.1.13; RFC 9336; LibreOffice 7.4 as it was tried.
    """
    if certificate.issuer == certificate.subject:
        detail = "the certificate is signed by itself: only who trusts this very certificate will trust the signature"
        return (*_of_purpose(certificate), Warned(doubt=Doubt.SIGNED_BY_ITSELF, detail=detail))
    return (*_of_purpose(certificate), *_of_revocation(certificate))


def _of_purpose(certificate: x509.Certificate) -> Iterator[Warned]:
    usage = next((each.value for each in certificate.extensions if isinstance(each.value, x509.ExtendedKeyUsage)), None)
    if usage is None or not _SHOWN_AS_TRUSTED.isdisjoint(usage):
        return
    if SIGNING_PURPOSES.isdisjoint(usage):
        detail = "the certificate's extended key usage is for other purposes than signing documents"
        yield Warned(doubt=Doubt.OTHER_PURPOSE, detail=detail)
    else:
        detail = (
            "LibreOffice shows a certificate as untrusted whose extended key usage has neither e-mail protection nor "
            "client authentication"
        )
        yield Warned(doubt=Doubt.UNUSUAL_PURPOSE, detail=detail)


def _of_revocation(certificate: x509.Certificate) -> Iterator[Warned]:
    if not (access.list_addresses(certificate) or access.responder_addresses(certificate)):
        detail = "the certificate does not say where to ask whether it is revoked: who verifies needs a list by hand"
        yield Warned(doubt=Doubt.NOBODY_TO_ASK, detail=detail)


def _of_validity(certificate: x509.Certificate, at: datetime) -> Iterator[Reason]:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < first:
        detail = f"the certificate is not valid before {first.strftime(_INSTANT)}"
        yield Reason(refusal=Refusal.NOT_YET_VALID, detail=detail)
    if at > last:
        yield Reason(refusal=Refusal.EXPIRED, detail=f"the certificate expired on {last.strftime(_INSTANT)}")


def _of_key(certificate: x509.Certificate) -> Iterator[Reason]:
    key = certificate.public_key()
    if certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
        detail = "the key is for RSA-PSS alone (RFC 4055, 1.2), and documents are signed with PKCS #1 v1.5 here"
        yield Reason(refusal=Refusal.KEY_KIND, detail=detail)
        return
    if not keys.may_sign(key):
        detail = f"the key is {keys.describe(key)}; RSA of 2048 to 4096 bits, EC P-256 and EC P-384 may sign"
        yield Reason(refusal=Refusal.KEY_KIND, detail=detail)


def _of_key_usage(certificate: x509.Certificate) -> Iterator[Reason]:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        detail = "the certificate's key usage has neither digitalSignature nor nonRepudiation"
        yield Reason(refusal=Refusal.KEY_USAGE, detail=detail)
