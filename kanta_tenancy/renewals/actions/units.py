"""Service units, and the main connector's decisions whether each receives renewal requests."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties, promises
from kanta_tenancy.joining.actions import change_notices
from kanta_tenancy.joining.model import Change, ChangeKind
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.renewals import checking, history, owing, stopping
from kanta_tenancy.renewals.errors import DecisionNotFound, DecisionSettled, NobodyResponsible
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Office
from kanta_tenancy.renewals.reception import Decision, ReceivingDecided, Seen, Unit
from kanta_tenancy.renewals.situations import SERVICE
from kanta_tenancy.renewals.store import prescribers
from kanta_tenancy.renewals.store import units as store


async def register(
    tx: Transaction, clock: Clock, *, tenancy_id: TenancyId | None, oid: str, name: str, changes_on: date | None
) -> Unit:
    """Name a service unit of a tenant, or of the main connector itself; it receives nothing until that is decided.

    Raises:
        TenancyNotFound: there is none such.
        UnitRefused: what was said is not acceptable.
        UnitTaken: another unit of the realm has that OID.
    """
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    kept_oid, kept_name = checking.unit(oid, name)
    at = clock.now()
    unit = Unit(
        id=new_id(),
        tenancy_id=tenancy_id,
        oid=kept_oid,
        name=kept_name,
        changes_on=None if changes_on is None else checking.day("changes_on", changes_on),
        version=1,
        created_at=at,
    )
    await store.add(tx, unit)
    said = history.of("renewal_unit", "registered", unit.id, tenancy_id=tenancy_id, at=at, after=unit, oid=unit.oid)
    await record(tx, said)
    return unit


async def amend(
    tx: Transaction, clock: Clock, unit_id: UUID, *, version: int, name: str, changes_on: date | None
) -> Unit:
    """Say anew how a unit is called, and on which day it changes, so that its intake stops in time.

    Raises:
        UnitNotFound, UnitChanged: there is none, or not at that version any more.
        UnitRefused: what was said is not acceptable.
    """
    before = await store.take(tx, unit_id, version)
    _, kept = checking.unit(before.oid, name)
    day = None if changes_on is None else checking.day("changes_on", changes_on)
    after = replace(before, name=kept, changes_on=day, version=version + 1)
    at = clock.now()
    await store.save(tx, after)
    await stopping.propose(tx, after.tenancy_id, at=at)
    await _record(tx, clock, "amended", before, after)
    return after


async def decide(
    tx: Transaction, clock: Clock, unit_id: UUID, *, version: int, receives: bool, effective_on: date
) -> Unit:
    """Decide that a unit receives renewal requests from a day on, or does not (clause 15).

    Kela is to be told three weeks before, and the decision is to be seen in the national services by its day: both are
    owed.

    Raises:
        UnitNotFound, UnitChanged: there is none, or not at that version any more.
        UnitRefused: the day is over, or out of reach.
        DecisionSettled: another decision holds from that day on.
        NobodyResponsible: it is to receive, and the main connector has no responsible physician on that day.
    """
    before = await store.take(tx, unit_id, version)
    at = clock.now()
    today = day_in_finland(at)
    checking.day("effective_on", effective_on, not_before=today)
    if receives:
        await _check_responsible(tx, effective_on, clock)
    notice = await change_notices.plan(tx, clock, _change(before, receives=receives, on=effective_on, known_on=today))
    decision = Decision(
        id=new_id(), receives=receives, effective_on=effective_on, decided_at=at, change_notice_id=notice.id
    )
    await store.add_decision(tx, before, decision)
    after = replace(before, decisions=_ordered(*before.decisions, decision), version=version + 1)
    await store.save(tx, after)
    await promises.owe(tx, owing.to_see(
        decision.id, unit_id, before.name, receives=receives, effective_on=effective_on, at=at
    ))  # fmt: skip
    if receives:
        await stopping.propose(tx, after.tenancy_id, at=at)
    else:
        await stopping.stopped(tx, unit_id, effective_on=effective_on, at=at)
    await _record(tx, clock, "decided", before, after, decision=decision)
    return after


async def see(
    tx: Transaction,
    clock: Clock,
    unit_id: UUID,
    decision_id: UUID,
    *,
    version: int,
    code_service: Seen | None,
    extranet: Seen | None,
) -> Unit:
    """Put down that a decision was seen in the national code service, in Kanta Extranet, or in both.

    Raises:
        UnitNotFound, UnitChanged: there is none, or not at that version any more.
        DecisionNotFound, DecisionSettled: there is no such decision, or it was withdrawn.
        UnitRefused: a day has not come, or a reference cannot be kept.
    """
    before = await store.take(tx, unit_id, version)
    decision = _standing(before, decision_id)
    at = clock.now()
    today = day_in_finland(at)
    seen = decision
    if code_service is not None:
        on, reference = _seen("code_service", code_service, today)
        seen = replace(seen, code_service_on=on, code_service_reference=reference)
    if extranet is not None:
        on, reference = _seen("extranet", extranet, today)
        seen = replace(seen, extranet_on=on, extranet_reference=reference)
    after = await _save(tx, before, seen)
    if seen.is_seen:
        await promises.keep(tx, owing.seeing(decision_id), at=at, result={"seen": "both"})
    await _record(tx, clock, "decision_seen", before, after, decision=seen)
    return after


async def withdraw(
    tx: Transaction, clock: Clock, unit_id: UUID, decision_id: UUID, *, version: int, because: str
) -> Unit:
    """Withdraw a decision that has not taken effect; the notice to Kela is cancelled by whoever planned it.

    Raises:
        UnitNotFound, UnitChanged: there is none, or not at that version any more.
        DecisionNotFound: there is no such decision.
        DecisionSettled: it was withdrawn, or its day has come: decide anew instead.
        UnitRefused: the reason is none, or cannot be kept.
    """
    before = await store.take(tx, unit_id, version)
    decision = _standing(before, decision_id)
    at = clock.now()
    if decision.effective_on <= day_in_finland(at):
        raise DecisionSettled("it has taken effect: decide anew", rule=RULE)
    withdrawn = replace(decision, withdrawn_at=at, withdrawn_because=checking.line("reason", because))
    after = await _save(tx, before, withdrawn)
    await promises.release(tx, owing.seeing(decision_id), at=at, because="The decision was withdrawn")
    await stopping.propose(tx, after.tenancy_id, at=at)
    await _record(tx, clock, "decision_withdrawn", before, after, decision=withdrawn)
    return after


async def _check_responsible(tx: Transaction, on: date, clock: Clock) -> None:
    people = await prescribers.of_houses(tx, [tx.scope.main_connector_id], day=on, after=clock.now())
    if not any(one.office is Office.RESPONSIBLE_PHYSICIAN and one.since <= on for one in people):
        detail = f"name the main connector's responsible physician on {on.isoformat()} first"
        raise NobodyResponsible(detail, rule=RULE)


def _change(unit: Unit, *, receives: bool, on: date, known_on: date) -> Change:
    return Change(
        kind=ChangeKind.RENEWAL_INTAKE,
        description=f"{unit.oid}: {'receives' if receives else 'does not receive'} renewal requests",
        tenancy_ids=() if unit.tenancy_id is None else (unit.tenancy_id,),
        services=(SERVICE,),
        known_on=known_on,
        effective_on=on,
    )


def _seen(field: str, seen: Seen, today: date) -> tuple[date, str]:
    on = checking.day(f"{field}.on", seen.on, not_after=today)
    return on, checking.line(f"{field}.reference", seen.reference)


def _standing(unit: Unit, decision_id: UUID) -> Decision:
    for one in unit.decisions:
        if one.id == decision_id:
            if not one.stands:
                raise DecisionSettled("it was withdrawn", rule=RULE)
            return one
    raise DecisionNotFound(f"the unit has no decision {decision_id}")


async def _save(tx: Transaction, before: Unit, decision: Decision) -> Unit:
    await store.save_decision(tx, decision)
    decisions = tuple(decision if one.id == decision.id else one for one in before.decisions)
    after = replace(before, decisions=decisions, version=before.version + 1)
    await store.save(tx, after)
    return after


def _ordered(*decisions: Decision) -> tuple[Decision, ...]:
    return tuple(sorted(decisions, key=lambda one: (one.effective_on, one.id)))


async def _record(
    tx: Transaction, clock: Clock, done: str, before: Unit, after: Unit, *, decision: Decision | None = None
) -> None:
    at = clock.now()
    facts = {}
    if decision is not None:
        facts = {"receives": str(decision.receives).lower(), "effective_on": decision.effective_on.isoformat()}
    act = history.of(
        "renewal_unit", done, after.id, tenancy_id=after.tenancy_id, at=at, before=before, after=after, **facts
    )
    told = None
    if done == "decided" and decision is not None:
        told = ReceivingDecided(unit_id=after.id, receives=decision.receives, effective_on=decision.effective_on, at=at)
    await record(tx, act, announce=told)
