"""People are reminded of what is left to do, and of what is overdue everybody who could see to it is told (K19)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy import parties
from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.follow_ups import owing, store, wording
from kanta_tenancy.disturbances.follow_ups.errors import FollowUpNotFound
from kanta_tenancy.disturbances.follow_ups.lifecycle import RULE, due_at, next_reminder
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, FollowUpState, Position
from kanta_tenancy.disturbances.owing import id_in
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Expected, Later, Outcome, Promise, Released

TOPIC: Final = "disturbance.follow_up_due"
READERS: Final = (Function.DISTURBANCES, Function.TECHNICAL, Function.AGREEMENTS, Function.ADMINISTRATOR)
_ADMINISTRATORS: Final = (Function.ADMINISTRATOR,)
_PAGE: Final = 500


async def remind(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Remind whoever does it, and tell others when it is overdue; the keeper of `disturbance.follow_up_remind`."""
    try:
        one = await store.find(tx, id_in(promise.key))
    except FollowUpNotFound:
        return Released(because="it is not there")
    if one.state is not FollowUpState.OPEN or owing.remind_key(one) != promise.key:
        return Released(because="it was settled")
    now = clock.now()
    due = due_at(one)
    people = await _people(tx, one, overdue=now >= due, at=now)
    await tell(tx, now, [_reminder(one, promise, *each, overdue=now >= due) for each in people.values()])
    again = timedelta(days=rules.pace_on(day_in_finland(now)).follow_up_again_days)
    return Later(due_at=next_reminder(due, now, again))


async def expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises of follow-ups there should be: of whoever does each, and of the system to remind them."""
    for kind in FollowUpKind:
        after: Position | None = None
        while page := await store.open_ones(tx, kind, None, after=after, count=_PAGE):
            for one in page:
                yield Expected(key=owing.key(one), subject=owing.subject(one.id), due_at=due_at(one))
                yield Expected(key=owing.remind_key(one), subject=owing.subject(one.id))
            after = Position(due_on=page[-1].due_on, id=page[-1].id)


async def _people(
    tx: Transaction, of: FollowUp, *, overdue: bool, at: datetime
) -> dict[ContactId | None, tuple[Recipient, TenancyId | None]]:
    """Return who is reminded: the person and those of the party; when it is overdue its administrators, and ours.

    Each with the tenant whose person that is, None for one of the main connector's.
    """
    whose = of.of_tenant
    theirs = await readers(tx, READERS, tenancy_id=whose, at=at)
    if of.contact_id is not None:
        persons = await parties.persons(tx, [of.contact_id], on_day=day_in_finland(at))
        theirs += [
            Recipient(contact_id=each.id, name=each.name, email=each.email, language=each.language) for each in persons
        ]
    ours: list[Recipient] = []
    if overdue:
        theirs += await readers(tx, _ADMINISTRATORS, tenancy_id=whose, at=at)
        ours = await readers(tx, READERS, tenancy_id=None, at=at)
    found: dict[ContactId | None, tuple[Recipient, TenancyId | None]] = {one.contact_id: (one, None) for one in ours}
    return found | {one.contact_id: (one, whose) for one in theirs}


def _reminder(
    one: FollowUp, promise: Promise, person: Recipient, tenancy_id: TenancyId | None, *, overdue: bool
) -> Notice:
    return Notice(
        key=f"{promise.key}/{promise.due_at:%Y%m%dT%H%M}/{person.contact_id}",
        to=person,
        topic=TOPIC,
        subject=wording.OVERDUE[one.kind] if overdue else wording.STANDS[one.kind, one.state],
        lines=(wording.title(one), wording.until(one)),
        facts=((wording.RULE, RULE),),
        tenancy_id=tenancy_id,
    )
