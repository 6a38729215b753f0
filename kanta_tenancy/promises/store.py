"""Promises in PostgreSQL. The only module that reads `sql/queries/promises/`."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.promises.errors import PromiseChanged, PromiseNotFound
from kanta_tenancy.promises.lifecycle import MOVES, Move, sources
from kanta_tenancy.promises.model import Claimed, Facts, Owed, Promise, State

OWE: Final = statement("promises/promise.owe", Nothing)
SETTLE: Final = statement("promises/promise.settle", Nothing)
RELEASE_ALL: Final = statement("promises/promise.release_all", Nothing)
FIND: Final = statement("promises/promise.find", Promise)
TAKE: Final = statement("promises/promise.take", Promise)
CLAIM: Final = statement("promises/paying.claim", Claimed)
TAKE_CLAIMED: Final = statement("promises/paying.take_claimed", Promise)
SETTLE_TAKEN: Final = statement("promises/paying.settle_taken", Nothing)
DEFER_TAKEN: Final = statement("promises/paying.defer_taken", Nothing)
FAIL: Final = statement("promises/paying.fail", Nothing)


async def owe(tx: Transaction, promises: Sequence[Owed]) -> None:
    """Write promises whose keys differ, in one round trip."""
    said = [{"id": new_id(), **msgspec.structs.asdict(promise)} for promise in promises]
    await OWE.run(tx, main_connector_id=tx.scope.main_connector_id, said=said, states=sources(Move.OWE))


async def settle(tx: Transaction, move: Move, key: str, *, at: datetime, result: Facts | None) -> bool:
    """Keep or release by key; return False, and change nothing, when that is not to be moved or not there."""
    states = sources(move)
    moved = await SETTLE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        key=key,
        state=MOVES[states[0], move],
        states=states,
        at=at,
        result=result,
    )
    return moved == 1


async def release_all(
    tx: Transaction, subject: str, *, at: datetime, result: Facts, kinds: Collection[str] = ()
) -> int:
    return await RELEASE_ALL.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        subject=subject,
        states=sources(Move.RELEASE),
        kinds=list(kinds),
        at=at,
        result=result,
    )


async def find(tx: Transaction, promise_id: UUID) -> Promise:
    """Read a promise.

    Raises:
        PromiseNotFound: the scope has no promise of that id.
    """
    promise = await FIND.one(tx, promise_id=promise_id)
    if promise is None:
        raise PromiseNotFound(f"no promise {promise_id}")
    return promise


async def take(tx: Transaction, promise_id: UUID, version: int) -> Promise:
    """Read a promise and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        PromiseNotFound: the scope has no promise of that id.
        PromiseChanged: it is at another version.
    """
    promise = await TAKE.one(tx, promise_id=promise_id)
    if promise is None:
        raise PromiseNotFound(f"no promise {promise_id}")
    if promise.version != version:
        raise PromiseChanged(f"the promise is at version {promise.version}, not {version}", version=promise.version)
    return promise


async def claim(db: Database, now: datetime, *, lease: timedelta, kinds: list[str], batch: int) -> list[Claimed]:
    """Lease what is due in any realm, soonest lease first to run out."""
    async with db.unscoped() as connection:
        return await CLAIM.all(connection, now=now, lease=lease, kinds=kinds, batch=batch)


async def take_claimed(tx: Transaction, claim: Claimed) -> Promise | None:
    """Read a promise and hold it, if its lease is still ours."""
    return await TAKE_CLAIMED.one(tx, promise_id=claim.id, leased_until=claim.leased_until)


async def settle_taken(tx: Transaction, promise_id: UUID, state: State, *, at: datetime, result: Facts | None) -> None:
    await SETTLE_TAKEN.run(tx, promise_id=promise_id, state=state, at=at, result=result)


async def defer_taken(tx: Transaction, promise_id: UUID, *, due_at: datetime, next_at: datetime) -> None:
    await DEFER_TAKEN.run(tx, promise_id=promise_id, due_at=due_at, next_at=next_at)


async def fail(tx: Transaction, claim: Claimed, **said: Any) -> bool:
    """Write down an attempt that failed; return False when somebody moved the promise in the meantime."""
    return await FAIL.run(tx, promise_id=claim.id, leased_until=claim.leased_until, **said) == 1
