"""People are reminded that a patient is to be told, until it is done; the main connector too, when a tenant is late.

The keeper of `renewal.remind`, and what the audit expects.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise, Released
from kanta_tenancy.renewals import history, owing, requirements, telling
from kanta_tenancy.renewals.model import Duty, Party, Position, Request, Step
from kanta_tenancy.renewals.store import duties, requests, units
from kanta_tenancy.renewals.telling import Told, Whom

_AGAIN: Final = timedelta(days=1)
_BATCH: Final = 200


async def remind(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Remind whoever owes it that a patient is to be told, each day until it is done; a late tenant's falls to us."""
    request_id = owing.id_in(promise.subject)
    duty = await duties.take(tx, request_id)
    if duty is None:
        return Released(because="the request was reduced to figures")
    if duty.told_at is not None:
        return Kept(result={"way": None if duty.way is None else duty.way.value})
    request = await requests.find(tx, request_id)
    now = clock.now()
    if now >= _escalates_at(duty) and duty.escalated_at is None and duty.owed_by is Party.TENANT:
        await _escalate(tx, request, duty, now)
    await telling.tell_all(tx, now, [
        Told(whom=whom, topic=telling.TELL_PATIENT, requests=(request,), urgent=False)
        for whom in _owing(request, duty, now)
    ])  # fmt: skip
    return Later(due_at=now + _AGAIN)


async def duties_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to remind there should be: one for each patient who is still to be told."""
    after: Position | None = None
    while page := await duties.open_page(tx, holder=None, after=after, count=_BATCH):
        for one in page:
            yield Expected(key=owing.reminding(one.request), subject=owing.subject(one.request))
        after = Position(at=page[-1].due_at, id=page[-1].request)


async def decisions_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which decisions should be owed to be seen: those that stand and were not seen in both services."""
    after = UUID(int=0)
    while page := await units.unseen(tx, after=after, count=_BATCH):
        for one in page:
            yield Expected(key=owing.seeing(one.id), subject=owing.of_unit(one.unit_id))
        after = page[-1].id


def _escalates_at(duty: Duty) -> datetime:
    informing = requirements.informing_on(day_in_finland(duty.opened_at))
    return duty.opened_at + timedelta(hours=informing.escalate_after_hours)


def _owing(request: Request, duty: Duty, now: datetime) -> list[Whom]:
    """Return who is reminded: whoever owes it, and both sides when it fell from the tenant to the main connector."""
    late = now >= _escalates_at(duty)
    if duty.owed_by is Party.TENANT and not late:
        return [Whom(person=request.person, tenancy_id=duty.tenancy_id)]
    both = [Whom(person=None, tenancy_id=None)]
    if duty.tenancy_id is not None:
        both.append(Whom(person=None, tenancy_id=duty.tenancy_id))
    return both


async def _escalate(tx: Transaction, request: Request, duty: Duty, now: datetime) -> None:
    await duties.escalate(tx, duty.request, at=now)
    step = Step(at=now, done="escalated", state=request.state, party=Party.MAIN_CONNECTOR)
    await requests.add_steps(tx, [(request, step)])
    await record(tx, history.of_request("escalated", request, at=now))
