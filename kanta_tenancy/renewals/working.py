"""What time does to renewal requests: given to somebody, warned of, handed over, lapsed. By any instance, late when all
were off, each once.

What is due is looked at as it stands, many requests in one transaction; nothing is remembered but when to look next. An
instance that is killed leaves what it had to the others: nothing of it was done.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.postgres.attempt import attempt
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.renewals import deadlines, duties, history, holding, owing, requirements, situations, telling
from kanta_tenancy.renewals.deciding import decide
from kanta_tenancy.renewals.model import Decided, Done, Party, RenewalClosed, RenewalHandedOver, Request, Step
from kanta_tenancy.renewals.situations import Situations
from kanta_tenancy.renewals.store import duties as duty_store
from kanta_tenancy.renewals.store import requests as store
from kanta_tenancy.renewals.telling import Told, Whom

BATCH: Final = 500
_WAIT: Final = timedelta(minutes=5)  # of one request with which something is wrong; the others go on
_REDUCED: Final = 1_000

log: Final = structlog.get_logger("kanta_tenancy.renewals")


async def work(db: Database, clock: Clock, *, batch: int = BATCH) -> int:
    """Do what time has to do with every request that is due, in every realm; safe on many instances.

    Returns:
        How many requests this run looked at.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away; what is due stays.
    """
    done = 0
    for realm in await store.realms_due(db, clock.now()):
        done += await _of_realm(db, clock, realm, batch)
    return done


async def reduce(db: Database, clock: Clock) -> int:
    """Reduce requests that were closed long ago to figures; safe on many instances.

    Returns:
        How many this run reduced.
    """
    now = clock.now()
    closed_before = now - timedelta(days=requirements.retention_on(day_in_finland(now)).days)
    total = 0
    while True:
        reduced = await store.reduce(db, closed_before, batch=_REDUCED)
        total += reduced
        if reduced < _REDUCED:
            return total


async def _of_realm(db: Database, clock: Clock, realm: MainConnectorId, batch: int) -> int:
    """Look at what is due, many at once; one that cannot be looked at is found, told of and left for a while."""
    done, size = 0, batch
    while True:
        tried = await attempt(_hand(db, clock, realm, size))
        if tried.failure is None:
            looked_at = tried.result()
            done += looked_at
            if looked_at < size:
                return done
            size = min(size * 4, batch)
        elif size > 1:
            size = max(size // 4, 1)
        else:
            await _put_off(db, clock, realm, tried.failure)


async def _put_off(db: Database, clock: Clock, realm: MainConnectorId, failure: str) -> None:
    now = clock.now()
    async with db.transaction(_caller(realm)) as tx:
        await store.put_off(tx, now, until=now + _WAIT)
    log.error("renewal request not followed", main_connector=str(realm), error=failure)


async def _hand(db: Database, clock: Clock, realm: MainConnectorId, size: int) -> int:
    async with db.transaction(_caller(realm)) as tx:
        await store.together(tx)
        now = clock.now()
        due = await store.due(tx, now, count=size)
        if due:
            seen = await situations.load(tx, due, now)
            await _write(tx, [_decided(one, seen, now) for one in due], now)
    return len(due)


def _decided(request: Request, seen: Situations, now: datetime) -> Decided:
    decided = decide(request, seen.of(request), now)
    seen.moved(request, decided.request)
    if not decided.request.is_open:
        return decided
    holds = seen.ending_of(request) or request.holds  # what holds an ending does so until it is closed
    return replace(decided, request=replace(decided.request, holds=holds))


async def _write(tx: Transaction, decided: Sequence[Decided], now: datetime) -> None:
    """Write what became of requests that are held: rows first, then what is owed and told, then the journal."""
    await store.save(tx, [one.request for one in decided])
    ending = {one.request.holds for one in decided if one.request.is_open and one.request.holds is not None}
    for agreement_id in sorted(ending):
        await holding.place(tx, agreement_id, at=now)
    await _owe(tx, [one for one in decided if one.done is Done.LAPSED], now)
    people = await _tell(tx, list(_told(decided)), now)
    steps = [(one.request, step) for one in decided for step in _steps(one, people.get(one.request.id, 0), now)]
    await store.add_steps(tx, steps)
    for one in sorted(decided, key=lambda each: (str(each.request.tenancy_id or ""), each.request.id)):
        await _journal(tx, one, now)


async def _owe(tx: Transaction, lapsed: Sequence[Decided], now: datetime) -> None:
    begun = [duties.begun(one.request, one.lapsed_with or Party.MAIN_CONNECTOR) for one in lapsed]
    await duty_store.open_all(tx, begun)
    owed = [owing.to_remind(one) for one in begun]
    owed += [owing.to_unhold(one.request.holds, one.request, at=now) for one in lapsed if one.request.holds is not None]
    await promises.owe_many(tx, owed)


async def _tell(tx: Transaction, told: Sequence[Told], now: datetime) -> dict[UUID, int]:
    """Tell people, and say so when nobody can be told: what lapses then does so unseen."""
    people = await telling.tell_all(tx, now, told)
    unheard = {request.id for one in told for request in one.requests if not people.get(request.id)}
    if unheard:
        realm = str(tx.scope.main_connector_id)
        log.error("nobody to tell of renewal requests", main_connector=realm, requests=len(unheard))
    return people


def _told(decided: Sequence[Decided]) -> Iterator[Told]:
    """Yield what people are told, what is the same for the same people together."""
    groups: dict[tuple[Whom, str, int | None, bool], list[Request]] = {}
    for one in decided:
        for whom, topic, hours, urgent in _topics(one):
            groups.setdefault((whom, topic, hours, urgent), []).append(one.request)
    for (whom, topic, hours, urgent), requests in groups.items():
        yield Told(whom=whom, topic=topic, requests=tuple(requests), urgent=urgent, hours=hours)


def _topics(one: Decided) -> Iterator[tuple[Whom, str, int | None, bool]]:
    request = one.request
    if one.done is Done.LAPSED:
        ours = one.lapsed_with is Party.MAIN_CONNECTOR
        yield Whom(person=request.person, tenancy_id=None if ours else request.tenancy_id), telling.LAPSED, None, True
        if not ours or request.person is not None:
            yield Whom(person=None, tenancy_id=None), telling.LAPSED, None, True
        return
    if one.done is Done.HANDED_OVER:  # which tells the hours that are left, so it is the warning of that hour too
        yield telling.whom(request), telling.HANDED_OVER, None, True
    elif one.warn is not None:
        urgent = one.warn >= deadlines.following(request).urgent_from_hours
        yield telling.whom(request), telling.WARNED, one.warn, urgent


def _steps(one: Decided, people: int, now: datetime) -> Iterator[Step]:
    request = one.request
    for hours in one.overtaken:
        yield Step(at=now, done="superseded", state=request.state, person=request.person, hours=hours)
    if one.done is not None:
        yield Step(
            at=request.closed_at or now,
            done=one.done.value,
            state=request.state,
            person=request.person,
            ground=request.ground,
            party=one.lapsed_with or request.party,
        )
    if one.warn is not None:
        yield Step(at=now, done="warned", state=request.state, person=request.person, hours=one.warn, people=people)


async def _journal(tx: Transaction, one: Decided, now: datetime) -> None:
    """Journal what law asks about: that a request went to the physician, and that it lapsed, warned of or not."""
    request = one.request
    if one.done is Done.HANDED_OVER and request.ground is not None:
        told = RenewalHandedOver(request_id=request.id, ground=request.ground, lapses_at=request.lapses_at, at=now)
        await record(tx, history.of_request("handed_over", request, at=now, ground=request.ground.value), announce=told)
    elif one.done is Done.LAPSED:
        said = history.of_request(
            "lapsed",
            request,
            at=now,
            lapsed_at=request.lapses_at.isoformat(),
            warned_hours=request.warned_hours,
            party=None if one.lapsed_with is None else one.lapsed_with.value,
        )
        closed = RenewalClosed(request_id=request.id, state=request.state, at=request.lapses_at)
        await record(tx, said, announce=closed)


def _caller(realm: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=realm),
        actor=Actor(kind=ActorKind.SERVICE, name="renewals"),
        permissions=frozenset(),
    )
