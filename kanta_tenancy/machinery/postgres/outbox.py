"""Messages written in the transaction that caused them, carried on after it commits; by any instance, at least once."""

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


class Claimed(Record, frozen=True, kw_only=True):
    id: UUID
    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None


class Message(Record, frozen=True, kw_only=True):
    id: UUID
    kind: str
    body: Mapping[str, Any]
    at: datetime
    attempts: int


Subscriber = Callable[[Transaction, Message], Awaitable[None]]

CLAIM: Final[Statement[Claimed]] = statement("postgres/outbox.claim", Claimed)
TAKE: Final[Statement[Message]] = statement("postgres/outbox.take", Message)
FINISH: Final[Statement[Nothing]] = statement("postgres/outbox.finish", Nothing)
FAIL: Final[Statement[Nothing]] = statement("postgres/outbox.fail", Nothing)


class Undeliverable(Exception):
    """A subscriber could not do its part now; the sentence is kept with the message and it is tried again."""


async def carry_on(db: Database, clock: Clock, subscribers: Mapping[str, Subscriber], *, batch: int = 50) -> int:
    """Hand every due message to its subscriber, each in a transaction of its owner's scope; safe on many instances.

    A message that nobody subscribes to has done its part by being kept. One that fails is tried again after
    2, 4, 8 … seconds, and after eight attempts is `dead`, which the invariants report.

    Returns:
        How many messages this run finished.
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


async def _deliver(db: Database, claim: Claimed, subscribers: Mapping[str, Subscriber], now: datetime) -> int:
    caller = Caller(
        scope=Scope(main_connector_id=claim.main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="outbox"),
        permissions=frozenset(),
    )
    attempts = 1
    try:
        async with db.transaction(caller) as tx:
            message = await TAKE.one(tx, id=claim.id)
            if message is None:
                return 0
            attempts = message.attempts
            subscriber = subscribers.get(message.kind)
            if subscriber is not None:
                await subscriber(tx, message)
            await FINISH.run(tx, id=claim.id)
    except Undeliverable as error:
        async with db.transaction(caller) as tx:
            await FAIL.run(
                tx,
                id=claim.id,
                state="dead" if attempts >= ATTEMPTS else "due",
                next_at=now + timedelta(seconds=2**attempts),
                error=str(error),
            )
        return 0
    return 1
