"""May this certificate sign at this instant? Whether anybody trusts it is another question."""

import enum
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import keys


class Refusal(enum.StrEnum):
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    KEY_USAGE = "key_usage"
    KEY_KIND = "key_kind"


class Reason(Record, frozen=True, kw_only=True):
    """One reason why a certificate may not sign, as a word for programs and a sentence for people."""

    refusal: Refusal
    detail: str


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


def _of_validity(certificate: x509.Certificate, at: datetime) -> Iterator[Reason]:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < first:
        detail = f"the certificate is not valid before {first.strftime(_INSTANT)}"
        yield Reason(refusal=Refusal.NOT_YET_VALID, detail=detail)
    if at > last:
        yield Reason(refusal=Refusal.EXPIRED, detail=f"the certificate expired on {last.strftime(_INSTANT)}")


def _of_key(certificate: x509.Certificate) -> Iterator[Reason]:
    key = certificate.public_key()
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
