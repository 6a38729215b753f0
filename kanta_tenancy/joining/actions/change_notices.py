"""Notices to Kela of technical changes: planned, then sent, ruled out or cancelled; each owes a promise until then."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from kanta_tenancy import parties, promises
from kanta_tenancy.joining import checking, deadlines, due_day, history, lifecycle, owing
from kanta_tenancy.joining.errors import JoiningRefused
from kanta_tenancy.joining.lifecycle import NoticeMove, Said
from kanta_tenancy.joining.model import Change, ChangeNotice, ChangeNoticeMoved, Status
from kanta_tenancy.joining.store import change_notices as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def plan(tx: Transaction, clock: Clock, said: Change) -> ChangeNotice:
    """Say that something will change which Kela has to be told of, and owe that until the day it is due.

    Raises:
        JoiningRefused: what was said is not acceptable, or names a tenancy that the realm does not have.
    """
    at = clock.now()
    change = await _fit(tx, said, day_in_finland(at))
    due_on, explanation = due_day.due_day(change.effective_on, deadlines.technical_change_notice(change.effective_on))
    planned = ChangeNotice(
        id=new_id(),
        kind=change.kind,
        description=change.description,
        tenancy_ids=change.tenancy_ids,
        services=change.services,
        known_on=change.known_on,
        effective_on=change.effective_on,
        due_on=due_on,
        explanation=explanation,
        status=Status.PLANNED,
        version=1,
        created_at=at,
    )
    await store.add(tx, planned)
    await promises.owe(tx, owing.owed(planned, at))
    await _tell(tx, "planned", None, planned, clock)
    return planned


async def plan_anew(
    tx: Transaction, clock: Clock, change_notice_id: UUID, said: Callable[[date], Change], *, version: int
) -> ChangeNotice:
    """Say anew what changes and when; the due day moves with it.

    Args:
        said: what is said now, given the day on which the reason was known so far.

    Raises:
        ChangeNoticeNotFound, ChangeNoticeChanged: there is none, or not at that version any more.
        ChangeNoticeSettled: it was sent, is not needed, or its change was cancelled.
        JoiningRefused: what was said is not acceptable.
    """
    before = await store.take(tx, change_notice_id, version)
    lifecycle.check_notice(before, NoticeMove.PLAN_ANEW)
    at = clock.now()
    change = await _fit(tx, said(before.known_on), day_in_finland(at))
    due_on, explanation = due_day.due_day(change.effective_on, deadlines.technical_change_notice(change.effective_on))
    after = lifecycle.plan_anew(before, change, due_on=due_on, explanation=explanation)
    await store.save_plan(tx, after)
    await promises.owe(tx, owing.owed(after, at))
    await _tell(tx, "planned_anew", before, after, clock)
    return after


async def send(
    tx: Transaction,
    clock: Clock,
    change_notice_id: UUID,
    *,
    version: int,
    on: date,
    by: str,
    reference: str | None,
) -> ChangeNotice:
    """Say that Kela was told: on which day, by whom, and under which reference.

    Raises:
        ChangeNoticeNotFound, ChangeNoticeChanged: there is none, or not at that version any more.
        ChangeNoticeSettled: it was sent, is not needed, or its change was cancelled.
        JoiningRefused: the day or a text is not acceptable.
    """
    before = await store.take(tx, change_notice_id, version)
    lifecycle.check_notice(before, NoticeMove.SEND)
    who, number = checking.sending(by, reference, on)
    at = clock.now()
    lifecycle.refuse_day(Said.SENT, on, not_before=before.known_on, at=at)
    after = lifecycle.send(before, on=on, by=who, reference=number, at=at)
    await store.save(tx, after)
    await promises.keep(tx, owing.key_of(after.id), at=at, result={"sent_on": on.isoformat(), "reference": number})
    await _tell(tx, "sent", before, after, clock)
    return after


async def rule_out(
    tx: Transaction, clock: Clock, change_notice_id: UUID, *, version: int, because: str
) -> ChangeNotice:
    """Say that the change comes and Kela need not be told, and why.

    Raises:
        ChangeNoticeNotFound, ChangeNoticeChanged: there is none, or not at that version any more.
        ChangeNoticeSettled: it was sent, is not needed, or its change was cancelled.
        JoiningRefused: the reason is none, or cannot be kept.
    """
    before = await store.take(tx, change_notice_id, version)
    after = lifecycle.rule_out(before, because=checking.reason(because), at=clock.now())
    return await _given_up(tx, clock, "ruled_out", before, after, told="The notice is not needed")


async def cancel(tx: Transaction, clock: Clock, change_notice_id: UUID, *, version: int, because: str) -> ChangeNotice:
    """Say that the change does not come, and why.

    Raises:
        ChangeNoticeNotFound, ChangeNoticeChanged: there is none, or not at that version any more.
        ChangeNoticeSettled: it was sent, is not needed, or its change was cancelled.
        JoiningRefused: the reason is none, or cannot be kept.
    """
    before = await store.take(tx, change_notice_id, version)
    after = lifecycle.cancel(before, because=checking.reason(because), at=clock.now())
    return await _given_up(tx, clock, "cancelled", before, after, told="The change was cancelled")


async def _given_up(
    tx: Transaction, clock: Clock, done: str, before: ChangeNotice, after: ChangeNotice, *, told: str
) -> ChangeNotice:
    await store.save(tx, after)
    # The reason itself stays here: a promise's result is shown in more places than a notice is.
    await promises.release(tx, owing.key_of(after.id), at=clock.now(), because=told)
    await _tell(tx, done, before, after, clock)
    return after


async def _fit(tx: Transaction, said: Change, today: date) -> Change:
    change = checking.change(said, today)
    known = await parties.tenants_on(tx, change.tenancy_ids, today)
    flaws = tuple(
        Flaw(field=f"tenancy_ids[{place}]", detail="there is no such tenancy", rule=checking.RULE)
        for place, one in enumerate(change.tenancy_ids)
        if one not in known
    )
    if flaws:
        raise JoiningRefused(f"{flaws[0].field}: {flaws[0].detail}", rule=checking.RULE, flaws=flaws)
    return change


async def _tell(tx: Transaction, done: str, before: ChangeNotice | None, after: ChangeNotice, clock: Clock) -> None:
    at = clock.now()
    told = ChangeNoticeMoved(change_notice_id=after.id, status=after.status, due_on=after.due_on, at=at)
    await record(tx, history.of_notice(done, before, after, at=at), announce=told)
