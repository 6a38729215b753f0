"""The way up from a certificate, issuer by issuer, as far as certificates are at hand. Nobody is trusted for it."""

import functools
from collections.abc import Collection, Iterator
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

_LONGEST: Final = 8


def way_up(
    start: x509.Certificate, others: Collection[x509.Certificate], anchors: Collection[x509.Certificate] = ()
) -> Iterator[tuple[x509.Certificate, x509.Certificate | None]]:
    """Go up from a certificate; with each comes its issuer's, or None when that is not there.

    Args:
        anchors: where the way ends, as it does at a certificate that issued itself.
    """
    certificate = start
    for _ in range(_LONGEST):
        if certificate in anchors or certificate.subject == certificate.issuer:
            return
        issuer = next((one for one in others if _issued(certificate, one)), None)
        yield certificate, issuer
        if issuer is None:
            return
        certificate = issuer


@functools.lru_cache(maxsize=256)  # signers and authorities come again and again
def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    if certificate.issuer != by.subject:
        return False
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
