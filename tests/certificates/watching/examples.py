"""Watched servers to test with. Say only what matters to the test."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kanta_tenancy.certificates.findings import KeptFinding, open_ones
from kanta_tenancy.certificates.findings.reading import every_one
from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.model import Arrival, Certificate, SourceKind, SourceNamed
from kanta_tenancy.certificates.watching import actions, probing, reading
from kanta_tenancy.certificates.watching.model import Observation, Watch, WatchedEndpoint
from kanta_tenancy.certificates.watching.owing import PROBE
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.outgoing.allowance import Allowed
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.probing.probing import WITHIN_S
from kanta_tenancy.promises import Promise, Wanted, page, pay_due
from tests.conftest import FrozenClock
from tests.machinery.probing.servers import LOOPBACK
from tests.machinery.probing.shown import HOST

HANDED_IN = SourceNamed(kind=SourceKind.HANDED_IN, name="API")


class Watchman:
    """A realm's watch of servers, with a clock that is moved by hand."""

    def __init__(self, database: Database, clock: FrozenClock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def watches(self, port: int, host: str = "127.0.0.1", **said: Any) -> WatchedEndpoint:
        async with self.database.transaction(self.caller) as tx:
            return await actions.watch(tx, self.clock, f"{host}:{port}", **{"server_name": HOST} | said)

    async def otherwise(self, endpoint: WatchedEndpoint, **said: Any) -> WatchedEndpoint:
        new = Watch(**{name: getattr(endpoint, name) for name in Watch.__struct_fields__} | said)
        async with self.database.transaction(self.caller) as tx:
            return await actions.watch_otherwise(tx, self.clock, endpoint.id, new, version=endpoint.version)

    async def no_longer(self, endpoint: WatchedEndpoint) -> WatchedEndpoint:
        async with self.database.transaction(self.caller) as tx:
            return await actions.watch_no_longer(
                tx, self.clock, endpoint.id, version=endpoint.version, because="It was switched off"
            )

    async def asks(self, allowed: Allowed = LOOPBACK, within_s: float = WITHIN_S) -> int:
        """Ask every server that is due, as the service does."""
        return await pay_due(self.database, self.clock, {PROBE: probing.keeper(allowed, within_s=within_s)})

    async def read(self, endpoint: WatchedEndpoint) -> WatchedEndpoint:
        async with self.database.transaction(self.caller) as tx:
            return await reading.endpoint(tx, endpoint.id)

    async def observed(self, endpoint: WatchedEndpoint) -> list[Observation]:
        async with self.database.transaction(self.caller) as tx:
            return await reading.observed(tx, endpoint.id, after=None, count=100)

    async def findings(self) -> list[KeptFinding]:
        async with self.database.transaction(self.caller) as tx:
            return sorted(await open_ones(tx, after=None, count=200), key=lambda one: one.rule)

    async def rules(self) -> list[str]:
        return [one.rule for one in await self.findings()]

    async def every_finding(self) -> list[KeptFinding]:
        async with self.database.transaction(self.caller) as tx:
            return await every_one(tx, after=None, count=200)

    async def promise(self, endpoint: WatchedEndpoint) -> Promise:
        async with self.database.transaction(self.caller) as tx:
            return (await page(tx, Wanted(subject=f"certificate_endpoint/{endpoint.id}"), after=None, count=1))[0]

    async def has(self, *ders: bytes, source: SourceNamed = HANDED_IN) -> list[UUID]:
        """Bring certificates into the inventory."""
        arrivals = [Arrival(der=one, place="by hand") for one in ders]
        async with self.database.transaction(self.caller) as tx:
            taken = await intake.take_in(tx, self.clock, source, arrivals)
        return [*taken.new, *taken.known]

    async def certificates(self, sha256s: Sequence[str]) -> dict[str, Certificate]:
        async with self.database.transaction(self.caller) as tx:
            ids = await inventory.known(tx, sha256s)
            found = await inventory.certificates_of(tx, ids.values())
        return {sha256: found[one] for sha256, one in ids.items()}
