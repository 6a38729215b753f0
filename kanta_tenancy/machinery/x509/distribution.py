"""Where a certificate says that its revocation list lies."""

from collections.abc import Iterator

from cryptography import x509


def distribution_points(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    """Return the distribution points of a certificate where its issuer tells of every ground (RFC 5280, 4.2.1.13)."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.CRLDistributionPoints):
            for point in extension.value:
                if point.reasons is None and point.crl_issuer is None:
                    yield from point.full_name or ()
