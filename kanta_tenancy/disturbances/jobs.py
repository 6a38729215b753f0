"""What passing time does: people are called, chased and told, what was sent is followed; late perhaps, never twice."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Gauge

from kanta_tenancy.disturbances import lifecycle, owing, rules, status_wording
from kanta_tenancy.disturbances.actions import calling, mailing
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import Disturbance, DutyState, KeptDuty, State
from kanta_tenancy.disturbances.errors import DisturbanceNotFound, DutyNotFound
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Answer, Fact, Pace
from kanta_tenancy.disturbances.store import disturbances, duties, statuses
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.messages import Delivery, MessageId, Notice, Recipient, delivery_of, posted, readers, tell
from kanta_tenancy.messages import State as DeliveryState
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise, Released

CHASED: Final = "disturbance.duty_overdue"
TOLD: Final = "disturbance.status"
OF_TENANTS: Final = (Function.DISTURBANCES, Function.TECHNICAL, Function.AGREEMENTS, Function.ADMINISTRATOR)
log: Final = structlog.get_logger("kanta_tenancy.disturbances")
_PAGE: Final = 500
_AT_ONCE: Final = 50  # tenants in one run
_FIRST: Final = UUID(int=0)
_FOLLOWED_WITHIN: Final = timedelta(minutes=1)  # a report's message; what it brought is promised then
_OVERDUE: Final = Sentence(
    fi="Häiriöstä ilmoittaminen on myöhässä",
    sv="En anmälan om en störning är försenad",
    en="Telling of a disturbance is overdue",
)
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")
_SOURCE: Final = Sentence(fi="Lähde", sv="Källa", en="Source")


async def call(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Call the next person until somebody acknowledges; the keeper of `disturbance.call`."""
    try:
        disturbance = await disturbances.find(tx, owing.id_in(promise.key))
    except DisturbanceNotFound:
        return Released(because="the disturbance is not there")
    if disturbance.state is not State.REPORTED:
        return Released(because="nobody needs to be called")
    now = clock.now()
    called = await calling.call_next(tx, disturbance, at=now)
    answers = await disturbances.answers(tx, disturbance.id)
    critical = Fact.CRITICAL_OR_WIDE in answers and answers[Fact.CRITICAL_OR_WIDE].answer is Answer.YES
    pace = _pace(now)
    wait = (
        timedelta(minutes=pace.chase_again_minutes)
        if called.contact_id is None
        else pace.to_acknowledge(critical=critical)
    )
    return Later(due_at=now + wait)


async def chase(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Tell whoever must tell that they are late, again and again until they have; the keeper of `disturbance.chase`."""
    try:
        duty = await duties.find(tx, owing.id_in(promise.key))
    except DutyNotFound:
        return Released(because="the duty is not there")
    if not duty.is_chased or owing.chase_key(duty) != promise.key:
        return Released(because="it was settled")
    now = clock.now()
    if duty.tenancy_id is None:
        people = await calling.reachable(tx, now)
    else:
        people = await readers(tx, OF_TENANTS, tenancy_id=duty.tenancy_id, at=now)
    await tell(tx, now, [_overdue(duty, promise, person) for person in people])
    return Later(due_at=now + timedelta(minutes=_pace(now).chase_again_minutes))


async def look(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Look whether a mail or webhook has arrived; what has not is told anew. The keeper of `disturbance.look`."""
    duty = await duties.hold(tx, owing.id_in(promise.key))
    if duty.state is not DutyState.SENT or owing.look_key(duty) != promise.key:
        return Released(because="it was acknowledged, or told in another way")
    delivery = await _delivery(tx, duty, promise)
    now = clock.now()
    if delivery is None or delivery.state in {None, DeliveryState.DUE}:
        return Later(due_at=now + owing.LOOK_AFTER)
    if delivery.state is DeliveryState.DEAD:
        why = f"The {duty.channel} was given up: {delivery.last_error or 'no reason is known'}"
        await duty_actions.settle_taken(tx, duty, DutyMove.FAIL, at=now, note=why)
        return Kept(result={"delivery": DeliveryState.DEAD.value})
    return Kept(result={"delivery": DeliveryState.SENT.value})


async def tell_tenants(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Tell the tenants concerned of a change of state, some at a time; the keeper of `disturbance.tell`."""
    status = await statuses.find(tx, owing.id_in(promise.key))
    disturbance = await disturbances.find(tx, status.disturbance_id)
    now = clock.now()
    waiting = await statuses.waiting(tx, status.id, count=_AT_ONCE)
    written = await status_wording.lines(tx, disturbance, status, day_in_finland(now))
    people: dict[TenancyId, int] = {}
    notices: list[Notice] = []
    for tenancy_id in waiting:
        found = await readers(tx, OF_TENANTS, tenancy_id=tenancy_id, at=now)
        people[tenancy_id] = len(found)
        notices += [_told(disturbance, promise, written, tenancy_id, person) for person in found]
    await tell(tx, now, notices)
    await statuses.told(tx, status.id, people, at=now)
    if len(waiting) == _AT_ONCE:
        return Later(due_at=now)
    reach = await statuses.reach(tx, status.id)
    return Kept(result={"tenants": reach.tenants, "people": reach.people})


async def calls_expected(tx: Transaction, now: datetime) -> AsyncIterator[Expected]:
    """Say which promises to call there should be: one for each disturbance that nobody has acknowledged."""
    after = _FIRST
    while page := await disturbances.waiting(tx, after=after, count=_PAGE):
        for one in page:
            if one.reported_at <= now - _FOLLOWED_WITHIN:
                yield Expected(key=owing.call_key(one.id), subject=owing.subject(one.id))
        after = page[-1].id


async def duties_expected(tx: Transaction, now: datetime) -> AsyncIterator[Expected]:
    """Say which promises of duties there should be: of whoever must tell, and of the system to chase them."""
    after = _FIRST
    while page := await duties.open_ones(tx, after=after, count=_PAGE):
        for one in (duty for duty in page if duty.is_chased and duty.made_at <= now - _FOLLOWED_WITHIN):
            subject = owing.subject(one.disturbance_id)
            yield Expected(key=owing.duty_key(one), subject=subject, due_at=one.due_at)
            yield Expected(key=owing.chase_key(one), subject=subject)
        after = page[-1].id


async def follow(db: Database, clock: Clock) -> int:
    """Promise what reports brought and their messages did not see to, such as one that was given up; in all realms.

    Returns:
        To how many disturbances something was promised.
    """
    now = clock.now()
    async with db.unscoped() as connection:
        found = await disturbances.unfollowed(connection, until=now - _FOLLOWED_WITHIN, most=_PAGE)
    for one in found:
        caller = Caller(
            scope=Scope(main_connector_id=one.main_connector_id),
            actor=Actor(kind=ActorKind.SERVICE, name="follow-reports"),
            permissions=frozenset(),
        )
        async with db.transaction(caller) as tx:
            disturbance = await disturbances.hold(tx, one.id)
            await duty_actions.promise_brought(tx, disturbance, opened=one.uncalled, at=now)
        log.error("report not followed", disturbance=str(one.id), main_connector=str(one.main_connector_id))
    return len(found)


class DisturbanceFigures:
    """How many disturbances wait to be acknowledged, in all realms together, for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "disturbances_unacknowledged", "Disturbances that nobody has acknowledged", registry=registry
        )
        self._unreached = Gauge(
            "disturbances_unreached", "Those for which nobody is left to be called", registry=registry
        )

    async def read(self, db: Database, _: Clock) -> int:
        """Read the figures anew; there is nothing to count as done."""
        async with db.unscoped() as connection:
            figures = await disturbances.figures(connection)
        self._waiting.set(figures.waiting)
        self._unreached.set(figures.unreached)
        return 0


async def _delivery(tx: Transaction, duty: KeptDuty, promise: Promise) -> Delivery | None:
    message_id = promise.facts.get(owing.MESSAGE)
    if message_id is None:
        return await delivery_of(tx, mailing.notice_key(duty))
    return await posted(tx, MessageId(UUID(str(message_id))))


def _pace(now: datetime) -> Pace:
    return rules.pace_on(day_in_finland(now))


def _overdue(duty: KeptDuty, promise: Promise, person: Recipient) -> Notice:
    return Notice(
        key=f"{promise.key}/{promise.due_at:%Y%m%dT%H%M%S}/{person.contact_id}",
        to=person,
        topic=CHASED,
        subject=_OVERDUE,
        lines=(promise.title, *duty.explanation.steps[-1:]),
        facts=((_SOURCE, duty.explanation.sources[0]), (_RULE, duty.explanation.rule)),
        tenancy_id=duty.tenancy_id,
        urgent=True,
    )


def _told(
    disturbance: Disturbance, promise: Promise, written: tuple[Sentence, ...], tenancy_id: TenancyId, person: Recipient
) -> Notice:
    return Notice(
        key=f"{promise.key}/{person.contact_id}",
        to=person,
        topic=TOLD,
        subject=written[0],
        lines=written[1:],
        facts=((_REFERENCE, disturbance.reference), (_RULE, lifecycle.DUTY_RULE)),
        tenancy_id=tenancy_id,
        urgent=True,
    )


_REFERENCE: Final = Sentence(fi="Tunnus", sv="Beteckning", en="Reference")
