"""Duties: brought in line with the facts, told, acknowledged, failed, not needed; each with its promises."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.disturbances import carrying, history, lifecycle, owing, reconciling
from kanta_tenancy.disturbances.case import Answered, Basis, Disturbance, DutyMoved, DutyState, KeptDuty, State
from kanta_tenancy.disturbances.errors import DutyCarried, DutyUnaddressed
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Answer, Channel, Fact, Moments, Side
from kanta_tenancy.disturbances.reading import NIS2
from kanta_tenancy.disturbances.reconciling import Reconciled
from kanta_tenancy.disturbances.store import carried as carried_store
from kanta_tenancy.disturbances.store import disturbances, reaching
from kanta_tenancy.disturbances.store import duties as store
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.promises import Owed

_FOLLOW_UP: Final = "nis2_follow_up"
_TOLD: Final = frozenset({DutyState.SENT, DutyState.ACKNOWLEDGED})
_FULFILLED: Final = "It was settled"


async def renew(tx: Transaction, disturbance: Disturbance, *, at: datetime) -> list[Reconciled]:
    """Bring the duties of a disturbance that the transaction holds in line with its facts; in the whole realm."""
    given = await disturbances.history(tx, disturbance.id)
    reporters = await disturbances.reporters(tx, disturbance.id)
    kept = await store.take_all(tx, disturbance.id)
    carried = await carried_store.of_disturbance(tx, disturbance.id)
    holders = list(dict.fromkeys([None, *reporters, *(one.tenancy_id for one in carried)]))
    words = await reaching.own_words(tx, [NIS2], holders)
    covered = {one.tenancy_id: (bool(one.word.get("covered")), one.said_by, one.said_at) for one in words}
    done = []
    for holder in holders:
        noticed_at = disturbance.reported_at if holder in reporters else None
        answers = _of_holder(given, holder, covered.get(holder), noticed_at)
        own = [one for one in kept if one.tenancy_id == holder]
        moments = _moments(disturbance, answers, own, holder)
        side = Side.MAIN_CONNECTOR if holder is None else Side.TENANT
        wanted = reconciling.wanted(side, holder, moments)
        found = reconciling.reconcile(own, wanted, answers, disturbance_id=disturbance.id, at=at)
        found = replace(found, added=tuple(replace(carrying.followed(one, carried), version=1) for one in found.added))
        await _write(tx, found, at=at)
        done.append(found)
    await follow(tx, disturbance.id, at=at)
    return done


async def follow(tx: Transaction, disturbance_id: UUID, *, at: datetime) -> None:
    """Bring the duties that another room sees to in line with how they stand there; those that the scope sees."""
    carried = await carried_store.of_disturbance(tx, disturbance_id)
    if not carried:
        return
    for before in carrying.latest(await store.take_all(tx, disturbance_id)):
        after = carrying.followed(before, carried)
        if after is before:
            continue
        await store.save(tx, after)
        if before.is_chased:
            await _release(tx, before, at=at, because=f"{after.carried_by} sees to it")
        moved = DutyMoved(disturbance_id=disturbance_id, duty_id=after.id, state=after.state, at=at)
        announced = None if after.state is before.state else moved
        await record(tx, history.of_duty("carried", before, after, at=at), announce=announced)


async def promise_brought(tx: Transaction, disturbance: Disturbance, *, opened: bool, at: datetime) -> None:
    """Explain in full, and promise, what a report has brought to a disturbance that the transaction holds.

    What somebody settled meanwhile is promised no more, and nobody is called to what was acknowledged.

    Args:
        opened: the report opened the disturbance.
    """
    brought = await store.take_outlined(tx, disturbance.id)
    if brought:
        await store.write_out(tx, brought)
    calls = [owing.to_call(disturbance.id, at)] if opened and disturbance.state is State.REPORTED else []
    await promises.owe_many(tx, [*owed_for(brought, at), *calls])


async def withdraw(tx: Transaction, disturbance: Disturbance, *, at: datetime) -> None:
    """Withdraw every duty of a disturbance that is none; whoever was told is to be told that it does not hold."""
    given = await disturbances.history(tx, disturbance.id)
    kept = await store.take_all(tx, disturbance.id)
    await _write(tx, reconciling.reconcile(kept, (), given, disturbance_id=disturbance.id, at=at), at=at)


async def release_open(tx: Transaction, disturbance_id: UUID, *, at: datetime, because: str) -> None:
    """Say of whatever is still to be told of a disturbance that it need not be, and why."""
    for duty in await store.take_all(tx, disturbance_id):
        if duty.is_open:
            after = lifecycle.settle(duty, DutyMove.RELEASE, by=tx.actor.name, at=at, note=because)
            await store.save(tx, after)
            await _settle_promises(tx, duty, after, at=at)


async def settle(
    tx: Transaction,
    clock: Clock,
    duty_id: UUID,
    move: DutyMove,
    *,
    version: int,
    channel: Channel | None = None,
    note: str | None = None,
) -> KeptDuty:
    """Say what became of a duty. The main connector can say it of its tenants' duties too, in their place.

    Raises:
        DutyNotFound, DutyChanged: there is none, or not at that version any more.
        DutyCarried: another room sees to it.
        DutyMoveNotAllowed: it is not in a state that allows that.
    """
    before = await store.take(tx, duty_id, version)
    check_here(before)
    return await settle_taken(tx, before, move, at=clock.now(), channel=channel, note=note)


def check_here(duty: KeptDuty) -> None:
    """Refuse that somebody does here what another room sees to: it would be done twice.

    Raises:
        DutyCarried: that is so.
    """
    if duty.carried_by is not None:
        raise DutyCarried(f"{duty.carried_by} sees to it: put it down there", carried_by=duty.carried_by)


async def take_to_send(tx: Transaction, duty_id: UUID, version: int) -> KeptDuty:
    """Hold a duty of the main connector's that is to be told from here, by mail or webhook, until the transaction ends.

    Raises:
        DutyNotFound, DutyChanged: there is none, or not at that version any more.
        DutyCarried: another room sees to it.
        DutyUnaddressed: it is a tenant's, who tells by its own means.
    """
    before = await store.take(tx, duty_id, version)
    check_here(before)
    if before.tenancy_id is not None:
        raise DutyUnaddressed("a tenant tells from its own post: put down how it did")
    return before


async def settle_taken(
    tx: Transaction,
    before: KeptDuty,
    move: DutyMove,
    *,
    at: datetime,
    channel: Channel | None = None,
    note: str | None = None,
) -> KeptDuty:
    """Do as `settle` does with a duty that the transaction holds.

    Raises:
        DutyMoveNotAllowed: it is not in a state that allows that.
    """
    after = lifecycle.settle(before, move, by=tx.actor.name, at=at, channel=channel, note=note)
    await store.save(tx, after)
    await _settle_promises(tx, before, after, at=at)
    told = DutyMoved(disturbance_id=after.disturbance_id, duty_id=after.id, state=after.state, at=at)
    await record(tx, history.of_duty(move.value, before, after, at=at), announce=told)
    return after


async def acknowledge_reported(tx: Transaction, disturbance_id: UUID, *, at: datetime) -> None:
    """Say of what tenants told the main connector by their reports that it was acknowledged."""
    for duty in await store.take_all(tx, disturbance_id):
        if duty.addressee in reconciling.BY_THE_REPORT and duty.state is DutyState.SENT:
            after = lifecycle.settle(duty, DutyMove.ACKNOWLEDGE, by=tx.actor.name, at=at)
            await store.save(tx, after)


async def _write(tx: Transaction, found: Reconciled, *, at: datetime) -> None:
    for duty in (*found.dropped, *found.moved):
        await store.save(tx, duty)
    if found.added:
        await store.add(tx, found.added)
    for duty in found.dropped:
        await _release(tx, duty, at=at, because=reconciling.GONE)
    await promises.owe_many(tx, owed_for((*found.added, *found.moved), at))


def owed_for(duties: Iterable[KeptDuty], at: datetime) -> list[Owed]:
    """Return what is promised for those duties that are open."""
    return [one for duty in duties if duty.is_chased for one in owing.to_fulfil(duty, at)]


async def _settle_promises(tx: Transaction, before: KeptDuty, after: KeptDuty, *, at: datetime) -> None:
    if after.state is DutyState.SENT:
        result = {"channel": None if after.channel is None else after.channel.value}
        await promises.keep(tx, owing.duty_key(before), at=at, result=result)
        await promises.release(tx, owing.chase_key(before), at=at, because=_FULFILLED)
    elif after.state is DutyState.NOT_NEEDED:
        await _release(tx, before, at=at, because="It need not be told")
    elif after.state is DutyState.FAILED:
        await promises.owe_many(tx, owing.to_fulfil(after, at))


async def _release(tx: Transaction, duty: KeptDuty, *, at: datetime, because: str) -> None:
    for key in (owing.duty_key(duty), owing.chase_key(duty)):
        await promises.release(tx, key, at=at, because=because)


def _of_holder(
    given: Iterable[Answered],
    holder: TenancyId | None,
    covered: tuple[bool, str, datetime] | None,
    noticed_at: datetime | None,
) -> list[Answered]:
    """Return the answers as they are for one party: with what it says of itself, and that it reported."""
    own = list(given)
    if covered is not None:
        fact = Fact.MAIN_CONNECTOR_COVERED if holder is None else Fact.TENANT_COVERED
        says, by, said_at = covered
        own.append(_answered(fact, by, said_at, Answer.YES if says else Answer.NO))
    if holder is not None:
        own = [one for one in own if one.fact is not Fact.NOTICED_BY_TENANT]
    if holder is not None and noticed_at is not None:
        own.append(_answered(Fact.NOTICED_BY_TENANT, "report", noticed_at, Answer.YES))
    return sorted(own, key=lambda one: one.answered_at)


def _answered(fact: Fact, by: str, at: datetime, answer: Answer) -> Answered:
    return Answered(fact=fact, answer=answer, basis=Basis.PERSON, answered_by=by, answered_at=at)


def _moments(
    disturbance: Disturbance, answers: list[Answered], own: Iterable[KeptDuty], holder: TenancyId | None
) -> Moments:
    followed_up = [one.state_at for one in own if one.rule.startswith(_FOLLOW_UP) and one.state in _TOLD]
    return Moments(
        known=reconciling.known_since(answers),
        detected_at=disturbance.detected_at,
        aware_at=disturbance.aware_at if holder is None else None,
        followed_up_at=min(followed_up, default=None),
    )
