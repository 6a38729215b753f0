"""Who signs in these tests, and when; keys are made once."""

import functools
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind, PrivateKey
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority, Signer, empty_lists, found, issue

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ISSUED = NOW - timedelta(days=30)


@functools.cache
def authority() -> SampleAuthority:
    return found("Test", at=ISSUED)


@functools.cache
def signer(name: str = "Aino", kind: KeyKind = KeyKind.EC_P256) -> Credential:
    return issue(authority(), Signer(name=name, organisation="Hoivakoti"), at=ISSUED, kind=kind)


@functools.cache
def lists(of: SampleAuthority | None = None) -> RevocationData:
    """Return the lists of an authority, on which nobody is."""
    return empty_lists(of or authority(), at=ISSUED)


@functools.cache
def key(kind: str) -> PrivateKey:
    if kind.startswith("rsa"):
        bits, _, exponent = kind[3:].partition("e")
        return rsa.generate_private_key(int(exponent or 65537), int(bits))  # an exponent of 3, to be refused
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p521": ec.SECP521R1()}[kind])


@functools.cache
def self_signed(kind: str = "p256", name: str = "Itse", *extensions: tuple[x509.ExtensionType, bool]) -> Credential:
    """Make a certificate that its own key signed."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(kind).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ISSUED)
        .not_valid_after(ISSUED + timedelta(days=365))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Credential(key=key(kind), chain=(builder.sign(key(kind), hashes.SHA256()),))
