"""Orders of certificates to test with. Say only what matters to the test."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.actions import certificates
from kanta_tenancy.certificates.inventory.model import (
    Arrival,
    Certificate,
    CertificatesArrived,
    SourceKind,
    SourceNamed,
    TakenIn,
)
from kanta_tenancy.certificates.orders import actions, following, reading
from kanta_tenancy.certificates.orders.model import (
    CertificateOrder,
    NewOrder,
    Old,
    OrderState,
    Request,
    Revocation,
    RevocationReason,
)
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.x509 import keys, requests, sample_authority
from kanta_tenancy.machinery.x509.keys import KeyKind, PrivateKey
from kanta_tenancy.machinery.x509.requests import Wanted as Asked
from kanta_tenancy.promises import Promise, Wanted, page
from kanta_tenancy.promises.actions import keep_by_hand

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARCH_2 = date(2026, 3, 2)
HANDED_IN = SourceNamed(kind=SourceKind.HANDED_IN, name="API")
AUTHORITY = sample_authority.found("Test authority", at=NOON - timedelta(days=1000))


@cache
def a_key(name: str = "one", kind: KeyKind = KeyKind.RSA_2048) -> PrivateKey:
    return keys.make(kind)


def a_request(key: str = "one", **said: Any) -> bytes:
    """Return a request in DER for the key of that name."""
    wanted = {
        "common_name": "palvelin.example.org",
        "organisation": "Esimerkkiklinikka Oy",
        "country": "FI",
        "domains": ("palvelin.example.org",),
        "usages": ("server",),
    } | said
    return requests.make(a_key(key), Asked(**wanted))


def issued(
    key: str = "one", *, starts: datetime = NOON, lasts: timedelta = timedelta(days=365), extra: bytes | None = None
) -> bytes:
    """Return a certificate in DER that the test authority issues for the key of that name.

    Args:
        extra: what stands in an extension that nobody knows.
    """
    issuer = AUTHORITY.issuing
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), extra or b"")
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "palvelin.example.org")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(a_key(key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + lasts)
        .add_extension(unknown, critical=False)
        .sign(issuer.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def an_old_one(**said: Any) -> Old:
    return Old(**{"id": new_id(), "serial": "3fa001", "ends_at": NOON + timedelta(days=30), "same_key": False} | said)


def an_order(**said: Any) -> CertificateOrder:
    return CertificateOrder(
        **{
            "id": new_id(),
            "state": OrderState.ORDERED,
            "version": 1,
            "recorded_at": NOON,
            "profile": "dvv-server",
            "ordered_on": MARCH_2,
            "request": Request(
                sha256="0" * 64, key="RSA-2048", key_sha256="1" * 64, subject="CN=x", names=(), extended_usages=()
            ),
        }
        | said
    )


def a_revocation(**said: Any) -> Revocation:
    return Revocation(**{"serial": "3fa001", "reason": RevocationReason.NO_LONGER_NEEDED, "on": MARCH_2} | said)


class Orders:
    """A realm's orders and its inventory, kept by its main connector."""

    def __init__(self, database: Database, clock: Clock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def taken(self, *ders: bytes) -> TakenIn:
        """Hand in certificates."""
        arrivals = [Arrival(der=one, place=f"place {number}") for number, one in enumerate(ders, 1)]
        async with self.database.transaction(self.caller) as tx:
            return await intake.take_in(tx, self.clock, HANDED_IN, arrivals)

    async def came(self, *ders: bytes) -> TakenIn:
        """Hand in certificates, and let the messages of that be heard."""
        taken = await self.taken(*ders)
        await self.heard()
        return taken

    async def heard(self) -> None:
        """Let the messages that wait be heard."""
        heard = {"certificate.arrived": following.certificates_arrived, "promise.kept": following.promise_was_kept}
        await outbox.carry_on(self.database, self.clock, heard)

    async def told(self, certificate_ids: Sequence[UUID]) -> None:
        """Tell of an arrival once more."""
        told = CertificatesArrived(certificate_ids=tuple(certificate_ids), at=self.clock.now())
        message = outbox.Message(
            id=new_id(),
            tenancy_id=None,
            kind="certificate.arrived",
            body=msgspec.to_builtins(told),
            at=NOON,
            attempts=1,
        )
        async with self.database.transaction(self.caller) as tx:
            await following.certificates_arrived(tx, message)

    async def put_down(self, content: bytes | None = None, **said: Any) -> CertificateOrder:
        new = NewOrder(**{"profile": "dvv-server", "ordered_on": MARCH_2} | said)
        async with self.database.transaction(self.caller) as tx:
            return await actions.put_down(tx, self.clock, new, a_request() if content is None else content)

    async def replacing(self, *, key: str = "one", lasts: timedelta = timedelta(days=60)) -> CertificateOrder:
        """Put down an order that is to replace a certificate of the inventory."""
        old = (
            await self.taken(issued("old", starts=NOON - timedelta(days=300), lasts=timedelta(days=300) + lasts))
        ).new
        return await self.put_down(a_request(key), replaces_id=old[0])

    async def read(self, order_id: UUID) -> CertificateOrder:
        async with self.database.transaction(self.caller) as tx:
            return await reading.order(tx, order_id)

    async def read_certificate(self, certificate_id: UUID) -> Certificate:
        async with self.database.transaction(self.caller) as tx:
            return await inventory.certificate(tx, certificate_id)

    async def retired(self, certificate_id: UUID) -> None:
        """Say that nobody uses a certificate any more."""
        version = (await self.read_certificate(certificate_id)).version
        async with self.database.transaction(self.caller) as tx:
            await certificates.retire(tx, self.clock, certificate_id, because="Not needed", version=version)

    async def kept_by_hand(self, order: CertificateOrder, step: str) -> Promise:
        """Say of what an order owes that a person has kept it, as it is now."""
        wanted = Wanted(subject=f"certificate_order/{order.id}", kind=f"certificate_order.{step}")
        async with self.database.transaction(self.caller) as tx:
            (promise,) = await page(tx, wanted, after=None, count=1)
        async with self.database.transaction(self.caller) as tx:
            return await keep_by_hand(
                tx, self.clock, promise_id=promise.id, version=promise.version, evidence="Installed"
            )

    async def act(self, action: Any, order: CertificateOrder, *given: Any, **said: Any) -> CertificateOrder:
        async with self.database.transaction(self.caller) as tx:
            return await action(tx, self.clock, order.id, *given, version=order.version, **said)
