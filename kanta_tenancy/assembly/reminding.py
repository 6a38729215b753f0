"""People are reminded of what they owe: a week before, a day before, and when it is overdue, then every week.

The ledger says what is owed and the room of messages tells it; neither knows the other, so they meet here. Nothing is
remembered but the notices themselves: each threshold is told once for each due time, late when a run was missed, and of
several that were missed only the most urgent. What was done before its mail is made is not asked for.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.campaigns import progress as campaigns
from kanta_tenancy.assembly.feeds import OWED_BY
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import ContactId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.messages import Notice, NoticeId, Recipient, Waiting, next_morning, readers, tell
from kanta_tenancy.parties import Function, desk_work
from kanta_tenancy.promises import Owner, Position, Promise, State, Wanted, owed_of, page

_PAGE: Final = 500
_SMALLEST: Final = timedelta(microseconds=1)
_WEEK: Final = timedelta(days=7)
_READERS: Final = (Function.AGREEMENTS, Function.ADMINISTRATOR)
_ADMINISTRATORS: Final = (Function.ADMINISTRATOR,)
_TOPIC: Final = "promise.due"
_REMINDER_OF_OFFER: Final = "campaign.reminder_due"
# Rooms that pursue what is overdue by themselves: of theirs the owner is told once, here.
_PURSUED: Final = ("breach.", "disturbance.")


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
_TENANT: Final = Sentence(fi="Vuokralainen", sv="Hyresgäst", en="Tenant")
_REFERENCE: Final = Sentence(fi="Sopimuksen tunnus", sv="Avtalets referens", en="Agreement reference")


def threshold_of(due_at: datetime, now: datetime) -> Threshold | None:
    """Return the most urgent threshold that has been reached; None while there is time."""
    return next((one for one in THRESHOLDS if now >= due_at - one.before), None)


def weeks_overdue(due_at: datetime, now: datetime) -> int:
    """Return how many whole weeks something has been overdue."""
    return max(0, (now - due_at) // _WEEK)


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


async def outdated(tx: Transaction, waiting: Sequence[Waiting]) -> list[NoticeId]:
    """Return which waiting notices ask for what is done, released, due at another time or signed by now."""
    reminders = {one.id: one.about for one in waiting if one.topic == _TOPIC and one.about is not None}
    offers = {one.id: one.about for one in waiting if one.topic == _REMINDER_OF_OFFER and one.about is not None}
    owed = {_about(*one) for one in (await owed_of(tx, {_id_in(about) for about in reminders.values()})).items()}
    unsigned = await campaigns.unsigned_of(tx, {_id_in(about) for about in offers.values()})
    return [notice for notice, about in reminders.items() if about not in owed] + [
        notice for notice, about in offers.items() if _id_in(about) not in unsigned
    ]


async def _owed(tx: Transaction, now: datetime, after: Position | None) -> list[Promise]:
    people = (Owner.MAIN_CONNECTOR, Owner.TENANT)
    wanted = Wanted(states=(State.OWED,), owners=people, due_before=now + THRESHOLDS[-1].before + _SMALLEST)
    return await page(tx, wanted, after=after, count=_PAGE)


async def _tell(tx: Transaction, now: datetime, owed: Iterable[Promise]) -> int:
    reached = [(one, threshold) for one in owed if (threshold := threshold_of(one.due_at, now)) is not None]
    tenants = await parties.tenants_on(tx, {of for one, _ in reached if (of := _tenancy(one))}, day_in_finland(now))
    names: dict[TenancyId | None, str] = {tenancy_id: tenant.name for tenancy_id, tenant in tenants.items()}
    audience = _Audience(tx, now)
    notices = [
        _notice(promise, threshold, reader, names.get(_tenancy(promise)), now)
        for promise, threshold in reached
        for reader in await audience.of(promise)
    ]
    return await tell(tx, now, notices)


class _Audience:
    """Who is told of what somebody owes; each party is asked for once in a transaction."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._known: dict[tuple[TenancyId | None, tuple[Function, ...]], list[Recipient]] = {}

    async def of(self, promise: Promise) -> Iterable[Recipient]:
        """Return the contacts of whoever owes it; when it is overdue, its administrators and the main connector too."""
        whose = promise.tenancy_id if promise.owner is Owner.TENANT else None
        found = list(await self._those(whose, _READERS))
        if promise.due_at <= self._now and not promise.kind.startswith(_PURSUED):
            found += await self._those(whose, _ADMINISTRATORS)
            found += await self._those(None, _READERS)
        by_id: dict[ContactId | None, Recipient] = {one.contact_id: one for one in found}
        return by_id.values()

    async def _those(self, whose: TenancyId | None, functions: tuple[Function, ...]) -> list[Recipient]:
        if (whose, functions) not in self._known:
            self._known[whose, functions] = await readers(self._tx, functions, tenancy_id=whose, at=self._now)
        return self._known[whose, functions]


def _notice(promise: Promise, threshold: Threshold, reader: Recipient, tenant: str | None, now: datetime) -> Notice:
    due = sentence(
        "Määräaika on {last}.",
        "Senast {last}.",
        "It is due by {last}.",
        last=day_in_finland(promise.due_at - _SMALLEST),
    )
    pursued = promise.kind.startswith(_PURSUED)
    again = 0 if pursued else weeks_overdue(promise.due_at, now)
    which = f"{threshold.name}-{again}" if again else threshold.name
    agreement = promise.facts.get("agreement")
    known = ((_TENANT, tenant), (_REFERENCE, agreement), (_RULE, promise.rule))
    return Notice(
        key=f"promise.due/{promise.id}/{promise.due_at:%Y%m%dT%H%M}/{which}/{reader.contact_id}",
        to=reader,
        topic=_TOPIC,
        subject=threshold.subject,
        lines=(promise.title, due, OWED_BY[promise.owner], *_steps(promise)),
        facts=tuple((label, value) for label, value in known if isinstance(value, str)),
        tenancy_id=promise.tenancy_id,
        # What is due before the next morning is of no use in the mail of that morning.
        urgent=not pursued and now < promise.due_at <= next_morning(now),
        about=_about(promise.id, promise.due_at),
    )


def _steps(promise: Promise) -> tuple[Sentence, ...]:
    return () if promise.explanation is None else promise.explanation.steps


def _tenancy(promise: Promise) -> TenancyId | None:
    """Return the tenancy that a promise is about, also where its tenant does not see it."""
    told = promise.facts.get("tenancy")
    return promise.tenancy_id or (TenancyId(UUID(told)) if isinstance(told, str) else None)


def _about(promise_id: UUID, due_at: datetime) -> str:
    return f"promise/{promise_id}/{due_at:%Y%m%dT%H%M}"


def _id_in(about: str) -> UUID:
    return UUID(about.split("/")[1])


def _reminder(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="remind"),
        permissions=frozenset(),
    )
