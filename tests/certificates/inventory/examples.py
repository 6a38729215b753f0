"""Certificates to keep, and an inventory to keep them in. Say only what matters to the test."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kanta_tenancy.certificates.inventory import intake, reading
from kanta_tenancy.certificates.inventory.model import (
    Arrival,
    Certificate,
    Place,
    SourceKind,
    SourceNamed,
    State,
    TakenIn,
)
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOLDER = SourceNamed(kind=SourceKind.IMPORT, name="folder")
HANDED_IN = SourceNamed(kind=SourceKind.HANDED_IN, name="API")
SERVER = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),)
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
SIGNS = (x509.KeyUsage(**{one: one == "content_commitment" for one in _USAGES}),)
AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None),)


@cache
def a_key(name: str = "one") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def der(
    name: str = "palvelin.example.org",
    *,
    issuer: str = "DVV Service Certificates",
    starts: datetime = NOON - timedelta(days=30),
    lasts: timedelta = timedelta(days=365),
    key: str = "one",
    private: CertificateIssuerPrivateKeyTypes | None = None,
    signer: str = "authority",
    extensions: Iterable[x509.ExtensionType] = SERVER,
    subject: Sequence[tuple[x509.ObjectIdentifier, str]] = (),
) -> bytes:
    """Return a certificate of a server that `issuer` issued."""
    named = [x509.NameAttribute(oid, value) for oid, value in ((NameOID.COMMON_NAME, name), *subject)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(named))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key((private or a_key(key)).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + lasts)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(a_key(signer), hashes.SHA256()).public_bytes(Encoding.DER)


def many(count: int, **said: Any) -> list[bytes]:
    return [der(f"palvelin{number}.example.org", **said) for number in range(count)]


def a_certificate(**said: Any) -> Certificate:
    """Return a certificate as the inventory keeps it, without bytes."""
    return Certificate(
        **dict.fromkeys(Certificate.__struct_fields__)
        | {
            "id": new_id(),
            "sha256": "0" * 64,
            "kind": "server",
            "profile": "dvv-server",
            "subject": "CN=palvelin.example.org",
            "not_before": NOON - timedelta(days=30),
            "not_after": NOON + timedelta(days=335),
            "authority": False,
            "state": State.IN_USE,
            "state_since": NOON,
            "version": 1,
            "first_seen_at": NOON,
        }
        | said
    )


class Inventory:
    """A realm's inventory, kept by its main connector."""

    def __init__(self, database: Database, clock: Clock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def taken(self, *ders: bytes, source: SourceNamed = FOLDER, **said: Any) -> TakenIn:
        """Take in a source that has these, each at a place of its own number."""
        arrivals = [Arrival(der=one, place=f"place {number}") for number, one in enumerate(ders, 1)]
        return await self.took(arrivals, source=source, **said)

    async def took(self, arrivals: Iterable[Arrival], source: SourceNamed = FOLDER, **said: Any) -> TakenIn:
        async with self.database.transaction(self.caller) as tx:
            return await intake.take_in(tx, self.clock, source, arrivals, **said)

    async def one(self, **said: Any) -> Certificate:
        """Hand in a certificate and read it."""
        return await self.read((await self.taken(der(**said), source=HANDED_IN)).new[0])

    async def read(self, certificate_id: UUID) -> Certificate:
        async with self.database.transaction(self.caller) as tx:
            return await reading.certificate(tx, certificate_id)

    async def places(self, certificate_id: UUID) -> list[Place]:
        async with self.database.transaction(self.caller) as tx:
            return await reading.places_of(tx, certificate_id)
