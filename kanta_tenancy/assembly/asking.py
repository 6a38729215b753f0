"""Who outside is asked: authorities about signatures and certificates, and servers for their certificates."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from cryptography import x509

from kanta_tenancy.agreements import owing
from kanta_tenancy.agreements.signing import upgrading
from kanta_tenancy.agreements.signing.raising import Outside
from kanta_tenancy.assembly.background import Job
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.certificates.chains.owing import ASK
from kanta_tenancy.certificates.chains.revoking import Both, ask
from kanta_tenancy.certificates.watching import probing
from kanta_tenancy.certificates.watching.owing import PROBE
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.revocation.gathering import Gathered, Gatherer
from kanta_tenancy.machinery.timestamping.client import TimestampClient
from kanta_tenancy.machinery.x509 import crls
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.promises import pay_due
from kanta_tenancy.trust.owing import REFRESH
from kanta_tenancy.trust.refreshing import refresh

# Authorities are many and slow; whoever asks for one signature waits for them one after the other.
PATIENCE_S: Final = 120.0
LEASE: Final = timedelta(seconds=180)


class WaysOut(Record, frozen=True, kw_only=True):
    """How authorities are asked: at http:// too, since no secret is sent and what comes back is signed."""

    stamps: Outgoing  # for timestamps
    lists: Outgoing  # for revocation lists, OCSP answers and issuers

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Keep connections between questions until the end."""
        async with self.stamps, self.lists:
            yield


def ways_out(settings: Settings) -> WaysOut:
    allowed = settings.outgoing_allowed
    return WaysOut(
        stamps=Outgoing(allowed=allowed, without_tls=True),
        lists=Outgoing(allowed=allowed, without_tls=True, most_read=crls.LARGEST),
    )


def outside(ways: WaysOut, clock: Clock) -> Outside:
    """Return who is asked."""
    return Outside(stamps=TimestampClient(ways.stamps, clock), asks=lambda: Gatherer(ways.lists, clock))


def asking_jobs(settings: Settings, ways: WaysOut) -> tuple[Job, ...]:
    """Return the jobs that ask; apart from each other and from the rest, which never waits for an authority."""
    return (
        Job(name="revocation", every=timedelta(seconds=5), run=partial(refresh_revocation, ways=ways)),
        Job(name="certificate-probes", every=timedelta(seconds=5), run=partial(probe_servers, settings=settings)),
        Job(
            name="certificate-revocation",
            every=timedelta(seconds=5),
            run=partial(ask_of_certificates, ways=ways),
        ),
        Job(name="signature-levels", every=timedelta(seconds=5), run=partial(raise_signatures, ways=ways)),
    )


async def refresh_revocation(db: Database, clock: Clock, *, ways: WaysOut) -> int:
    """Have the revocation data of whoever signed here asked for before it grows stale."""

    async def fetch(path: Sequence[x509.Certificate]) -> RevocationData:
        return (await Gatherer(ways.lists, clock).revocation([path])).data

    return await pay_due(db, clock, {REFRESH: refresh(fetch)}, lease=LEASE, patience_s=PATIENCE_S)


async def ask_of_certificates(db: Database, clock: Clock, *, ways: WaysOut) -> int:
    """Have the authorities of the inventory's certificates asked whether they were revoked."""

    async def fetch(path: Both, known: RevocationData) -> Gathered:
        return await Gatherer(ways.lists, clock).revocation([path], known)

    return await pay_due(db, clock, {ASK: ask(fetch)}, lease=LEASE, patience_s=PATIENCE_S)


async def raise_signatures(db: Database, clock: Clock, *, ways: WaysOut) -> int:
    """Have signatures brought to the level that is wanted."""
    keepers = {owing.RAISE: upgrading.upgrade(outside(ways, clock))}
    return await pay_due(db, clock, keepers, lease=LEASE, patience_s=PATIENCE_S)


async def probe_servers(db: Database, clock: Clock, *, settings: Settings) -> int:
    """Have watched servers asked for their certificates."""
    return await pay_due(db, clock, {PROBE: probing.keeper(settings.probing_allowed)})
