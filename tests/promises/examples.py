"""Promises to test with. Say only what matters to the test."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Explanation, sentence
from kanta_tenancy.machinery.postgres.database import Connection, Database, Transaction
from kanta_tenancy.promises import Kept, Outcome, Owed, Owner, Promise, owe_many

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

EXPLANATION = Explanation(
    rule="K20.1",
    sources=("clause 20",),
    inputs={"delivered_on": "2026-02-02"},
    steps=(sentence("Kuukausi toimituksesta.", "En månad från delgivningen.", "One month from delivery."),),
    result="2026-03-02",
)


def owed(number: int = 1, **said: Any) -> Owed:
    """Return a promise of the system, due at noon."""
    return Owed(
        **{
            "key": f"test.end/{number}",
            "kind": "test.end",
            "subject": f"test/{number}",
            "owner": Owner.SYSTEM,
            "due_at": NOON,
            "rule": "K20.1",
            "title": sentence("Sopimus päättyy", "Avtalet upphör", "The agreement ends"),
            "made_at": NOON - timedelta(days=30),
            "facts": {"number": number},
        }
        | said
    )


async def promised(database: Database, caller: Caller, *promises: Owed) -> None:
    async with database.transaction(caller) as tx:
        await owe_many(tx, promises)


async def ledger(owner: Connection, columns: str = "key, state") -> list[tuple[Any, ...]]:
    """Return these columns of each promise and of its place in the work, by key."""
    rows = await owner.fetch(
        "SELECT promise.*, next_at, work.due_at IS NOT DISTINCT FROM promise.due_at AS in_step"
        "  FROM promise FULL JOIN promise_work AS work ON promise_id = id ORDER BY key"
    )
    for row in rows:  # the work is what the system owes, whatever happened to it
        assert row["in_step"] is (row["owner"] == "system" and row["state"] == "owed")
    return [tuple(row[name] for name in columns.split(", ")) for row in rows]


class Payer:
    """A keeper that writes down what it kept."""

    def __init__(self, *, pause_s: float = 0) -> None:
        self.kept: list[str] = []
        self._pause_s = pause_s

    async def __call__(self, _: Transaction, clock: Clock, promise: Promise) -> Outcome:
        self.kept.append(promise.key)
        await asyncio.sleep(self._pause_s)
        return Kept(result={"paid_at": clock.now().isoformat()})


def keys(numbers: Sequence[int] | range) -> list[str]:
    return sorted(f"test.end/{number}" for number in numbers)
