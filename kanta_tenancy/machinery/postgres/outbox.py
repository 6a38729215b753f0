"""Messages written in the transaction that caused them, carried on after it commits; by any instance, at least once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement

LEASE: Final = timedelta(seconds=60)
ATTEMPTS: Final = 8
KEPT_FOR: Final = timedelta(days=30)
_BATCH: Final = 1000


class Claimed(Record, frozen=True, kw_only=True):
    id: UUID
    main_connector_id: MainConnectorId
    attempts: int  # this one counted


class Message(Record, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: TenancyId | None  # whose act it tells of; None: the main connector's own
    kind: str
    body: Mapping[str, Any]
    at: datetime
    attempts: int


class _Forgotten(Record, frozen=True, kw_only=True):
    forgotten: int


Subscriber = Callable[[Transaction, Message], Awaitable[None]]

CLAIM: Final[Statement[Claimed]] = statement("postgres/outbox.claim", Claimed)
TAKE: Final[Statement[Message]] = statement("postgres/outbox.take", Message)
FINISH: Final[Statement[Nothing]] = statement("postgres/outbox.finish", Nothing)
FAIL: Final[Statement[Nothing]] = statement("postgres/outbox.fail", Nothing)
FORGET: Final[Statement[_Forgotten]] = statement("postgres/outbox.forget", _Forgotten)


class Undeliverable(Exception):
    """A subscriber could not do its part now; the sentence is kept with the message and it is tried again."""


async def carry_on(db: Database, clock: Clock, subscribers: Mapping[str, Subscriber], *, batch: int = 50) -> int:
    """Hand every due message to its subscriber, each in a transaction of its own; safe on many instances.

    A subscriber sees the whole realm of the message's main connector, also when the message is of one tenant. A
    message that nobody subscribes to has done its part by being kept. One whose subscriber fails, in whatever way,
    is tried again after 2, 4, 8 … seconds, and after eight attempts is `dead`, which the invariants report; those
    behind it go on.

    Returns:
        How many messages this run finished.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away, so not even the
            failure can be written down; whatever was claimed is due again when its lease has run out.
    """
    finished = 0
    while True:
        now = clock.now()
        async with db.unscoped() as connection:
            claimed = await CLAIM.all(connection, now=now, leased_until=now + LEASE, batch=batch)
        for claim in claimed:
            finished += await _deliver(db, claim, subscribers, now)
        if len(claimed) < batch:
            return finished


async def forget(db: Database, clock: Clock) -> int:
    """Delete every message that did its part and was kept long enough; safe on many instances.

    Returns:
        How many this run deleted.
    """
    total = 0
    while True:
        async with db.unscoped() as connection:
            row = await FORGET.one(connection, older_than=clock.now() - KEPT_FOR, batch=_BATCH)
        forgotten = 0 if row is None else row.forgotten
        total += forgotten
        if forgotten < _BATCH:
            return total


async def _deliver(db: Database, claim: Claimed, subscribers: Mapping[str, Subscriber], now: datetime) -> int:
    """Hand one message over, or write down why not; return how many were finished."""
    caller = Caller(
        scope=Scope(main_connector_id=claim.main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="outbox"),
        permissions=frozenset(),
    )
    work = asyncio.ensure_future(_hand_over(db, caller, claim.id, subscribers))
    try:
        await asyncio.wait({work})
    finally:
        if not work.done():  # we are cut off: what it wrote is undone before the pool closes
            work.cancel()
            await asyncio.wait({work})
    failure = _failure_of(work)
    if failure is None:
        return work.result()
    async with db.transaction(caller) as tx:
        await FAIL.run(
            tx,
            id=claim.id,
            state="dead" if claim.attempts >= ATTEMPTS else "due",
            next_at=now + timedelta(seconds=2**claim.attempts),
            error=failure,
        )
    return 0


async def _hand_over(db: Database, caller: Caller, message_id: UUID, subscribers: Mapping[str, Subscriber]) -> int:
    async with db.transaction(caller) as tx:
        message = await TAKE.one(tx, id=message_id)
        if message is None:  # another instance was faster
            return 0
        subscriber = subscribers.get(message.kind)
        if subscriber is not None:
            await subscriber(tx, message)
        await FINISH.run(tx, id=message_id)
    return 1


def _failure_of(work: asyncio.Task[int]) -> str | None:
    if work.cancelled():
        return asyncio.CancelledError.__name__
    error = work.exception()
    if error is None:
        return None
    # The text of any other error could hold data.
    return str(error) if isinstance(error, Undeliverable) else type(error).__name__
