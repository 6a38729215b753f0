"""Pays what the system owes when it is due: by any instance, late when it was off, never twice."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

import structlog

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.attempt import Sayable, attempt
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.promises import store
from kanta_tenancy.promises.lifecycle import MOVES, Move, after_failure
from kanta_tenancy.promises.model import Claimed, Kept, Later, Outcome, Promise, Released, State

LEASE: Final = timedelta(seconds=60)  # at least; what a killed instance had claimed waits so long
PATIENCE_S: Final = 30.0  # with one keeper: less than a lease, so that nobody else begins meanwhile
BATCH: Final = 50
SIDE_BY_SIDE: Final = 4  # one that is slow holds up a quarter of the others, and most of the pool stays free
_AGAIN: Final = timedelta(seconds=1)

Keeper = Callable[[Transaction, Clock, Promise], Awaitable[Outcome]]
F = TypeVar("F")

log: Final = structlog.get_logger("kanta_tenancy.promises")


class NotNow(Sayable):
    """A keeper cannot do its part now; the sentence is kept with the promise and it is tried again."""


class Errand(Record, Generic[F], frozen=True, kw_only=True):
    """How a promise is kept that takes a question to somebody outside, such as an authority's server.

    The question changes nothing there, so it may be asked again. It is asked while no transaction is open, and what
    came back is put down in the one that marks the promise kept; when the promise was moved meanwhile, it is dropped.
    """

    ask: Callable[[Database, Caller, Clock, Promise], Awaitable[F]]  # reads by short transactions of its own
    keep: Callable[[Transaction, Clock, Promise, F], Awaitable[Outcome]]


Keepers = Mapping[str, Keeper | Errand[Any]]


async def pay_due(
    db: Database,
    clock: Clock,
    keepers: Keepers,
    *,
    batch: int = BATCH,
    lease: timedelta = LEASE,
    patience_s: float = PATIENCE_S,
) -> int:
    """Have every promise of the system that is due kept by the keeper of its kind; safe on many instances.

    A keeper works in one transaction, in the whole realm of the promise's main connector, together with the mark that
    it is kept. It may be begun again after it was undone, so it does nothing outside that transaction; one that has to
    ask outside first is an errand. One that fails, in whatever way, or takes longer than `patience_s`, is tried again
    after 10, 20, 40 … seconds, at last after an hour each time, and after twelve attempts the promise is broken, which
    the log, the metrics and the audit say. Others go on meanwhile. A promise whose kind has no keeper here waits for an
    instance that has one.

    Returns:
        How many promises this run kept, released or put off.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away or has no
            connection left; whatever was claimed is due again when its lease has run out.
    """
    if not keepers:
        return 0
    run = _Run(db, clock, keepers, batch=batch, lease=lease, patience_s=patience_s)
    lanes = await asyncio.gather(*(run.work() for _ in range(SIDE_BY_SIDE)), return_exceptions=True)
    for lane in lanes:
        if isinstance(lane, BaseException):
            raise lane
    return run.paid


class _Run:
    """One waking: claims due promises batch by batch and hands them to lanes that pay side by side."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        keepers: Keepers,
        *,
        batch: int,
        lease: timedelta,
        patience_s: float,
    ) -> None:
        self.paid = 0
        self._db = db
        self._clock = clock
        self._keepers = keepers
        self._kinds = sorted(keepers)
        self._batch = batch
        self._lease = lease
        self._patience_s = patience_s
        self._claimed: deque[Claimed] = deque()
        self._claiming = asyncio.Lock()
        self._exhausted = False

    async def work(self) -> None:
        while (claim := await self._next()) is not None:
            paid = await self._pay(claim)  # other lanes count meanwhile
            self.paid += paid

    async def _next(self) -> Claimed | None:
        async with self._claiming:
            if not self._claimed and not self._exhausted:
                self._exhausted = True  # also when the question fails: the other lanes need not ask again
                found = await store.claim(
                    self._db, self._clock.now(), lease=self._lease, kinds=self._kinds, batch=self._batch
                )
                self._claimed.extend(found)
                self._exhausted = len(found) < self._batch
        return self._claimed.popleft() if self._claimed else None

    async def _pay(self, claim: Claimed) -> bool:
        """Pay one promise, or write down why not; return whether it was paid."""
        held: list[Promise] = []
        done = await attempt(self._keep(claim, held))
        failure = done.failure
        if failure is None or not held:  # what fails before the promise is in our hands is not its fault
            return done.result()
        await self._write_down(claim, held[0], failure)
        return False

    async def _keep(self, claim: Claimed, held: list[Promise]) -> bool:
        async with self._db.transaction(_caller(claim)) as tx:
            promise = await store.take_claimed(tx, claim)
            if promise is None:  # somebody settled it, moved it, or took it over
                return False
            held.append(promise)
            keeper = self._keepers[promise.kind]
            if not isinstance(keeper, Errand):
                async with asyncio.timeout(self._patience_s):
                    outcome = await keeper(tx, self._clock, promise)
                await self._settle(tx, promise, outcome)
                return True
        return await self._run(claim, promise, keeper)

    async def _run(self, claim: Claimed, seen: Promise, errand: Errand[Any]) -> bool:
        until = asyncio.get_running_loop().time() + self._patience_s
        async with asyncio.timeout_at(until):
            found = await errand.ask(self._db, _caller(claim), self._clock, seen)
        async with self._db.transaction(_caller(claim)) as tx:
            promise = await store.take_claimed(tx, claim)
            if promise is None:
                return False
            async with asyncio.timeout_at(until):
                outcome = await errand.keep(tx, self._clock, promise, found)
            await self._settle(tx, promise, outcome)
        return True

    async def _settle(self, tx: Transaction, promise: Promise, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Kept(result=result):
                await store.settle_taken(tx, promise.id, State.KEPT, at=now, result=result)
            case Released(because=because):
                await store.settle_taken(tx, promise.id, State.RELEASED, at=now, result={"because": because})
            case Later(due_at=due_at):
                await store.defer_taken(tx, promise.id, due_at=due_at, next_at=max(due_at, now + _AGAIN))

    async def _write_down(self, claim: Claimed, promise: Promise, failure: str) -> None:
        failed = promise.attempts + 1
        move, next_at = after_failure(failed, self._clock.now())
        async with self._db.transaction(_caller(claim)) as tx:
            written = await store.fail(
                tx, claim, state=MOVES[State.OWED, move], attempts=failed, next_at=next_at, error=failure
            )
        if written and move is Move.GIVE_UP:
            log.error("promise broken", promise=str(promise.id), kind=promise.kind, attempts=failed, error=failure)
        elif written:
            log.warning("promise not kept yet", promise=str(promise.id), kind=promise.kind, times=failed, error=failure)


def _caller(claim: Claimed) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=claim.main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="promises"),
        permissions=frozenset(),
    )
