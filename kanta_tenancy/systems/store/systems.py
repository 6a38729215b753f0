"""Information systems in PostgreSQL. The only module that reads `sql/queries/systems/system.sql`."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.systems.errors import ReleaseOverlaps, SystemChanged, SystemNameTaken, SystemNotFound
from kanta_tenancy.systems.model import (
    InformationSystem,
    ListedSystem,
    Release,
    SystemKind,
    SystemPosition,
    SystemState,
)


class Version(Record, frozen=True, kw_only=True):
    version: int


class Named(Record, frozen=True, kw_only=True):
    name: str  # as it was asked for
    id: UUID


INSERT: Final = statement("systems/system.insert", Nothing)
FIND: Final = statement("systems/system.find", InformationSystem)
LOCK: Final = statement("systems/system.lock", Version)
SHARE: Final = statement("systems/system.share", Version)
SAVE: Final = statement("systems/system.save", Version)
NAMED: Final = statement("systems/system.named", Named)
PAGE: Final = statement("systems/system.page", ListedSystem)
INSERT_RELEASE: Final = statement("systems/system.insert_release", Nothing)
SAVE_RELEASE: Final = statement("systems/system.save_release", Nothing)

BEGINNING: Final = SystemPosition(name="", id=UUID(int=0))


async def add(tx: Transaction, system: InformationSystem) -> None:
    """Write a new system, without versions or certificates.

    Raises:
        SystemNameTaken: another one that was not withdrawn has its name.
    """
    with _named_once():
        await INSERT.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            id=system.id,
            version=system.version,
            created_at=system.created_at,
            state=system.state,
            **_said(system),
        )


async def find(tx: Transaction, system_id: UUID) -> InformationSystem:
    """Read a system with its versions and certificates.

    Raises:
        SystemNotFound: the scope has none of that id.
    """
    system = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, system_id=system_id)
    if system is None:
        raise SystemNotFound(f"no information system {system_id}")
    return system


async def take(tx: Transaction, system_id: UUID, version: int) -> InformationSystem:
    """Read a system and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        SystemNotFound: the scope has none of that id.
        SystemChanged: it is at another version.
    """
    held = await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, system_id=system_id)
    if held is None:
        raise SystemNotFound(f"no information system {system_id}")
    if held.version != version:
        raise SystemChanged(f"the system is at version {held.version}, not {version}", version=held.version)
    return await find(tx, system_id)


async def share(tx: Transaction, system_id: UUID) -> InformationSystem:
    """Read a system that nobody changes until the transaction ends; others may share it too.

    Raises:
        SystemNotFound: the scope has none of that id.
    """
    if await SHARE.one(tx, main_connector_id=tx.scope.main_connector_id, system_id=system_id) is None:
        raise SystemNotFound(f"no information system {system_id}")
    return await find(tx, system_id)


async def save(tx: Transaction, system: InformationSystem) -> None:
    """Write a later state of a system; its versions and certificates are written apart.

    Raises:
        SystemChanged: another transaction moved it first.
        SystemNameTaken: another one that was not withdrawn has its name.
    """
    with _named_once():
        saved = await SAVE.one(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            system_id=system.id,
            state=system.state,
            in_use_on=system.in_use_on,
            withdrawn_on=system.withdrawn_on,
            withdrawn_because=system.withdrawn_because,
            version=system.version,
            **_said(system),
        )
    if saved is None:
        raise SystemChanged(f"the system is no longer at version {system.version - 1}")


async def named(tx: Transaction, names: Collection[str]) -> dict[str, UUID]:
    """Return the systems of these names that were not withdrawn, by the name that was asked for."""
    found = await NAMED.all(tx, main_connector_id=tx.scope.main_connector_id, names=list(names))
    return {one.name: one.id for one in found}


async def page(
    tx: Transaction,
    *,
    states: Collection[SystemState],
    kinds: Collection[SystemKind],
    after: SystemPosition | None,
    count: int,
) -> list[ListedSystem]:
    """Read a page of systems by name."""
    begin = after or BEGINNING
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        states=list(states),
        kinds=list(kinds),
        after_name=begin.name,
        after_id=begin.id,
        count=count,
    )


async def add_release(tx: Transaction, system_id: UUID, release: Release) -> None:
    """Write a version of a system that the transaction holds.

    Raises:
        ReleaseOverlaps: that version is in use in that time already.
    """
    with _once_at_a_time():
        await INSERT_RELEASE.run(tx, **_of_release(tx, system_id, release))


async def save_release(tx: Transaction, system_id: UUID, release: Release) -> None:
    """Say a version of a system that the transaction holds anew.

    Raises:
        ReleaseOverlaps: that version is in use in that time already.
    """
    with _once_at_a_time():
        await SAVE_RELEASE.run(tx, **_of_release(tx, system_id, release))


def _said(system: InformationSystem) -> dict[str, Any]:
    return {
        "kind": system.kind,
        "name": system.name,
        "system_class": system.system_class,
        "producer": msgspec.to_builtins(system.producer),
        "manufacturer": msgspec.to_builtins(system.manufacturer),
        "upkeep": msgspec.to_builtins(system.upkeep),
        "register_entry": msgspec.to_builtins(system.register_entry),
    }


def _of_release(tx: Transaction, system_id: UUID, release: Release) -> dict[str, Any]:
    said = msgspec.structs.asdict(release)
    return {"main_connector_id": tx.scope.main_connector_id, "system_id": system_id, **said}


@contextmanager
def _named_once() -> Generator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as why:
        raise SystemNameTaken("another information system has that name") from why


@contextmanager
def _once_at_a_time() -> Generator[None]:
    try:
        yield
    except asyncpg.ExclusionViolationError as why:
        raise ReleaseOverlaps("that version is in use in that time already") from why
