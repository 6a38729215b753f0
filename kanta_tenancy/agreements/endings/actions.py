"""How an agreement in force comes to its end: foreseen, put down when it is there, or replaced by another."""

from datetime import datetime

from kanta_tenancy.agreements import history, lifecycle, owing
from kanta_tenancy.agreements.annex import store as annex_store
from kanta_tenancy.agreements.annex.periods import periods
from kanta_tenancy.agreements.endings import ending, reckoning
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.store import notices, service_agreements
from kanta_tenancy.agreements.ends import End, first_day_without
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import life
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.promises import owe, release_all


async def reckon(tx: Transaction, agreement: Agreement, *, at: datetime) -> Agreement:
    """Work out anew when an agreement that is held will end, from all that was put down."""
    given = await notices.of_agreement(tx, agreement)
    others = await service_agreements.of_tenancy(tx, agreement.tenancy_id)
    return await foresee(tx, agreement, ending.earliest(reckoning.ends(agreement, given, others)), at=at)


async def make_way(tx: Transaction, successor: Agreement, *, at: datetime) -> None:
    """End the agreement that another one replaces, at the instant when that takes force: no gap, no overlap (K20.3).

    Args:
        at: now; the successor may have taken force earlier, when a signature on paper was received before it was put
            down here.
    """
    earlier = await life.in_force(tx, successor.tenancy_id)
    since = successor.in_force_from
    if earlier is None or since is None:
        return
    if earlier.in_force_until is not None and earlier.in_force_until <= since:
        # Its own end has come before, and was only not put down yet. Its keeper may hold the promise right now and wait
        # for the agreement that we hold, so the promise is left to it.
        await put_down(tx, earlier, None, at=at)
        return
    replaced = ending.by_replacement(successor.id, reference=successor.reference, at=since)
    await finish(tx, earlier, replaced, at=at)


async def foresee(tx: Transaction, before: Agreement, end: End | None, *, at: datetime) -> Agreement:
    """Write down a changed end of an agreement that is held; one that has come already is put down as ended."""
    if end is not None and end.until <= at:
        return await finish(tx, before, end, at=at)
    known = (before.in_force_until, before.end_source, before.end_explanation)
    if known == ((end.until, end.source, end.explanation) if end is not None else (None, None, None)):
        return before
    after, event = lifecycle.foresee(before, end, at=at)
    await store.save_move(tx, after)
    await write_annex(tx, after)
    await owe_end(tx, after, at=at)
    await checklists.follow(tx, after, at=at)
    await record(tx, history.act("ending", before, after, at=at, **_facts(after)), announce=event)
    return after


async def owe_end(tx: Transaction, agreement: Agreement, *, at: datetime) -> None:
    """Promise anew to end an agreement that is held, when its end is known; the key of before is of its old version."""
    await release_all(tx, owing.subject(agreement), at=at, because="its end is another now", kinds=(owing.END,))
    if agreement.in_force_until is not None:
        await owe(tx, owing.to_end(agreement, agreement.in_force_until, at=at))


async def finish(tx: Transaction, before: Agreement, end: End | None, *, at: datetime) -> Agreement:
    """End an agreement that is held, by whatever comes first; `None`: by the end that was foreseen.

    Raises:
        MoveNotAllowed: it is not in force, or its end is not there yet.
    """
    after = await put_down(tx, before, end, at=at)
    await release_all(tx, owing.subject(after), at=at, because="it has ended", kinds=(owing.END,))
    return after


async def put_down(tx: Transaction, before: Agreement, end: End | None, *, at: datetime) -> Agreement:
    """End an agreement that is held and leave the promise to end it alone: its keeper says that it is kept.

    Raises:
        MoveNotAllowed: it is not in force, or its end is not there yet.
    """
    after, event = lifecycle.finish(before, end, at=at)
    await store.save_move(tx, after)
    await write_annex(tx, after)
    await checklists.follow(tx, after, at=at)
    await record(tx, history.act("ended", before, after, at=at, **_facts(after)), announce=event)
    return after


async def write_annex(tx: Transaction, agreement: Agreement) -> None:
    """Work out anew how long each version of Annex 1 of an agreement holds; the agreement is held."""
    until = None if agreement.in_force_until is None else first_day_without(agreement.in_force_until)
    said = await annex_store.said(tx, agreement.id)
    await annex_store.save(tx, agreement.id, periods(said, until))


def _facts(agreement: Agreement) -> dict[str, str | int | None]:
    return {
        "until": None if agreement.in_force_until is None else agreement.in_force_until.isoformat(),
        "ground": agreement.end_ground,
        "source": None if agreement.end_source is None else str(agreement.end_source),
    }
