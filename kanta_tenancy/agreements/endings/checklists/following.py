"""The checklist of an ending, in the transaction of the act that made the end known, moved it or took it away."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.annex import store as annex_store
from kanta_tenancy.agreements.annex.periods import periods
from kanta_tenancy.agreements.endings.checklists import checklist, ledger, store
from kanta_tenancy.agreements.endings.checklists.checklist import Checklist, Due, End, Held
from kanta_tenancy.agreements.endings.checklists.ledger import Line
from kanta_tenancy.agreements.endings.store import notices
from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.model import Agreement, EndingCompleted
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record

NOT_NEEDED = "with the end as it is now it is not needed"


async def follow(tx: Transaction, agreement: Agreement, *, at: datetime) -> None:
    """Let what has to be done follow the end and Annex 1 of an agreement that is held; twice in a row does no harm.

    What a person has kept or released stays so, whatever becomes of the end.
    """
    before = await store.of_agreement(tx, agreement.id)
    if agreement.in_force_until is None or agreement.end_ground is None:
        if before is not None:
            await _drop(tx, before, at=at, because="the end of the agreement fell away")
        return
    end = await end_of(tx, agreement, agreement.in_force_until)
    if before is not None:
        await _move(tx, agreement, before, end, at=at)
        return
    due = checklist.due_items(end, known_on=day_in_finland(at))
    if due:  # an agreement that another one replaces whole leaves nothing to do
        begun = await _begin(tx, agreement, end, agreement.end_ground, at=at)
        await promises.owe_many(tx, _to_do(begun, due, agreement, at))


async def hold(tx: Transaction, agreement: Agreement) -> None:
    """Hold the items of an agreement that is held, before the act is journalled: people may be keeping them now."""
    await promises.hold(tx, ledger.subject(agreement.id), (ledger.KIND,))


async def end_of(tx: Transaction, agreement: Agreement, until: datetime) -> End:
    """Read what the items of an ending are computed from."""
    said = await annex_store.said(tx, agreement.id)
    successor = agreement.end_source if agreement.end_ground is Ground.REPLACEMENT else None
    others = [] if successor is None else [AgreementId(successor)]
    services = await store.services(tx, [one.said_by for one in said] + others)
    held = periods(said, None)
    delivered_on = None
    if agreement.end_ground is Ground.NOTICE and agreement.end_source is not None:
        delivered_on = (await notices.find(tx, agreement.end_source)).delivered_on
    return End(
        until=until,
        delivered_on=delivered_on,
        annex=tuple(Held(since=one.since, until=one.until, services=services[one.said_by]) for one in held),
        goes_on_with=services.get(AgreementId(successor)) if successor is not None else None,
    )


def expected(found: Checklist, end: End) -> tuple[Due, ...]:
    """Compute the items of a checklist anew, as they should be in the ledger."""
    return checklist.due_items(end, known_on=_known_on(found))


async def lines_of(tx: Transaction, of: Sequence[Checklist]) -> list[tuple[Line, ...]]:
    """Read the items of some checklists, each by due time, in one round trip."""
    subjects = [ledger.subject(one.agreement_id) for one in of]
    by_subject: dict[str, list[promises.Promise]] = {}
    for promise in await promises.of_subjects(tx, subjects, ledger.KIND) if of else []:
        by_subject.setdefault(promise.subject, []).append(promise)
    return [ledger.lines(one, by_subject.get(subject, [])) for one, subject in zip(of, subjects, strict=True)]


async def settle(tx: Transaction, found: Checklist, *, at: datetime) -> Checklist:
    """Write down whether an ending is complete; the agreement is held."""
    [lines] = await lines_of(tx, [found])
    done = not any(line.is_open for line in lines) and not await store.holds(tx, [found.agreement_id])
    if done == (found.completed_at is not None):
        return found
    after = replace(found, completed_at=at if done else None, version=found.version + 1)
    await store.save(tx, after)
    told = EndingCompleted(agreement_id=found.agreement_id, at=at) if done else None
    await record(tx, history.occurred(
        "checklist.completed" if done else "checklist.reopened", found.id, tenancy_id=found.tenancy_id, at=at,
        agreement=str(found.agreement_id),
    ), announce=told)  # fmt: skip
    return after


async def _begin(tx: Transaction, agreement: Agreement, end: End, ground: Ground, *, at: datetime) -> Checklist:
    begun = Checklist(
        id=new_id(),
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        ground=ground,
        until=end.until,
        delivered_on=end.delivered_on,
        known_at=at,
        reckoned_at=at,
    )
    await store.add(tx, begun)
    return begun


async def _move(tx: Transaction, agreement: Agreement, before: Checklist, end: End, *, at: datetime) -> None:
    """Owe what the end asks for as it is now, and release what it does not ask for any more."""
    after = replace(
        before, ground=agreement.end_ground or before.ground, until=end.until, delivered_on=end.delivered_on
    )
    if after != before:
        after = replace(after, reckoned_at=at, version=before.version + 1)
        await store.save(tx, after)
    [lines] = await lines_of(tx, [after])
    due = {one.item.key: one for one in checklist.due_items(end, known_on=day_in_finland(at))}
    known = {one.item.key: one for one in expected(after, end)}
    due |= {line.item: known[line.item] for line in lines if line.item in known}  # these were known since then
    if any(_was_given_up(line) and line.item in due for line in lines):
        await _begin_anew(tx, agreement, after, due.values(), lines, at=at)
        return
    for line in lines:
        if line.is_open and line.item not in due:
            await promises.release(tx, line.promise.key, at=at, because=NOT_NEEDED)
    await promises.owe_many(tx, _to_do(after, due.values(), agreement, at))
    await settle(tx, after, at=at)


async def _begin_anew(
    tx: Transaction, agreement: Agreement, before: Checklist, due: Iterable[Due], lines: Sequence[Line], *, at: datetime
) -> None:
    """Begin another checklist, since what was released as not needed is needed after all and a promise is final.

    What people have done or released goes along.
    """
    await _drop(tx, before, at=at, because="another checklist took its place")
    begun = replace(before, id=new_id(), completed_at=None, version=1)
    await store.add(tx, begun)
    due = tuple(due)
    await promises.owe_many(tx, _to_do(begun, due, agreement, at))
    settled = {line.item: line.promise for line in lines if not line.is_open and not _was_given_up(line)}
    for one in due:
        promise = settled.get(one.item.key)
        if promise is None or promise.settled_at is None:
            continue
        name, result = ledger.key(begun, one.item.key), dict(promise.result or {})
        if promise.state is promises.State.KEPT:
            await promises.keep(tx, name, at=promise.settled_at, result=result)
        else:
            await promises.release(tx, name, at=promise.settled_at, because=str(result.get("because")))
    await settle(tx, begun, at=at)


async def _drop(tx: Transaction, before: Checklist, *, at: datetime, because: str) -> None:
    dropped = replace(before, completed_at=None, dropped_at=at, version=before.version + 1)
    await store.save(tx, dropped)
    subject = ledger.subject(before.agreement_id)
    await promises.release_all(tx, subject, at=at, because=because, kinds=(ledger.KIND,))


def _to_do(found: Checklist, due: Iterable[Due], agreement: Agreement, at: datetime) -> list[promises.Owed]:
    return [ledger.to_do(found, one, reference=agreement.reference, at=at) for one in due]


def _was_given_up(line: Line) -> bool:
    """Whether an item was released because the end did not ask for it, and not by a person."""
    state, result = line.promise.state, line.promise.result or {}
    return state is promises.State.RELEASED and result.get("because") == NOT_NEEDED


def _known_on(found: Checklist) -> date:
    return day_in_finland(found.reckoned_at)
