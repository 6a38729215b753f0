"""What passing time does: a sweep each morning, digests, and the next people while nobody acknowledges."""

from collections.abc import AsyncIterator
from datetime import datetime

from kanta_tenancy import promises
from kanta_tenancy.certificates.warnings import levels, owing, telling, weighing
from kanta_tenancy.certificates.warnings.store import amiss, sweeps, warnings
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise


async def sweep(tx: Transaction, clock: Clock, _: Promise) -> Outcome:
    """Put down what has come to a level, whatever was missed; the keeper of `certificate.sweep`."""
    now = clock.now()
    await weighing.catch_up(tx, now)
    if await telling.anything_to_tell(tx, now):
        await promises.owe(tx, owing.to_tell(tx.scope.main_connector_id, now, at=now))
    return Later(due_at=levels.next_morning(now))


async def tell(tx: Transaction, clock: Clock, _: Promise) -> Outcome:
    """Tell people what they are to be told by now; the keeper of `certificate.tell` and `certificate.escalate`.

    What the sweep has missed is put down first, so that after an outage people are told once, and of the most urgent.
    Whoever comes second, or after somebody has acknowledged everything, finds nothing left to tell.
    """
    now = clock.now()
    await weighing.catch_up(tx, now)
    told = await telling.tell_now(tx, now)
    return Kept(result={"digests": told.digests, "certificates": told.certificates, "findings": told.findings})


async def sweeps_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say that a realm with a mark is swept."""
    if await sweeps.mark(tx) is not None:
        realm = tx.scope.main_connector_id
        yield Expected(key=owing.sweep_key(realm), subject=owing.subject(realm))


async def escalations_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say that the next people are told, at every time that an open warning or finding names."""
    realm = tx.scope.main_connector_id
    for next_at in {*await warnings.escalations(tx), *await amiss.escalations(tx)}:
        yield Expected(key=owing.escalation_key(next_at), subject=owing.subject(realm))
