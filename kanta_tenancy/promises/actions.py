"""What rooms do with promises, each in the transaction of the act that causes it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import store
from kanta_tenancy.promises.lifecycle import Move
from kanta_tenancy.promises.model import Facts, Owed


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
