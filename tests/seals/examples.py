"""Seals to test with. Say only what matters to the test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.journal import Act
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.seals import rotating, verifying
from kanta_tenancy.seals.checkpointing import Made, checkpoint
from kanta_tenancy.seals.keys import KeyAsked, SealKeys
from kanta_tenancy.seals.model import SealCertificate
from kanta_tenancy.seals.rotating import HandOver
from kanta_tenancy.seals.store import certificates

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPERATOR = Actor(kind=ActorKind.OPERATOR, name="tester")


def a_folder(tmp_path: Path, name: str = "seal-keys") -> SealKeys:
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    return SealKeys(folder)


def a_key(keys: SealKeys, clock: Clock, name: str = "seal-1", **said: Any) -> None:
    asked = {"name": name, "kind": KeyKind.EC_P256, "organisation": "Esimerkki Oy", "at": clock.now(), "days": 1825}
    keys.make(KeyAsked(**asked | said))


async def taken_over(database: Database, keys: SealKeys, clock: Clock, name: str, **said: Any) -> SealCertificate:
    async with database.unscoped() as connection:
        return await rotating.take_over(connection, keys, clock, HandOver(name=name, **said), operator=OPERATOR)


async def a_seal(
    database: Database, keys: SealKeys, clock: Clock, name: str = "seal-1", **said: Any
) -> SealCertificate:
    """Make a key and give the seal to it."""
    a_key(keys, clock, name)
    return await taken_over(database, keys, clock, name, **said)


async def every_certificate(database: Database) -> list[SealCertificate]:
    async with database.unscoped() as connection:
        return await certificates.every(connection)


async def acted(database: Database, clock: Clock, caller: Caller, tenancy_id: Any = None, count: int = 1) -> None:
    """Journal acts in a chain of the realm."""
    async with database.transaction(caller) as tx:
        for _ in range(count):
            act = Act(action="thing.done", subject="thing/1", at=clock.now(), tenancy_id=tenancy_id)
            await journal.record(tx, act)


async def checkpointed(database: Database, keys: SealKeys, clock: Clock, realm: Caller) -> Made:
    async with database.transaction(realm) as tx:
        return await checkpoint(tx, keys, clock)


async def breaks(database: Database, realm: Caller) -> list[str]:
    """Say what is wrong with the checkpoints of a realm, and with the journal as they saw it."""
    async with database.transaction(realm) as tx:
        line = verifying.Line(await certificates.every(tx), realm.scope.main_connector_id)
        return [sentence async for sentence in verifying.verify(tx, line)]


async def collected(sentences: AsyncIterator[str]) -> list[str]:
    return [sentence async for sentence in sentences]
