"""What the named person does with a disturbance: acknowledges, assesses, ends, reopens, dismisses it, or joins two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import promises, systems
from kanta_tenancy.disturbances import checking, history, lifecycle, owing
from kanta_tenancy.disturbances.actions import closing, telling
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.actions.telling import Text
from kanta_tenancy.disturbances.case import OPEN, Answered, Basis, Disturbance, DisturbanceMoved, State
from kanta_tenancy.disturbances.errors import DisturbanceMoveNotAllowed, DisturbanceRefused
from kanta_tenancy.disturbances.lifecycle import RULE, Move
from kanta_tenancy.disturbances.model import Answer, Fact
from kanta_tenancy.disturbances.store import carried
from kanta_tenancy.disturbances.store import disturbances as store
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

# What a party says of itself, and what its reporting says, is no question to the named person.
NOT_ASKED: Final = frozenset({Fact.MAIN_CONNECTOR_COVERED, Fact.TENANT_COVERED})


class SaidAnswer(Record, frozen=True, kw_only=True):
    answer: Answer
    reason: str | None = None


class Description(Record, frozen=True, kw_only=True):
    """What is known of a disturbance, as the main connector says it; it is said whole each time."""

    since: datetime
    detected_at: datetime
    title: str | None = None
    system_id: UUID | None = None
    service: str | None = None
    aware_at: datetime | None = None


async def acknowledge(tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int) -> Disturbance:
    """Say that a named person knows of it: nobody else is called.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it was acknowledged already.
    """
    before = await store.take(tx, disturbance_id, version)
    at = clock.now()
    after = lifecycle.acknowledge(before, by=tx.actor.name, at=at)
    await store.save(tx, after)
    await duty_actions.acknowledge_reported(tx, disturbance_id, at=at)
    await promises.keep(tx, owing.call_key(disturbance_id), at=at, result={"acknowledged_by": tx.actor.name})
    await _record(tx, "acknowledged", before, after, at=at)
    return after


async def answer(
    tx: Transaction, clock: Clock, disturbance_id: UUID, given: Mapping[Fact, SaidAnswer], *, version: int
) -> Disturbance:
    """Answer questions about a disturbance; duties are added and withdrawn by it, and those told are told of changes.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
        DisturbanceRefused: a reason cannot be kept, or a question is not for this person to answer.
    """
    before = await store.take(tx, disturbance_id, version)
    after = lifecycle.move(before, Move.ASSESS)
    at = clock.now()
    answers = _answers(given, by=tx.actor.name, at=at)
    await store.add_answers(tx, disturbance_id, answers)
    await store.save(tx, after)
    renewed = await duty_actions.renew(tx, after, at=at)
    act = history.of_disturbance(
        "assessed",
        before,
        after,
        at=at,
        answers=len(answers),
        duties_added=sum(len(one.added) for one in renewed),
        duties_dropped=sum(len(one.dropped) for one in renewed),
    )
    await record(tx, act)
    return after


async def describe(
    tx: Transaction, clock: Clock, disturbance_id: UUID, said: Description, *, version: int
) -> Disturbance:
    """Say anew what is known of it: what it is called, what it hits, when it began and was detected.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
        DisturbanceRefused: what was said is not acceptable.
        SystemNotFound: the scope has no such system.
    """
    before = await store.take(tx, disturbance_id, version)
    moved = lifecycle.move(before, Move.ASSESS)
    at = clock.now()
    fit = _description(said, at)
    if fit.system_id is not None:
        await systems.system(tx, fit.system_id)
    after = replace(
        moved,
        title=fit.title,
        system_id=fit.system_id,
        service=fit.service,
        since=fit.since,
        detected_at=fit.detected_at,
        aware_at=fit.aware_at,
    )
    await store.save(tx, after)
    await duty_actions.renew(tx, after, at=at)
    await record(tx, history.of_disturbance("described", before, after, at=at))
    return after


async def end(
    tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, until: datetime, text: Text | None
) -> Disturbance:
    """Say that it is over; whoever was told of it is told so. What is still to be told stays so.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
        DisturbanceRefused: the time cannot be, or the text cannot be kept.
    """
    before = await store.take(tx, disturbance_id, version)
    at = clock.now()
    look = wording.Examination()
    checking.started(until, at, look, "until")
    if until < before.since:
        look.note("until", "it ends before it began", clause=RULE)
    said = checking.fit(look, telling.check_text(text, look))
    after = replace(lifecycle.move(before, Move.END), until=until)
    await store.save(tx, after)
    await telling.put_out_if_told(tx, after, said, at=at)
    await _record(tx, "ended", before, after, at=at)
    return after


async def reopen(tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, because: str) -> Disturbance:
    """Say that it is not over after all, and why; whoever was told of it is told so.

    One that was closed is over then, for the new facts to be assessed; that is nothing that tenants are told.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is neither over nor closed, or is maintenance.
        DisturbanceRefused: the reason cannot be kept.
    """
    before = await store.take(tx, disturbance_id, version)
    look = wording.Examination()
    reason = checking.fit(look, checking.lines("because", because, look))
    at = clock.now()
    after = lifecycle.reopen(before)
    await store.save(tx, after)
    await closing.note_new_facts(tx, disturbance_id, reason, at=at)
    if before.state is State.OVER:
        await telling.put_out_if_told(tx, after, None, at=at)
    await _record(tx, "reopened", before, after, at=at)
    return after


async def dismiss(
    tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, because: str, text: Text | None
) -> Disturbance:
    """Say that it is none, and why. Whoever was told of it is to be told so too.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
        DisturbanceRefused: the reason or the text cannot be kept.
    """
    before = await store.take(tx, disturbance_id, version)
    look = wording.Examination()
    reason = checking.lines("because", because, look)
    said = checking.fit(look, telling.check_text(text, look))
    after = replace(lifecycle.move(before, Move.DISMISS), because=reason)
    at = clock.now()
    await store.save(tx, after)
    await duty_actions.withdraw(tx, after, at=at)
    await telling.put_out_if_told(tx, after, said, at=at)
    await _record(tx, "dismissed", before, after, at=at)
    return after


async def join(tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, to: UUID) -> Disturbance:
    """Say that it is the same as another one, which goes on with its reporters; what it had to tell, that one tells.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: one of the two is not in a state that allows it.
        DisturbanceRefused: they are one and the same.
    """
    if to == disturbance_id:
        flaw = Flaw(field="to", detail="a disturbance is not joined to itself", rule=RULE)
        raise DisturbanceRefused(flaw.detail, rule=RULE, flaws=(flaw,))
    for each in sorted((disturbance_id, to)):  # in one order, whoever joins what to what at the same time
        await store.hold(tx, each)
    before, goes_on = await store.take(tx, disturbance_id, version), await store.find(tx, to)
    if goes_on.state not in OPEN:
        raise DisturbanceMoveNotAllowed(f"the other one is {goes_on.state.value}", state=goes_on.state.value)
    after = replace(lifecycle.move(before, Move.JOIN), joined_to=to)
    at = clock.now()
    await store.save(tx, after)
    await store.add_parties(tx, to, await store.reporters(tx, disturbance_id), reported=True)
    await _bring_carried(tx, disturbance_id, to)
    await duty_actions.acknowledge_reported(tx, disturbance_id, at=at)
    await duty_actions.release_open(tx, disturbance_id, at=at, because=f"Joined to {goes_on.reference}")
    await promises.keep(tx, owing.call_key(disturbance_id), at=at, result={"joined_to": str(to)})
    await duty_actions.renew(tx, goes_on, at=at)
    if goes_on.acknowledged_at is not None:
        await duty_actions.acknowledge_reported(tx, to, at=at)
    await _record(tx, "joined", before, after, at=at)
    return after


async def _bring_carried(tx: Transaction, disturbance_id: UUID, to: UUID) -> None:
    """Say of the one that goes on what another room sees to of the one that is joined."""
    said = await carried.of_disturbance(tx, disturbance_id)
    await carried.add(tx, to, said)
    tenants = {one.tenancy_id for one in said if one.tenancy_id is not None}
    await store.add_parties(tx, to, tenants, reported=False)


async def _record(tx: Transaction, done: str, before: Disturbance, after: Disturbance, *, at: datetime) -> None:
    told = DisturbanceMoved(disturbance_id=after.id, state=after.state, at=at)
    await record(tx, history.of_disturbance(done, before, after, at=at), announce=told)


def _answers(given: Mapping[Fact, SaidAnswer], *, by: str, at: datetime) -> list[Answered]:
    look = wording.Examination()
    answers = []
    for fact, said in given.items():
        if fact in NOT_ASKED:
            look.note(f"answers.{fact.value}", "a party says this of itself", clause=RULE)
        reason = checking.optional_lines(f"answers.{fact.value}.reason", said.reason, look)
        answers.append(
            Answered(fact=fact, answer=said.answer, basis=Basis.PERSON, answered_by=by, answered_at=at, reason=reason)
        )
    if not given:
        look.note("answers", "there is none", clause=RULE)
    return checking.fit(look, answers)


def _description(said: Description, now: datetime) -> Description:
    look = wording.Examination()
    checking.service(said.service, look)
    for field in ("since", "detected_at", "aware_at"):
        at = getattr(said, field)
        if at is not None:
            checking.started(at, now, look, field)
    title = None if said.title is None or not said.title.strip() else checking.line("title", said.title, look)
    return checking.fit(look, replace(said, title=title))
