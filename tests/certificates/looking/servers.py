"""Certificates for servers, each with what a test wants of it."""

import functools
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from kanta_tenancy.machinery.x509.inspected import Inspected
from kanta_tenancy.machinery.x509.inspection import inspect

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = datetime(2027, 1, 1, tzinfo=UTC) - START
DNS = x509.DNSName("server.example")
ISSUER = ec.generate_private_key(ec.SECP256R1())
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@functools.cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def server(
    *,
    key: Key | None = None,
    names: tuple[x509.GeneralName, ...] = (DNS,),
    start: datetime = START,
    lasts: timedelta = YEAR,
    usage: ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    email: str | None = None,
    common_name: str = "server.example",
) -> x509.Certificate:
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if email is not None:
        subject.append(x509.NameAttribute(NameOID.EMAIL_ADDRESS, email))
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Issuer")]),
        subject_name=x509.Name(subject),
        public_key=(key or rsa_key(2048)).public_key(),
        serial_number=0xAB,
        not_valid_before=start,
        not_valid_after=start + lasts,
    ).add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ISSUER.public_key()), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(ISSUER, hashes.SHA256())


def inspected(certificate: x509.Certificate) -> Inspected:
    told = inspect(certificate.public_bytes(Encoding.DER))
    assert isinstance(told, Inspected)
    return told


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
