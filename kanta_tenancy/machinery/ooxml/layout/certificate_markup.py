"""A signer's certificates as a signature shows them; a signatory signs many documents, so each is written once.

Source: XML Signature 4.5.4; ETSI TS 101 903 v1.3.2, 7.2.2 and 7.6.1.
"""

import base64
import functools

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.machinery.ooxml.layout.canonical import text
from kanta_tenancy.machinery.ooxml.layout.digests import DIGEST_METHOD, sha256


@functools.lru_cache(maxsize=256)
def key_info(chain: tuple[x509.Certificate, ...]) -> str:
    """Write the signer's certificate and behind it its issuers', so that to trust the root is enough.

    Neither LibreOffice nor Apache POI looks for the issuers' where Office has them.
    """
    certificates = "".join(f"<X509Certificate>{_base64(one)}</X509Certificate>" for one in chain)
    return f"<KeyInfo><X509Data>{certificates}</X509Data></KeyInfo>"


@functools.lru_cache(maxsize=256)
def issuer_name(certificate: x509.Certificate) -> str:
    return certificate.issuer.rfc4514_string()


@functools.lru_cache(maxsize=256)
def signing_certificate(certificate: x509.Certificate) -> str:
    """Write which certificate the signer used, so that no other with the same key can be put in its place."""
    return (
        f"<xd:SigningCertificate><xd:Cert><xd:CertDigest>{DIGEST_METHOD}"
        f"<DigestValue>{sha256(certificate.public_bytes(Encoding.DER))}</DigestValue></xd:CertDigest><xd:IssuerSerial>"
        f"<X509IssuerName>{text(issuer_name(certificate))}</X509IssuerName>"
        f"<X509SerialNumber>{certificate.serial_number}</X509SerialNumber></xd:IssuerSerial></xd:Cert>"
        "</xd:SigningCertificate>"
    )


@functools.lru_cache(maxsize=256)
def certificate_values(certificates: tuple[x509.Certificate, ...]) -> str:
    """Write certificates where Office has those of the issuers; nothing when there are none."""
    values = "".join(
        f"<xd:EncapsulatedX509Certificate>{_base64(one)}</xd:EncapsulatedX509Certificate>" for one in certificates
    )
    return f"<xd:CertificateValues>{values}</xd:CertificateValues>" if values else ""


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
