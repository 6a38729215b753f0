"""What is left to do is put down, changed, done, dropped or opened again, each with its promises and its message."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties, promises, systems
from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.follow_ups import checking, lifecycle, owing, store
from kanta_tenancy.disturbances.follow_ups.lifecycle import RULE
from kanta_tenancy.disturbances.follow_ups.model import (
    FollowUp,
    FollowUpKind,
    FollowUpMoved,
    FollowUpState,
    Move,
    Owner,
    SaidAction,
    SaidFault,
)
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import ContactId, TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.parties import Function

NOTES: Final = {Move.FINISH: "evidence", Move.DROP: "because", Move.REOPEN: "because"}


async def add_action(tx: Transaction, clock: Clock, disturbance_id: UUID, said: SaidAction) -> FollowUp:
    """Put down what a disturbance has left to do; the main connector does that, before or after it is closed.

    Raises:
        DisturbanceNotFound, TenancyNotFound: the scope has none such.
        DisturbanceRefused: what was said is not acceptable.
    """
    at = clock.now()
    fit = checking.action(said, at)
    await disturbances.find(tx, disturbance_id)
    await _check_parties(tx, fit.tenancy_id, fit.owner, fit.contact_id, at=at)
    return await _add(
        tx, _made(fit, FollowUpKind.ACTION, disturbance_id=disturbance_id, noticed_at=at, tx=tx, at=at), at=at
    )


async def notify_fault(tx: Transaction, clock: Clock, said: SaidFault) -> FollowUp:
    """Put down a fault that somebody noticed; a tenant's is the main connector's to see to (clause 19).

    Raises:
        DisturbanceNotFound, SystemNotFound, TenancyNotFound: the scope has none such.
        DisturbanceRefused: what was said is not acceptable.
    """
    at = clock.now()
    fit = checking.fault(said, at, own=tx.scope.tenancy_id)
    if fit.disturbance_id is not None:
        await disturbances.find(tx, fit.disturbance_id)
    if fit.system_id is not None:
        await systems.system(tx, fit.system_id)
    await _check_parties(tx, fit.tenancy_id, fit.owner, fit.contact_id, at=at)
    usual = day_in_finland(at) + timedelta(days=rules.pace_on(day_in_finland(at)).fault_days)
    planned = SaidAction(
        what=fit.what,
        owner=fit.owner,
        due_on=fit.due_on or usual,
        tenancy_id=fit.tenancy_id,
        contact_id=fit.contact_id,
    )
    made = _made(
        planned,
        FollowUpKind.FAULT,
        disturbance_id=fit.disturbance_id,
        system_id=fit.system_id,
        noticed_at=fit.noticed_at,
        tx=tx,
        at=at,
    )
    return await _add(tx, made, at=at)


async def change(tx: Transaction, clock: Clock, follow_up_id: UUID, said: SaidAction, *, version: int) -> FollowUp:
    """Say anew what is to be done, by whom and until when. Whom it concerns stays.

    Raises:
        FollowUpNotFound, FollowUpChanged: there is none, or not at that version any more.
        FollowUpMoveNotAllowed: it is not open.
        DisturbanceRefused: what was said is not acceptable.
    """
    before = await store.take(tx, follow_up_id, version)
    at = clock.now()
    fit = checking.action(replace(said, tenancy_id=before.tenancy_id), at)
    await _check_parties(tx, before.tenancy_id, fit.owner, fit.contact_id, at=at)
    after = lifecycle.change(before, fit)
    await store.save(tx, after)
    if after.round != before.round:
        await _release(tx, before, at=at, because="Another party does it")
    await promises.owe_many(tx, owing.to_do(after, at=at, again=_again(at)))
    await _record(tx, "changed", before, after, at=at)
    return after


async def settle(
    tx: Transaction, clock: Clock, follow_up_id: UUID, wanted: Move, *, note: str, version: int
) -> FollowUp:
    """Say that it is done, with what shows it; that it will not be done, and why; that it was not done after all.

    Raises:
        FollowUpNotFound, FollowUpChanged: there is none, or not at that version any more.
        FollowUpMoveNotAllowed: it is not in a state that allows it.
        FollowUpOfAnother: a tenant finishes what is its own to do, and nothing else.
        DisturbanceRefused: the note cannot be kept.
    """
    if tx.scope.tenancy_id is not None:
        lifecycle.check_own(await store.find(tx, follow_up_id), wanted)
    before = await store.take(tx, follow_up_id, version)
    return await settle_taken(tx, before, wanted, note=checking.note(NOTES[wanted], note), at=clock.now())


async def settle_taken(tx: Transaction, before: FollowUp, wanted: Move, *, note: str, at: datetime) -> FollowUp:
    """Do as `settle` does with what the transaction holds, in whatever scope."""
    after = lifecycle.settle(before, wanted, note=note, by=tx.actor.name, at=at)
    await store.save(tx, after)
    if after.state is FollowUpState.OPEN:
        await promises.owe_many(tx, owing.to_do(after, at=at, again=_again(at)))
    else:
        await _settle_promises(tx, before, after, at=at)
    await _record(tx, wanted.value, before, after, at=at)
    return after


async def _settle_promises(tx: Transaction, before: FollowUp, after: FollowUp, *, at: datetime) -> None:
    if after.state is FollowUpState.DONE:
        await promises.keep(tx, owing.key(before), at=at, result={"done_by": tx.actor.name})
    await _release(tx, before, at=at, because="It was settled")


async def _release(tx: Transaction, before: FollowUp, *, at: datetime, because: str) -> None:
    for key in (owing.key(before), owing.remind_key(before)):
        await promises.release(tx, key, at=at, because=because)


async def _add(tx: Transaction, made: FollowUp, *, at: datetime) -> FollowUp:
    await store.add(tx, made)
    await promises.owe_many(tx, owing.to_do(made, at=at, again=_again(at)))
    await _record(tx, "put_down", None, made, at=at)
    return made


async def _record(tx: Transaction, done: str, before: FollowUp | None, after: FollowUp, *, at: datetime) -> None:
    told = FollowUpMoved(
        follow_up_id=after.id,
        kind=after.kind,
        state=after.state,
        version=after.version,
        by_tenant=tx.scope.tenancy_id is not None,
        at=at,
    )
    act = Act(
        action=f"disturbance_follow_up.{done}",
        subject=owing.subject(after.id),
        at=at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={"kind": after.kind.value, "owner": after.owner.value, "due_on": after.due_on.isoformat()},
    )
    await record(tx, act, announce=told)


async def _check_parties(
    tx: Transaction, tenancy_id: TenancyId | None, owner: Owner, contact_id: ContactId | None, *, at: datetime
) -> None:
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    if contact_id is None:
        return
    whose, day = (tenancy_id if owner is Owner.TENANT else None), day_in_finland(at)
    for function in Function:
        found = await parties.persons_for(tx, function, tenancy_id=whose, on_day=day)
        if contact_id in {one.id for one in found}:
            return
    flaw = Flaw(field="contact_id", detail="the party that sees to it has no such contact today", rule=RULE)
    raise DisturbanceRefused(f"contact_id: {flaw.detail}", rule=RULE, flaws=(flaw,))


def _made(
    said: SaidAction,
    kind: FollowUpKind,
    *,
    disturbance_id: UUID | None,
    noticed_at: datetime,
    tx: Transaction,
    at: datetime,
    system_id: UUID | None = None,
) -> FollowUp:
    return FollowUp(
        id=new_id(),
        tenancy_id=said.tenancy_id,
        kind=kind,
        owner=said.owner,
        what=said.what,
        due_on=said.due_on,
        noticed_at=noticed_at,
        reported_by=tx.actor.name,
        reported_at=at,
        state=FollowUpState.OPEN,
        state_at=at,
        round=1,
        version=1,
        disturbance_id=disturbance_id,
        system_id=system_id,
        contact_id=said.contact_id,
    )


def _again(at: datetime) -> timedelta:
    return timedelta(days=rules.pace_on(day_in_finland(at)).follow_up_again_days)
