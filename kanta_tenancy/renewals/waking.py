"""Open requests are looked at again, because what they are looked at by is another now (decision 34).

Some at once; where there are many, the rest in steps, each in a transaction of its own, so that nobody who answers one
waits for all of them.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Kept, Later, Outcome, Promise
from kanta_tenancy.renewals import owing
from kanta_tenancy.renewals.model import Concerned, Position
from kanta_tenancy.renewals.store import requests as store

STEP: Final = 2_000  # about a tenth of a second


async def stand_alone(tx: Transaction) -> None:
    """Begin an act that changes what requests are looked at by: whoever looks now is done first, with what they saw.

    Before anything else is locked, since whoever looks may wait for it. Without it a request could be given to somebody
    by what was true a moment before, and not be looked at again for days.
    """
    await store.alone(tx)


async def look_again(tx: Transaction, concerned: Concerned, *, at: datetime, step: int = STEP) -> None:
    """Have open requests looked at again, in an act that stands alone; what lapses first before the rest.

    It waits for whoever holds them, so it comes before the act is journalled.
    """
    last = await _step(tx, concerned, None, at=at, step=step)
    if last is not None:
        await promises.owe(tx, owing.to_look_again(new_id(), concerned, last, tx.scope.tenancy_id, at=at))


async def owe_look(tx: Transaction, because: UUID, concerned: Concerned, *, at: datetime) -> None:
    """Have open requests looked at again in a while, in an act that cannot stand alone: others came before it.

    Args:
        because: names the act, so that twice in a row does no harm.
    """
    if await store.step(tx, holder=concerned.holder, person=concerned.person, after=None, count=1):
        await promises.owe(tx, owing.to_look_again(because, concerned, None, None, at=at))


async def go_on(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Have the next of them looked at; the keeper of `renewal.look_again`."""
    await stand_alone(tx)
    concerned, after = owing.looked_at(promise)
    now = clock.now()
    last = await _step(tx, concerned, after, at=now, step=STEP)
    if last is None:
        return Kept()
    because = owing.id_in(promise.subject)
    await promises.owe(tx, owing.to_look_again(because, concerned, last, promise.tenancy_id, at=now))
    return Later(due_at=now)


async def _step(
    tx: Transaction, concerned: Concerned, after: Position | None, *, at: datetime, step: int
) -> Position | None:
    """Have some looked at; return where to go on, None when these were the last."""
    found = await store.step(tx, holder=concerned.holder, person=concerned.person, after=after, count=step)
    await store.wake(tx, [one.id for one in found], at=at)
    return found[-1] if len(found) == step else None
