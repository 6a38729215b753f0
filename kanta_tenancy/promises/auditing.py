"""Holds the ledger against what rooms say should be in it, and against the clock."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import store
from kanta_tenancy.promises.model import Expected, Finding, Owner, State, What

# A room's own answer, from its own data, to which promises should exist in the realm of the transaction. It computes
# them anew; reading them from the ledger would prove nothing.
Expectation = Callable[[Transaction, datetime], AsyncIterator[Expected]]

UNPAID_AFTER: Final = timedelta(hours=1)  # a keeper that could not at first is given so long
UNKEPT_AFTER: Final = timedelta(days=30)
LATE_WITHIN: Final = timedelta(days=7)  # what was kept late longer ago is no news
MOST: Final = 1000  # findings of one sort; more of them say no more
AMISS: Final = frozenset({What.MISSING, What.MISDATED, What.UNPAID, What.BROKEN})  # the others are for people to judge
_BATCH: Final = 1000


async def audit(
    tx: Transaction, now: datetime, expectations: Mapping[str, Expectation], *, late_within: timedelta = LATE_WITHIN
) -> list[Finding]:
    """Return what is wrong, or late, in the ledger of a realm; at most a thousand findings of each sort.

    Args:
        expectations: by the name of whoever expects them.
    """
    found = [finding for expectation in expectations.values() for finding in await _unmet(tx, now, expectation)]
    found += await store.standing(tx, What.UNPAID, Owner.SYSTEM, State.OWED, before=now - UNPAID_AFTER, count=MOST)
    found += await store.standing(tx, What.BROKEN, Owner.SYSTEM, State.BROKEN, before=store.NEVER, count=MOST)
    for owner in (Owner.MAIN_CONNECTOR, Owner.TENANT):
        found += await store.standing(tx, What.UNKEPT, owner, State.OWED, before=now - UNKEPT_AFTER, count=MOST)
    return found + await store.late(tx, since=now - late_within, count=MOST)


async def _unmet(tx: Transaction, now: datetime, expectation: Expectation) -> list[Finding]:
    found: list[Finding] = []
    batch: list[Expected] = []
    async for expected in expectation(tx, now):
        batch.append(expected)
        if len(batch) == _BATCH:
            found += await store.unmet(tx, batch)
            batch.clear()
        if len(found) >= MOST:
            return found[:MOST]
    return (found + await store.unmet(tx, batch))[:MOST]
