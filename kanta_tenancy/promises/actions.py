"""What rooms and people do with promises, each in the transaction of the act that causes it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.parties import wording
from kanta_tenancy.promises import lifecycle, store
from kanta_tenancy.promises.errors import EvidenceRefused
from kanta_tenancy.promises.lifecycle import Move
from kanta_tenancy.promises.model import Facts, Owed, Promise, PromiseKept


async def owe(tx: Transaction, promise: Owed) -> None:
    """Promise something. The same key again changes when, what and why while it is owed, and nothing afterwards."""
    await store.owe(tx, (promise,))


async def owe_many(tx: Transaction, promises: Iterable[Owed]) -> None:
    """Promise all of these in one round trip; of those with the same key the last counts."""
    by_key = {promise.key: promise for promise in promises}
    if by_key:
        await store.owe(tx, tuple(by_key.values()))


async def keep(tx: Transaction, key: str, *, at: datetime, result: Facts | None = None) -> bool:
    """Say that a promise is kept, by an act or a person.

    Returns:
        Whether it was owed until now: False when there is none of that key, or it is settled already.
    """
    return await store.settle(tx, Move.KEEP, key, at=at, result=result)


async def release(tx: Transaction, key: str, *, at: datetime, because: str) -> bool:
    """Say that a promise is owed no longer, and why.

    Returns:
        Whether it was owed until now: False when there is none of that key, or it is settled already.
    """
    return await store.settle(tx, Move.RELEASE, key, at=at, result={"because": because})


async def release_all(tx: Transaction, subject: str, *, at: datetime, because: str, kinds: Collection[str] = ()) -> int:
    """Release whatever is still owed about a subject, such as when a notice is withdrawn.

    Args:
        kinds: only promises of these; of every kind when left out.

    Returns:
        How many were released.
    """
    return await store.release_all(tx, subject, at=at, result={"because": because}, kinds=kinds)


async def keep_by_hand(tx: Transaction, clock: Clock, *, promise_id: UUID, version: int, evidence: str) -> Promise:
    """Say that a person has kept a promise, and by what that can be seen.

    Raises:
        PromiseNotFound, PromiseChanged: there is none, or not at that version any more.
        PromiseSettled: it was kept or released already.
        PromiseOfAnother: it is for somebody else to keep.
        EvidenceRefused: the text is none, or cannot be kept.
    """
    said = _evidence(evidence)
    before = await store.take(tx, promise_id, version)
    lifecycle.check_by_hand(before, by_tenant=tx.scope.tenancy_id is not None)
    at = clock.now()
    result = {"evidence": said, "kept_by": tx.actor.name}
    after = await store.keep_taken(tx, promise_id, at=at, result=result)
    told = PromiseKept(promise_id=after.id, key=after.key, kind=after.kind, subject=after.subject, at=at)
    await record(tx, _act("kept", before, after, at=at), announce=told)
    return after


async def retry(tx: Transaction, clock: Clock, *, promise_id: UUID) -> Promise:
    """Owe a promise anew that the system gave up, when the cause is mended; it is due again at once.

    Raises:
        PromiseNotFound: there is none.
        PromiseSettled: the system did not give it up.
    """
    seen = await store.find(tx, promise_id)
    before = await store.take(tx, promise_id, seen.version)
    lifecycle.check(before, Move.RETRY)
    at = clock.now()
    after = await store.retry_taken(tx, promise_id)
    await record(tx, _act("retried", before, after, at=at))
    return after


def _evidence(text: str) -> str:
    look = wording.Examination()
    lines = [look.text("evidence", wording.name, line, clause="") for line in text.splitlines() if line.strip()]
    if not lines:
        look.note("evidence", "it is empty", clause="")
    if look.flaws:
        raise EvidenceRefused(look.flaws[0].detail, flaws=tuple(look.flaws))
    return "\n".join(lines)


def _act(action: str, before: Promise, after: Promise, *, at: datetime) -> Act:
    return Act(
        action=f"promise.{action}",
        subject=f"promise/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=digest_of(before),
        after=digest_of(after),
        facts={"key": after.key},
    )
