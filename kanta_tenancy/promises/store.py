"""Promises in PostgreSQL. The only module that reads `sql/queries/promises/`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.promises.errors import PromiseChanged, PromiseNotFound
from kanta_tenancy.promises.lifecycle import MOVES, Move, sources
from kanta_tenancy.promises.model import (
    Claimed,
    Expected,
    Facts,
    Figures,
    Finding,
    Owed,
    Owner,
    Position,
    Promise,
    State,
    Wanted,
    What,
)


class Held(Record, frozen=True, kw_only=True):
    id: UUID


class StillOwed(Record, frozen=True, kw_only=True):
    id: UUID
    due_at: datetime


OWE: Final = statement("promises/promise.owe", Nothing)
SETTLE: Final = statement("promises/promise.settle", Nothing)
RELEASE_ALL: Final = statement("promises/promise.release_all", Nothing)
HOLD: Final = statement("promises/promise.hold", Held)
FIND: Final = statement("promises/promise.find", Promise)
TAKE: Final = statement("promises/promise.take", Promise)
KEEP_TAKEN: Final = statement("promises/promise.keep_taken", Nothing)
RETRY_TAKEN: Final = statement("promises/promise.retry_taken", Nothing)
FIGURES: Final = statement("promises/promise.figures", Figures)
OF_REALM: Final = statement("promises/reading.of_realm", Promise)
OF_KIND: Final = statement("promises/reading.of_kind", Promise)
OF_TENANCY: Final = statement("promises/reading.of_tenancy", Promise)
OF_SUBJECT: Final = statement("promises/reading.of_subject", Promise)
OF_SUBJECTS: Final = statement("promises/reading.of_subjects", Promise)
OWED_OF: Final = statement("promises/reading.owed_of", StillOwed)
UNMET: Final = statement("promises/auditing.unmet", Finding)
STANDING: Final = statement("promises/auditing.standing", Finding)
LATE: Final = statement("promises/auditing.late", Finding)
CLAIM: Final = statement("promises/paying.claim", Claimed)
TAKE_CLAIMED: Final = statement("promises/paying.take_claimed", Promise)
SETTLE_TAKEN: Final = statement("promises/paying.settle_taken", Nothing)
DEFER_TAKEN: Final = statement("promises/paying.defer_taken", Nothing)
FAIL: Final = statement("promises/paying.fail", Nothing)
WAIT: Final = statement("promises/paying.wait", Nothing)

BEGINNING: Final = Position(due_at=datetime(1, 1, 2, tzinfo=UTC), id=UUID(int=0))
_INSTANT: Final = timedelta(microseconds=1)
_LAST: Final = UUID(int=(1 << 128) - 1)
LONGEST_PAGE: Final = 201  # as the statements have it written out
NEVER: Final = datetime(9999, 12, 30, tzinfo=UTC)


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


async def hold(tx: Transaction, subject: str, kinds: Collection[str]) -> None:
    """Hold what is owed about a subject, of these kinds, until the transaction ends.

    Whoever keeps one by hand holds it first and journals then. An act that journals first and changes them afterwards
    holds them before, or the two would wait for each other.
    """
    await HOLD.all(tx, main_connector_id=tx.scope.main_connector_id, subject=subject, kinds=list(kinds))


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


async def keep_taken(tx: Transaction, promise_id: UUID, *, at: datetime, result: Facts) -> Promise:
    await KEEP_TAKEN.run(tx, promise_id=promise_id, at=at, result=result)
    return await find(tx, promise_id)


async def retry_taken(tx: Transaction, promise_id: UUID) -> Promise:
    await RETRY_TAKEN.run(tx, promise_id=promise_id)
    return await find(tx, promise_id)


async def page(tx: Transaction, wanted: Wanted, *, after: Position | None, count: int) -> list[Promise]:
    """Read promises by due time; the scope sees its own alone, whatever is wanted.

    The statements merge the beginnings of several lists and know no more of each than a page, so more is read in steps.
    """
    found: list[Promise] = []
    after = after or _beginning(wanted)
    while len(found) < count:
        most = min(count - len(found), LONGEST_PAGE)
        step = await _page(tx, wanted, after, most)
        found += step
        if len(step) < most:
            break
        after = Position(due_at=step[-1].due_at, id=step[-1].id)
    return found


def _beginning(wanted: Wanted) -> Position:
    """Return the place after which a list begins."""
    if wanted.due_from is None:
        return BEGINNING
    return Position(due_at=wanted.due_from - _INSTANT, id=_LAST)


async def _page(tx: Transaction, wanted: Wanted, begin: Position, count: int) -> list[Promise]:
    asked: dict[str, Any] = {
        "main_connector_id": tx.scope.main_connector_id,
        "states": wanted.states,
        "owners": wanted.owners,
        "before": wanted.due_before or NEVER,
        "after_due": begin.due_at,
        "after_id": begin.id,
        "count": count,
    }
    tenancy_id = wanted.tenancy_id or tx.scope.tenancy_id
    if wanted.subject is not None:
        return await OF_SUBJECT.all(tx, subject=wanted.subject, tenancy_id=tenancy_id, kind=wanted.kind, **asked)
    if tenancy_id is not None:
        return await OF_TENANCY.all(tx, tenancy_id=tenancy_id, kind=wanted.kind, **asked)
    if wanted.kind is not None:
        return await OF_KIND.all(tx, kind=wanted.kind, **asked)
    return await OF_REALM.all(tx, **asked)


async def of_subjects(tx: Transaction, subjects: Collection[str], kind: str) -> list[Promise]:
    """Read all promises of one kind about some subjects, by subject and due time; for a kind of which each has few."""
    return await OF_SUBJECTS.all(tx, main_connector_id=tx.scope.main_connector_id, subjects=list(subjects), kind=kind)


async def owed_of(tx: Transaction, promise_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when those of these promises are due that are still owed."""
    found = await OWED_OF.all(tx, main_connector_id=tx.scope.main_connector_id, promise_ids=list(promise_ids))
    return {one.id: one.due_at for one in found}


async def unmet(tx: Transaction, expected: Sequence[Expected]) -> list[Finding]:
    return await UNMET.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        keys=[each.key for each in expected],
        subjects=[each.subject for each in expected],
        dues=[each.due_at for each in expected],
    )


async def standing(
    tx: Transaction, what: What, owner: Owner, state: State, *, before: datetime, count: int
) -> list[Finding]:
    realm = tx.scope.main_connector_id
    return await STANDING.all(
        tx, main_connector_id=realm, what=what, owner=owner, state=state, before=before, count=count
    )


async def late(tx: Transaction, *, since: datetime, count: int) -> list[Finding]:
    return await LATE.all(tx, main_connector_id=tx.scope.main_connector_id, since=since, count=count)


async def figures(db: Database, now: datetime) -> list[Figures]:
    """Count what is owed in all realms; it sees numbers, never the rows."""
    async with db.unscoped() as connection:
        return await FIGURES.all(connection, now=now)


async def claim(db: Database, now: datetime, *, lease: timedelta, kinds: list[str], batch: int) -> list[Claimed]:
    """Lease what is due in any realm, in the order in which it is due."""
    async with db.unscoped() as connection:
        return await CLAIM.all(connection, now=now, lease=lease, kinds=kinds, batch=batch)


async def take_claimed(tx: Transaction, claim: Claimed) -> Promise | None:
    """Read a promise and hold it, if its lease is still ours."""
    return await TAKE_CLAIMED.one(tx, promise_id=claim.id, leased_until=claim.leased_until)


async def settle_taken(tx: Transaction, promise_id: UUID, state: State, *, at: datetime, result: Facts | None) -> None:
    await SETTLE_TAKEN.run(tx, promise_id=promise_id, state=state, at=at, result=result)


async def defer_taken(tx: Transaction, promise_id: UUID, *, due_at: datetime, next_at: datetime) -> None:
    await DEFER_TAKEN.run(tx, promise_id=promise_id, due_at=due_at)
    await WAIT.run(tx, promise_id=promise_id, next_at=next_at)


async def fail(tx: Transaction, claim: Claimed, *, state: State, attempts: int, next_at: datetime, error: str) -> bool:
    """Write down an attempt that failed; return False when somebody moved the promise in the meantime."""
    said = {"state": state, "attempts": attempts, "error": error}
    written = await FAIL.run(tx, promise_id=claim.id, leased_until=claim.leased_until, **said)
    if written:
        await WAIT.run(tx, promise_id=claim.id, next_at=next_at)
    return written == 1
