"""Certificates to test trust with. Say only what matters to the test."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.x509 import keys, sample_authority
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.trust import examining
from kanta_tenancy.trust.actions import anchors
from kanta_tenancy.trust.model import Anchor, AnchorId, AnchorKind, Loaded

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AUTHORITY = sample_authority.found("Luottamus", at=BEGINS)
OTHER = sample_authority.found("Toinen", at=BEGINS)
SIGNER = sample_authority.issue(AUTHORITY, sample_authority.Signer(name="Aino Ahola", organisation="Oy"), at=BEGINS)
ROOT, ISSUING = AUTHORITY.root, AUTHORITY.issuing.certificate


def self_signed(
    *extensions: x509.ExtensionType,
    name: str = "Alone Oy",
    at: datetime = BEGINS,
    lasts: timedelta = timedelta(days=3650),
    kind: KeyKind = KeyKind.EC_P256,
    key: Any = None,
) -> x509.Certificate:
    """Return a certificate that its own key signed, with these extensions and no others."""
    own = key or keys.make(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + lasts)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(own, hashes.SHA256())


def an_authority(**said: Any) -> x509.Certificate:
    return self_signed(x509.BasicConstraints(ca=True, path_length=None), **said)


def pem(*certificates: x509.Certificate) -> bytes:
    return sample_authority.chain_pem(*certificates)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def an_anchor(certificate: x509.Certificate = ROOT, kind: AnchorKind = AnchorKind.SIGNATURES, **said: Any) -> Anchor:
    made = examining.anchor(certificate, kind, AnchorId(new_id()), at=said.pop("at", NOON), by="a test")
    return replace(made, **said)


async def loaded(
    database, clock, caller: Caller, *certificates: x509.Certificate, kind: AnchorKind = AnchorKind.SIGNATURES
) -> tuple[Loaded, ...]:
    async with database.transaction(caller) as tx:
        return await anchors.load(tx, clock, kind, certificates)


async def removed(database, clock, caller: Caller, anchor: Anchor, because: str = "A new one came") -> Anchor:
    async with database.transaction(caller) as tx:
        return await anchors.remove(tx, clock, anchor.id, version=anchor.version, because=because)


def fingerprints(certificates: Sequence[x509.Certificate]) -> list[str]:
    return [each.fingerprint(hashes.SHA256()).hex() for each in certificates]
