"""May the signer's certificate sign this? Whatever is to stop a signature because of its certificate is asked here.

Every way to sign passes: a key in a file, in a token, or elsewhere.
"""

from datetime import datetime

from cryptography import x509

from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.layout.canonical import can_be_written
from kanta_tenancy.machinery.ooxml.layout.certificate_markup import issuer_name
from kanta_tenancy.machinery.x509.judgement import refusals


def check_certificates(chain: tuple[x509.Certificate, ...], at: datetime) -> None:
    """Check that a signer's certificate may sign at an instant, and can be named in a signature.

    Args:
        chain: the signer's certificate first, then its issuers.

    Raises:
        CannotSign: not so (R11).
    """
    reasons = refusals(chain[0], at)
    if reasons:
        raise CannotSign(detail="; ".join(reason.detail for reason in reasons), rule="R11")
    if not can_be_written(issuer_name(chain[0])):
        raise CannotSign(detail="the name of the certificate's issuer has characters that XML cannot hold", rule="R11")
