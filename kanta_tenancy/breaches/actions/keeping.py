"""A breach after one more entry: written, with the promises that follow from it, kept, released or owed anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.breaches import carrying, owing
from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import PROMISED, Duty, DutyKind, DutyState, duties
from kanta_tenancy.breaches.model import Breach, Entry, Said
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.breaches.store import entries as said_store
from kanta_tenancy.disturbances.actions import carrying as disturbances
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction

Given = Mapping[tuple[UUID, int], Sequence[int]]  # after how many hours people were reminded, by breach and turn


class Standing(Record, frozen=True, kw_only=True):
    """A breach with all that was said of it, and what follows from that."""

    breach: Breach
    entries: tuple[Entry, ...]
    case: Case
    duties: tuple[Duty, ...]


def standing(breach: Breach, entries: Sequence[Entry]) -> Standing:
    """Return what stands of a breach by its entries; the row follows them."""
    case = cases.read(entries)
    found = duties(entries)
    authority = next(one for one in found if one.kind is DutyKind.NOTIFY_AUTHORITY)
    row = replace(
        breach,
        state=case.state,
        part=case.part,
        risk=None if case.decision is None else case.decision.risk,
        aware_at=None if case.awareness is None else case.awareness.aware_at,
        authority_due_at=authority.due_at,
        version=case.version,
    )
    return Standing(breach=row, entries=tuple(entries), case=case, duties=found)


def numbered(said: Sequence[Said], *, after: int, by: str, at: datetime) -> list[Entry]:
    """Return what is said as entries that follow a number."""
    return [Entry(number=number, said=one, said_by=by, said_at=at) for number, one in enumerate(said, start=after + 1)]


async def read(tx: Transaction, breach: Breach) -> Standing:
    return standing(breach, await said_store.of_breach(tx, breach.id))


async def go_on(tx: Transaction, before: Standing, said: Said, *, by: str, at: datetime) -> Standing:
    """Write one more entry of a breach that the transaction holds, and settle or owe what follows from it."""
    (entry,) = numbered([said], after=before.case.version, by=by, at=at)
    after = standing(before.breach, [*before.entries, entry])
    await said_store.add(tx, [(after.breach, entry)])
    await store.save(tx, after.breach)
    await _settle(tx, before, after, at=at)
    given = await said_store.given(tx, [after.breach.id])
    await promises.owe_many(tx, owed(after, given, at=at))
    await see_to(tx, after, by=by, at=at)
    return after


async def see_to(tx: Transaction, of: Standing, *, by: str, at: datetime) -> None:
    """Tell the disturbance that a breach is a part of how what it asks stands here."""
    if of.breach.disturbance_id is not None:
        said = carrying.of_breach(of.breach, of.case, of.duties, by=by, at=at)
        await disturbances.carry(tx, of.breach.disturbance_id, said, at=at)


def owed(of: Standing, given: Given, *, at: datetime) -> list[promises.Owed]:
    """Return every promise that a breach asks for now."""
    found = [
        owing.of_duty(of.breach, of.case, duty, duty.due_at, at=at)
        for duty in of.duties
        if duty.kind in PROMISED and duty.due_at is not None
    ]
    schedule = owing.schedule(of.breach, of.case, of.duties)
    if schedule is not None:
        due = owing.remind_due(schedule, given.get((of.breach.id, schedule.turn), ()))
        if due is not None:
            found.append(owing.to_remind(of.breach, schedule, due, at=at))
    return found


async def _settle(tx: Transaction, before: Standing, after: Standing, *, at: datetime) -> None:
    """Keep the promises of duties that are done now, and release those that are not needed any more."""
    now = {duty.kind: duty.state for duty in after.duties}
    for duty in before.duties:
        if duty.kind not in PROMISED or duty.state is not DutyState.OPEN or now[duty.kind] is DutyState.OPEN:
            continue
        key = owing.key_of(before.breach.id, duty)
        if now[duty.kind] is DutyState.DONE:
            await promises.keep(tx, key, at=at, result={"entry": after.case.version})
        else:
            await promises.release(tx, key, at=at, because=_why(after))
    stopped = owing.schedule(before.breach, before.case, before.duties)
    if stopped is not None and owing.schedule(after.breach, after.case, after.duties) is None:
        key = owing.remind_key(before.breach.id, stopped.turn)
        await promises.release(tx, key, at=at, because=_why(after))


def _why(after: Standing) -> str:
    return f"entry {after.case.version} of the breach: it is not needed any more"
