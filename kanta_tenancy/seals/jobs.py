"""What passing time does with the journal: a checkpoint each hour, and a timestamp for each checkpoint."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from kanta_tenancy import promises
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.parties import desk_work
from kanta_tenancy.seals import succession
from kanta_tenancy.seals.checkpointing import checkpoint
from kanta_tenancy.seals.errors import SealKeyUnusable, SealNotSetUp
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.store import certificates, checkpoints

CHECKPOINT: Final = "journal.checkpoint"
PERIOD: Final = timedelta(hours=1)
_STANDING: Final = (promises.State.OWED, promises.State.BROKEN)
_STAMPED_AT_ONCE: Final = 20

# Asks the authorities of a main connector for an RFC 3161 timestamp over some octets; returns the token in DER, or None
# when it names no authority or none of them gives one now.
Stamp = Callable[[MainConnectorId, bytes], Awaitable[bytes | None]]

log: Final = structlog.get_logger("kanta_tenancy.seals")


def keeper(keys: SealKeys) -> promises.Keeper:
    """Return who makes the checkpoints that are owed; only an instance that has the key can."""

    async def keep(tx: Transaction, clock: Clock, _: promises.Promise) -> promises.Outcome:
        try:
            made = await checkpoint(tx, keys, clock)
        except (SealNotSetUp, SealKeyUnusable) as why:
            raise promises.NotNow(why.detail) from why
        if made.rewritten:
            log.error("journal rewritten", main_connector=str(tx.scope.main_connector_id), chains=made.rewritten)
        return promises.Later(due_at=_next(clock.now()))

    return keep


async def owe_checkpoints(db: Database, clock: Clock) -> int:
    """Promise a checkpoint in every realm that stands without such a promise, once there is a seal."""
    if not await _has_seal(db, clock.now()):
        return 0
    count = 0
    for realm in await desk_work.realms(db):
        async with db.transaction(_caller(realm.id)) as tx:
            if not await _standing(tx):
                await promises.owe(tx, _owed(tx, clock.now()))
                count += 1
    return count


async def checkpoints_expected(tx: Transaction, now: datetime) -> AsyncIterator[promises.Expected]:
    """Say that a checkpoint should be owed at any time once there is a seal."""
    if succession.in_charge(await certificates.every(tx), now) is None:
        return
    standing = await _standing(tx)
    key = standing[0].key if standing else _owed(tx, now).key
    yield promises.Expected(key=key, subject=_subject(tx))


async def stamp_checkpoints(db: Database, clock: Clock, *, stamp: Stamp) -> int:
    """Have checkpoints timestamped that are not yet, oldest first; the authority is asked outside any transaction.

    A realm whose authorities give none holds up no other.
    """
    return sum([await _stamp_realm(db, clock, realm.id, stamp) for realm in await desk_work.realms(db)])


async def _stamp_realm(db: Database, clock: Clock, realm: MainConnectorId, stamp: Stamp) -> int:
    caller = _caller(realm)
    async with db.transaction(caller) as tx:
        waiting = await checkpoints.unstamped(tx, count=_STAMPED_AT_ONCE)
    for count, one in enumerate(waiting):
        token = await stamp(realm, one.seal.encode())
        if token is None:
            return count
        async with db.transaction(caller) as tx:
            await checkpoints.add_timestamp(tx, one.number, token, clock.now())
    return len(waiting)


async def _has_seal(db: Database, now: datetime) -> bool:
    async with db.unscoped() as connection:
        return succession.in_charge(await certificates.every(connection), now) is not None


async def _standing(tx: Transaction) -> list[promises.Promise]:
    wanted = promises.Wanted(kind=CHECKPOINT, states=_STANDING)
    return await promises.page(tx, wanted, after=None, count=1)


def _owed(tx: Transaction, now: datetime) -> promises.Owed:
    due_at = _next(now)
    return promises.Owed(
        key=f"{CHECKPOINT}/{due_at.isoformat()}",  # of the first one: it is put off from hour to hour
        kind=CHECKPOINT,
        subject=_subject(tx),
        owner=promises.Owner.SYSTEM,
        due_at=due_at,
        rule="K21",
        title=sentence(
            "Sinetöi tarkistuspiste tapahtumalokista",
            "Försegla en kontrollpunkt av händelseloggen",
            "Seal a checkpoint of the journal",
        ),
        made_at=now,
    )


def _subject(tx: Transaction) -> str:
    return f"journal/{tx.scope.main_connector_id}"


def _next(now: datetime) -> datetime:
    """Return the next full hour in UTC."""
    return now.replace(minute=0, second=0, microsecond=0) + PERIOD


def _caller(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="checkpoints"),
        permissions=frozenset(),
    )
