"""Messages written in the transaction that caused them, carried on after it commits; by any instance, at least once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.attempt import Sayable, attempt
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement

LEASE: Final = timedelta(seconds=60)
ATTEMPTS: Final = 8
KEPT_FOR: Final = timedelta(days=30)
BATCH: Final = 1000
_LONGEST_S: Final = 0.1  # a transaction of many messages: what they lock is not kept from requests for longer


log: Final = structlog.get_logger("kanta_tenancy.work")


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


class GivenUp(Record, frozen=True, kw_only=True):
    """A message that no room will be handed any more, unless somebody says so."""

    id: UUID
    kind: str
    at: datetime
    attempts: int
    last_error: str | None


class _Forgotten(Record, frozen=True, kw_only=True):
    forgotten: int


Subscriber = Callable[[Transaction, Message], Awaitable[None]]

CLAIM: Final[Statement[Claimed]] = statement("postgres/outbox.claim", Claimed)
TAKE: Final[Statement[Message]] = statement("postgres/outbox.take", Message)
PUT_BACK: Final[Statement[Nothing]] = statement("postgres/outbox.put_back", Nothing)
FAIL: Final[Statement[Nothing]] = statement("postgres/outbox.fail", Nothing)
GIVEN_UP: Final[Statement[GivenUp]] = statement("postgres/outbox.given_up", GivenUp)
AGAIN: Final[Statement[GivenUp]] = statement("postgres/outbox.again", GivenUp)
FORGET: Final[Statement[_Forgotten]] = statement("postgres/outbox.forget", _Forgotten)


class Undeliverable(Sayable):
    """A subscriber could not do its part now; the sentence is kept with the message and it is tried again."""


async def carry_on(db: Database, clock: Clock, subscribers: Mapping[str, Subscriber], *, batch: int = BATCH) -> int:
    """Hand every due message to its subscriber, in the transaction that marks it done; safe on many instances.

    A subscriber sees the whole realm of the message's main connector, also when the message is of one tenant. It does
    nothing outside the transaction, since it may be called again after that was undone: messages of one main
    connector are handed over many to a transaction, and when one fails, those of its transaction anew, each in one
    of its own. So no message is undone or held up by another's failure.

    A message that nobody subscribes to has done its part by being kept. One whose subscriber fails, in whatever way,
    is tried again after 2, 4, 8 … seconds, and after eight attempts is `dead`, which the log and the invariants say.

    Returns:
        How many messages this run finished.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away, so not even the
            failure can be written down; whatever was claimed is due again when its lease has run out.
    """
    finished = 0
    ahead = asyncio.ensure_future(_claim(db, clock, batch))
    try:
        while True:
            claimed = await ahead
            if len(claimed) == batch:  # the database looks for the next ones while these are handed over
                ahead = asyncio.ensure_future(_claim(db, clock, batch))
            for claims in _by_realm(claimed):
                finished += await _Delivery(db, subscribers, clock, claims[0].main_connector_id).of(claims)
            if len(claimed) < batch:
                return finished
    finally:
        ahead.cancel()  # when something went wrong: what it may have claimed is due again after its lease
        await asyncio.wait({ahead})


async def _claim(db: Database, clock: Clock, batch: int) -> list[Claimed]:
    now = clock.now()
    async with db.unscoped() as connection:
        return await CLAIM.all(connection, now=now, leased_until=now + LEASE, batch=batch)


async def given_up(tx: Transaction) -> list[GivenUp]:
    """Return messages of the scope's realm that were given up, oldest first; some hundreds at most."""
    return await GIVEN_UP.all(tx, main_connector_id=tx.scope.main_connector_id)


async def hand_over_again(tx: Transaction, clock: Clock, message_id: UUID) -> GivenUp | None:
    """Let a message that was given up be due once more; None when the scope has none such."""
    realm = tx.scope.main_connector_id
    return await AGAIN.one(tx, main_connector_id=realm, id=message_id, now=clock.now())


async def forget(db: Database, clock: Clock) -> int:
    """Delete every message that did its part and was kept long enough; safe on many instances.

    Returns:
        How many this run deleted.
    """
    total = 0
    while True:
        async with db.unscoped() as connection:
            row = await FORGET.one(connection, older_than=clock.now() - KEPT_FOR, batch=BATCH)
        forgotten = 0 if row is None else row.forgotten
        total += forgotten
        if forgotten < BATCH:
            return total


def _by_realm(claimed: list[Claimed]) -> list[list[Claimed]]:
    """Return what was claimed by main connector, each in the order in which it was written."""
    realms: dict[UUID, list[Claimed]] = {}
    for claim in sorted(claimed, key=lambda one: one.id):
        realms.setdefault(claim.main_connector_id, []).append(claim)
    return list(realms.values())


class _Delivery:
    """Hands over claimed messages of one main connector."""

    def __init__(
        self, db: Database, subscribers: Mapping[str, Subscriber], clock: Clock, realm: MainConnectorId
    ) -> None:
        self._db = db
        self._subscribers = subscribers
        self._clock = clock
        self._caller = Caller(
            scope=Scope(main_connector_id=realm),
            actor=Actor(kind=ActorKind.SERVICE, name="outbox"),
            permissions=frozenset(),
        )
        self._reached = 0  # how many the transaction has handed over, itself not yet committed

    async def of(self, claims: list[Claimed]) -> int:
        """Hand them over; return how many were finished."""
        finished = await self._many([claim for claim in claims if claim.attempts == 1])
        for claim in claims:
            if claim.attempts > 1:  # it has failed before, and would only undo others again
                finished += await self._alone(claim)
        return finished

    async def _many(self, claims: list[Claimed]) -> int:
        finished = 0
        size = len(claims)
        while claims:
            taken = claims[:size]
            done = await attempt(self._hand_over([claim.id for claim in taken]))
            if done.failure is None:
                finished += done.result()
                passed = self._reached
                size = passed * (2 if passed == len(taken) else 1)
            else:
                passed = min(self._reached + 1, len(taken))
                for claim in taken[:passed]:
                    finished += await self._alone(claim)
            claims = claims[passed:]
        return finished

    async def _alone(self, claim: Claimed) -> int:
        """Hand one message over, or write down why not."""
        done = await attempt(self._hand_over([claim.id]))
        if done.failure is None:
            return done.result()
        given_up = claim.attempts >= ATTEMPTS
        async with self._db.transaction(self._caller) as tx:
            await FAIL.run(
                tx,
                id=claim.id,
                state="dead" if given_up else "due",
                next_at=self._clock.now() + timedelta(seconds=2**claim.attempts),
                error=done.failure,
            )
        if given_up:
            log.error("event given up", event_id=str(claim.id), attempts=claim.attempts, error=done.failure)
        return 0

    async def _hand_over(self, ids: list[UUID]) -> int:
        """Hand over messages in one transaction, as many as fit into its time; return how many were still due."""
        self._reached = 0
        until = time.monotonic() + _LONGEST_S
        async with self._db.transaction(self._caller) as tx:
            due = {message.id: message for message in await TAKE.all(tx, ids=ids)}  # others were faster with the rest
            for message_id in ids:
                message = due.get(message_id)
                subscriber = None if message is None else self._subscribers.get(message.kind)
                if message is not None and subscriber is not None:
                    await subscriber(tx, message)
                self._reached += 1
                if time.monotonic() > until:
                    break
            rest = [message_id for message_id in ids[self._reached :] if message_id in due]
            if rest:
                await PUT_BACK.run(tx, ids=rest)
        return len(due) - len(rest)
