"""Information systems to test with. Say only what matters to the test."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import certificates, deployments, systems
from kanta_tenancy.systems.model import (
    Certificate,
    CertificateKind,
    Deployment,
    Firm,
    InformationSystem,
    NewCertificate,
    NewRelease,
    RegisterEntry,
    Release,
    SaidSystem,
    SystemKind,
    SystemState,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARCH_2 = date(2026, 3, 2)


def a_said_system(**said: Any) -> SaidSystem:
    return SaidSystem(
        **{
            "kind": SystemKind.INFORMATION_SYSTEM,
            "name": "Saaristo Care",
            "system_class": "A3",
            "producer": Firm(name="Ohjelmistotalo Oy", email="poikkeamat@example.org"),
            "register_entry": RegisterEntry(reference="Astori 117", checked_on=date(2026, 2, 1)),
        }
        | said
    )


def a_system(**said: Any) -> InformationSystem:
    what = a_said_system()
    return InformationSystem(
        **{name: getattr(what, name) for name in SaidSystem.__struct_fields__}
        | {"id": new_id(), "state": SystemState.PLANNED, "version": 1, "created_at": NOON}
        | said
    )


def a_new_certificate(**said: Any) -> NewCertificate:
    return NewCertificate(
        **{
            "kind": CertificateKind.SECURITY,
            "issuer": "Arviointilaitos Oy",
            "number": "2026-117",
            "granted_on": date(2026, 1, 1),
            "last_day": date(2026, 12, 31),
        }
        | said
    )


def a_certificate(**said: Any) -> Certificate:
    new = a_new_certificate()
    return Certificate(
        **{name: getattr(new, name) for name in NewCertificate.__struct_fields__}
        | {"id": new_id(), "recorded_at": NOON, "stands_since": NOON, "turns": 1}
        | said
    )


def a_release(**said: Any) -> Release:
    return Release(**{"id": new_id(), "number": "2026.1", "since": date(2026, 1, 1)} | said)


class Register:
    """A realm's register of systems, kept by its main connector."""

    def __init__(self, database: Database, clock: Clock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def system(self, **said: Any) -> InformationSystem:
        async with self.database.transaction(self.caller) as tx:
            return await systems.register(tx, self.clock, a_said_system(**said))

    async def in_use(self, on: date = MARCH_2, **said: Any) -> InformationSystem:
        system = await self.system(**said)
        async with self.database.transaction(self.caller) as tx:
            return await systems.take_into_use(tx, self.clock, system.id, version=system.version, on=on)

    async def read(self, system_id: UUID) -> InformationSystem:
        async with self.database.transaction(self.caller) as tx:
            return await reading.system(tx, system_id)

    async def amended(self, system: InformationSystem, **said: Any) -> InformationSystem:
        async with self.database.transaction(self.caller) as tx:
            return await systems.amend(tx, self.clock, system.id, a_said_system(**said), version=system.version)

    async def released(self, system: InformationSystem, **said: Any) -> InformationSystem:
        new = NewRelease(**{"number": "2026.1", "since": MARCH_2} | said)
        async with self.database.transaction(self.caller) as tx:
            return await systems.add_release(tx, self.clock, system.id, new, version=system.version)

    async def certified(self, system: InformationSystem, **said: Any) -> InformationSystem:
        new = a_new_certificate(**said)
        async with self.database.transaction(self.caller) as tx:
            return await certificates.record_certificate(tx, self.clock, system.id, new, version=system.version)

    async def decertified(self, system: InformationSystem, certificate_id: UUID) -> InformationSystem:
        async with self.database.transaction(self.caller) as tx:
            return await certificates.withdraw_certificate(
                tx, self.clock, system.id, certificate_id, version=system.version, because="A slip of the pen"
            )

    async def withdrawn(self, system: InformationSystem, on: date = MARCH_2) -> InformationSystem:
        async with self.database.transaction(self.caller) as tx:
            return await systems.withdraw(
                tx, self.clock, system.id, version=system.version, on=on, because="Another one came"
            )

    async def deployed(self, system: InformationSystem, tenancy_id: TenancyId | None, **said: Any) -> Deployment:
        new = {"service": "prescription", "since": date(2026, 1, 1), "until": None} | said
        async with self.database.transaction(self.caller) as tx:
            return await deployments.deploy(tx, self.clock, system_id=system.id, tenancy_id=tenancy_id, **new)

    async def moved(self, deployment: Deployment, since: date, until: date | None) -> Deployment:
        async with self.database.transaction(self.caller) as tx:
            return await deployments.change(
                tx, self.clock, deployment.id, version=deployment.version, since=since, until=until
            )
