"""What passing time does to breaches: people are reminded of the 72 hours, late after an outage, never twice."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.breaches import history, owing, telling
from kanta_tenancy.breaches.actions.keeping import Standing, read, standing
from kanta_tenancy.breaches.errors import BreachNotFound
from kanta_tenancy.breaches.model import Breach, Reminded
from kanta_tenancy.breaches.owing import Schedule
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.breaches.store import entries, helping
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.messages import Recipient, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise, Released

_PAGE: Final = 200


async def remind(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Remind people of how long there is; the keeper of `breach.remind`."""
    breach_id = owing.id_in(promise.subject)
    try:
        of = await read(tx, await store.hold(tx, breach_id))
    except BreachNotFound:
        return Released(because="there is no such breach")
    schedule = owing.schedule(of.breach, of.case, of.duties)
    if schedule is None or owing.remind_key(breach_id, schedule.turn) != promise.key:
        return Released(because="the authority need not be notified any more, or was")
    now = clock.now()
    given = await _given(tx, of.breach, schedule)
    due = breach_clock.due(schedule.counted_from, now, schedule.hours, given)
    if due is not None:
        await _remind(tx, of, schedule, due, at=now)
        given = (*given, *due.overtaken, due.hours)
    following = owing.remind_due(schedule, given)
    return Kept(result={"reminders": len(given)}) if following is None else Later(due_at=following)


async def reminders_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises of open breaches there should be: what their parties owe, and the reminders of it."""
    async for page in _open_breaches(tx):
        said = await entries.of_breaches(tx, [one.id for one in page])
        given = await entries.given(tx, [one.id for one in page])
        for breach in page:
            of = standing(breach, said[breach.id])
            for one in owing.expected(of.breach, of.duties):
                yield one
            schedule = owing.schedule(of.breach, of.case, of.duties)
            if schedule is not None:
                due = owing.remind_due(schedule, given.get((breach.id, schedule.turn), ()))
                key = owing.remind_key(breach.id, schedule.turn)
                yield Expected(key=key, subject=owing.subject(breach.id), due_at=due)


async def answers_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to help there should be: one for each request that nobody has answered."""
    after = UUID(int=0)
    while page := await helping.unanswered(tx, after=after, count=_PAGE):
        for one in page:
            yield Expected(key=f"{owing.HELP}/{one.id}", subject=owing.help_subject(one.id), due_at=one.wanted_by)
        after = page[-1].id


async def _open_breaches(tx: Transaction) -> AsyncIterator[Sequence[Breach]]:
    before: UUID | None = None
    while page := await store.page(tx, holder=None, only_open=True, before=before, count=_PAGE):
        yield page
        before = page[-1].id


async def _given(tx: Transaction, breach: Breach, schedule: Schedule) -> Sequence[int]:
    return tuple((await entries.given(tx, [breach.id])).get((breach.id, schedule.turn), ()))


async def _remind(tx: Transaction, of: Standing, schedule: Schedule, due: breach_clock.Due, *, at: datetime) -> None:
    people, unreachable = await _people(tx, of.breach.tenancy_id, hours=due.hours, at=at)
    await entries.add_reminders(
        tx,
        of.breach,
        [
            Reminded(
                turn=schedule.turn,
                hours=hours,
                due_at=breach_clock.reminder_instant(schedule.counted_from, hours),
                decided_at=at,
                told=hours == due.hours,
                people=len(people) if hours == due.hours else 0,
            )
            for hours in (*due.overtaken, due.hours)
        ],
    )
    notices = telling.reminders(
        of.breach, of.case, turn=schedule.turn, hours=due.hours, people=people, unreachable=unreachable
    )
    await tell(tx, at, notices)
    facts = {"hours": due.hours, "turn": schedule.turn, "people": len(people)}
    await record(tx, history.of_breach("reminded", of.breach, of.breach, at=at, **facts))


async def _people(
    tx: Transaction, tenancy_id: TenancyId | None, *, hours: int, at: datetime
) -> tuple[list[Recipient], bool]:
    """Return who is told; a tenant that has nobody leaves it to the main connector's people, who are told so."""
    people = await _of_party(tx, tenancy_id, hours=hours, at=at)
    if people or tenancy_id is None:
        return people, False
    return await _of_party(tx, None, hours=hours, at=at), True


async def _of_party(tx: Transaction, tenancy_id: TenancyId | None, *, hours: int, at: datetime) -> list[Recipient]:
    """Return who reads a party's post about breaches, and its administrators when little time is left."""
    found = await readers(tx, telling.READERS, tenancy_id=tenancy_id, at=at)
    if hours >= breach_clock.clock_on(day_in_finland(at)).more_people_from:
        found += await readers(tx, (Function.ADMINISTRATOR,), tenancy_id=tenancy_id, at=at)
    return list({one.contact_id: one for one in found}.values())
