"""May the signer's certificate sign this? Whatever is to stop a signature because of its certificate is asked here.

Every way to sign passes: a key in a file, in a token, or elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.layout.canonical import can_be_written
from kanta_tenancy.machinery.ooxml.layout.certificate_markup import issuer_name
from kanta_tenancy.machinery.x509 import revocation
from kanta_tenancy.machinery.x509.issuers import way_up
from kanta_tenancy.machinery.x509.judgement import refusals, warnings
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData, Standing

_RULE: Final = "R11"


class Known(Record, frozen=True, kw_only=True):
    """What is at hand about a signer's certificate besides the chain: for revocation, the issuers are needed too."""

    revocation: RevocationData = NOTHING
    issuers: tuple[x509.Certificate, ...] = ()


NOTHING_KNOWN: Final = Known()


def check_certificates(chain: tuple[x509.Certificate, ...], at: datetime, known: Known = NOTHING_KNOWN) -> None:
    """Check that a signer's certificate may sign at an instant, and can be named in a signature.

    Args:
        chain: the signer's certificate first, then its issuers.
        known: of revocation; nothing is asked of anybody, and what is not known does not stop a signature.

    Raises:
        CannotSign: not so (R11).
    """
    reasons = refusals(chain[0], at)
    if reasons:
        raise CannotSign(detail="; ".join(reason.detail for reason in reasons), rule=_RULE)
    if not can_be_written(issuer_name(chain[0])):
        raise CannotSign(detail="the name of the certificate's issuer has characters that XML cannot hold", rule=_RULE)
    for standing, whose, reason in _standings(chain, at, known):
        if standing is Standing.REVOKED:
            raise CannotSign(detail=f"{whose} is revoked: {reason}", rule=_RULE)


def doubts(chain: tuple[x509.Certificate, ...], at: datetime, known: Known = NOTHING_KNOWN) -> tuple[str, ...]:
    """Return why others may show a signature as untrusted or open although it can be made, sentences without a stop."""
    return (*(each.detail for each in warnings(chain[0])), *_open(chain, at, known))


def _open(chain: tuple[x509.Certificate, ...], at: datetime, known: Known) -> Iterator[str]:
    for standing, whose, reason in _standings(chain, at, known):
        if standing is Standing.UNKNOWN:
            yield f"whether {whose} is revoked is not known: {reason}"


def _standings(chain: tuple[x509.Certificate, ...], at: datetime, known: Known) -> Iterator[tuple[Standing, str, str]]:
    """Yield how each certificate on the way up stands, whose it is, and why; nothing when nothing is at hand."""
    if known.revocation == NOTHING:
        return
    for certificate, issuer in way_up(chain[0], (*chain[1:], *known.issuers)):
        whose = "the certificate" if certificate is chain[0] else "an issuer's certificate"
        if issuer is None:
            yield Standing.UNKNOWN, whose, "its issuer's certificate is not at hand"
        else:
            judged = revocation.judge(certificate, issuer, known.revocation, at=at)
            yield judged.standing, whose, judged.reason
