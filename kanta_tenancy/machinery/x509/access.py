"""Where a certificate says that its authority can be asked, and how it is asked.

Source: RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 6960, 4.1 and A.1.
"""

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from kanta_tenancy.machinery.x509.distribution import distribution_points
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import (
    MAX_BYTES,
    MAX_CERTIFICATES,
    certificate_from_der,
    certificates_from_pem,
    quietly,
)
from kanta_tenancy.machinery.x509.statements import UNREADABLE


def list_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where a revocation list that tells of every ground is to be fetched."""
    return tuple(_web(distribution_points(certificate)))


def responder_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where OCSP is spoken."""
    return tuple(_web(_access(certificate, AuthorityInformationAccessOID.OCSP)))


def issuer_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate of the issuer is to be fetched."""
    return tuple(_web(_access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)))


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the OCSP request about a certificate; it names the issuer by SHA-1, which every responder knows."""
    by = hashes.SHA1()  # noqa: S303  a name, not a proof: the answer is compared with the certificate itself
    return ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, by).build().public_bytes(Encoding.DER)


def issuers_of(content: bytes) -> tuple[x509.Certificate, ...]:
    """Read what lies where a certificate says that its issuer's is: one in DER or PEM, or some in PKCS #7.

    Raises:
        CertificateUnreadable: it is nothing of that.
    """
    if len(content) > MAX_BYTES:
        raise CertificateUnreadable(f"certificates have at most {MAX_BYTES} bytes, these have {len(content)}")
    if b"-----BEGIN CERTIFICATE-----" in content:
        return certificates_from_pem(content)
    try:
        return (certificate_from_der(content),)
    except CertificateUnreadable:
        return _bundled(content)


def _bundled(content: bytes) -> tuple[x509.Certificate, ...]:
    with quietly():
        try:
            found = pkcs7.load_der_pkcs7_certificates(content)[:MAX_CERTIFICATES]
        except UNREADABLE:
            raise CertificateUnreadable("it holds no certificate") from None
    return tuple(certificate_from_der(each.public_bytes(Encoding.DER)) for each in found)


def _access(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> Iterator[x509.GeneralName]:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.AuthorityInformationAccess):
            yield from (each.access_location for each in extension.value if each.access_method == method)


def _web(names: Iterator[x509.GeneralName]) -> Iterator[str]:
    for name in names:
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://")):
            yield name.value
