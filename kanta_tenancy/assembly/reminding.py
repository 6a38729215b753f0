"""People are reminded of what they owe: a week before, a day before, and when it is overdue.

The ledger says what is owed and the room of messages tells it; neither knows the other, so they meet here. Nothing is
remembered but the notices themselves: each threshold is told once for each due time, late when a run was missed, and of
several that were missed only the most urgent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function, desk_work
from kanta_tenancy.promises import Owner, Position, Promise, State, Wanted, page

_PAGE: Final = 500
_SMALLEST: Final = timedelta(microseconds=1)
_READERS: Final = (Function.AGREEMENTS, Function.ADMINISTRATOR)


class Threshold(Record, frozen=True, kw_only=True):
    name: str  # part of the notice's key
    before: timedelta  # how long before the due time it begins
    subject: Sentence


# The most urgent first.
THRESHOLDS: Final = (
    Threshold(
        name="overdue",
        before=timedelta(0),
        subject=Sentence(fi="Tehtävä on myöhässä", sv="En uppgift är försenad", en="A task is overdue"),
    ),
    Threshold(
        name="day",
        before=timedelta(days=1),
        subject=Sentence(
            fi="Tehtävän määräaika päättyy", sv="Tiden för en uppgift går ut", en="The time for a task runs out"
        ),
    ),
    Threshold(
        name="week",
        before=timedelta(days=7),
        subject=Sentence(
            fi="Tehtävän määräaika lähestyy", sv="En uppgift ska snart göras", en="A task will soon be due"
        ),
    ),
)
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")


def threshold_of(due_at: datetime, now: datetime) -> Threshold | None:
    """Return the most urgent threshold that has been reached; None while there is time."""
    return next((one for one in THRESHOLDS if now >= due_at - one.before), None)


async def remind(db: Database, clock: Clock) -> int:
    """Tell everyone who owes something that is due within a week or overdue; safe on many instances.

    Returns:
        How many notices were new.
    """
    told = 0
    for realm in await desk_work.realms(db):
        after: Position | None = None
        while True:
            async with db.transaction(_reminder(realm.id)) as tx:
                owed = await _owed(tx, clock.now(), after)
                told += await _tell(tx, clock.now(), owed)
            if len(owed) < _PAGE:
                break
            after = Position(due_at=owed[-1].due_at, id=owed[-1].id)
    return told


async def _owed(tx: Transaction, now: datetime, after: Position | None) -> list[Promise]:
    people = (Owner.MAIN_CONNECTOR, Owner.TENANT)
    wanted = Wanted(states=(State.OWED,), owners=people, due_before=now + THRESHOLDS[-1].before + _SMALLEST)
    return await page(tx, wanted, after=after, count=_PAGE)


async def _tell(tx: Transaction, now: datetime, owed: Iterable[Promise]) -> int:
    people: dict[TenancyId | None, list[Recipient]] = {}
    notices: list[Notice] = []
    for promise in owed:
        threshold = threshold_of(promise.due_at, now)
        if threshold is None:
            continue
        whose = promise.tenancy_id if promise.owner is Owner.TENANT else None
        if whose not in people:
            people[whose] = await readers(tx, _READERS, tenancy_id=whose, at=now)
        notices += (_notice(promise, threshold, reader) for reader in people[whose])
    return await tell(tx, now, notices)


def _notice(promise: Promise, threshold: Threshold, reader: Recipient) -> Notice:
    due = sentence(
        "Määräaika on {last}.",
        "Senast {last}.",
        "It is due by {last}.",
        last=day_in_finland(promise.due_at - _SMALLEST),
    )
    return Notice(
        key=f"promise.due/{promise.id}/{promise.due_at:%Y%m%dT%H%M}/{threshold.name}/{reader.contact_id}",
        to=reader,
        topic="promise.due",
        subject=threshold.subject,
        lines=(promise.title, due),
        facts=((_RULE, promise.rule),),
        tenancy_id=promise.tenancy_id,
    )


def _reminder(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="remind"),
        permissions=frozenset(),
    )
