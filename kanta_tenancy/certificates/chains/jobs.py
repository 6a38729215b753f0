"""What is to be examined is examined: by one instance at a time in a realm, some at a time, late after an outage."""

from datetime import timedelta
from typing import Final

import structlog

from kanta_tenancy.certificates.chains import examining
from kanta_tenancy.certificates.chains.model import Subject
from kanta_tenancy.certificates.chains.store import certificates as store
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.postgres.attempt import attempt
from kanta_tenancy.machinery.postgres.database import Database

BATCH: Final = 250  # a transaction, during which nobody else examines in the realm
BATCHES: Final = 10  # of a realm in one run, so that the others have their turn
AGAIN: Final = timedelta(days=1)  # one whose examination fails

log: Final = structlog.get_logger("kanta_tenancy.certificates")


async def examine_waiting(db: Database, clock: Clock, *, batch: int = BATCH, batches: int = BATCHES) -> int:
    """Examine the certificates of every realm that are to be examined; safe on many instances.

    When a batch fails, its certificates are examined one by one, and one that fails by itself is put off for a day and
    told of in the log, so that the others go on.

    Returns:
        How many were examined.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away or overloaded.
    """
    async with db.unscoped() as connection:
        realms = await store.waiting_realms(connection, clock.now())
    return sum([await _examine_realm(db, clock, realm, batch, batches) for realm in realms])


async def _examine_realm(db: Database, clock: Clock, realm: MainConnectorId, batch: int, batches: int) -> int:
    examined = 0
    for _ in range(batches):
        held: list[Subject] = []
        done = await attempt(_examine(db, clock, realm, held, batch))
        if done.failure is None:
            examined += len(held)
        elif held:
            examined += await _one_by_one(db, clock, realm, len(held))
        else:
            done.result()
        if len(held) < batch:
            break
    return examined


async def _one_by_one(db: Database, clock: Clock, realm: MainConnectorId, count: int) -> int:
    examined = 0
    for _ in range(count):
        held: list[Subject] = []
        done = await attempt(_examine(db, clock, realm, held, 1))
        if done.failure is None:
            examined += len(held)
            continue
        if not held:
            done.result()
        async with db.transaction(_caller(realm)) as tx:
            await store.put_off(tx, held[0].id, until=clock.now() + AGAIN)
        log.error("certificate not examined", certificate=held[0].sha256, error=done.failure)
    return examined


async def _examine(db: Database, clock: Clock, realm: MainConnectorId, held: list[Subject], count: int) -> None:
    async with db.transaction(_caller(realm)) as tx:
        if not await store.is_alone(tx):
            return
        at = clock.now()
        held.extend(await store.take_waiting(tx, at, count=count))
        if held:
            await examining.examine_held(tx, held, at=at)


def _caller(realm: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=realm),
        actor=Actor(kind=ActorKind.SERVICE, name="certificates"),
        permissions=frozenset(),
    )
