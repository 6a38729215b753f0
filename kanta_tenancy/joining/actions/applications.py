"""Joining applications: drafted here, then taken on step by step as things happen at Kela."""

from datetime import date
from uuid import UUID

from kanta_tenancy.joining import checking, history, lifecycle
from kanta_tenancy.joining.lifecycle import Move
from kanta_tenancy.joining.model import Application, ApplicationMoved, Stage
from kanta_tenancy.joining.store import applications as store
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def draft(tx: Transaction, clock: Clock, *, name: str, services: tuple[str, ...]) -> Application:
    """Begin an application of the main connector's; nobody but it can (clause 2).

    Raises:
        JoiningRefused: its name or services are not acceptable.
    """
    fit, ordered = checking.application(name, services)
    at = clock.now()
    drafted = Application(id=new_id(), name=fit, services=ordered, stage=Stage.DRAFTED, version=1, created_at=at)
    await store.add(tx, drafted)
    await record(tx, history.of_application("drafted", None, drafted, at=at))
    return drafted


async def amend(
    tx: Transaction, clock: Clock, application_id: UUID, *, version: int, name: str, services: tuple[str, ...]
) -> Application:
    """Write a draft anew.

    Raises:
        ApplicationNotFound, ApplicationChanged: there is none, or not at that version any more.
        StepNotAllowed: it was sent to Kela, or given up.
        JoiningRefused: its name or services are not acceptable.
    """
    before = await store.take(tx, application_id, version)
    lifecycle.check(before, Move.AMEND)
    fit, ordered = checking.application(name, services)
    after = lifecycle.amend(before, name=fit, services=ordered)
    await store.save(tx, after)
    await record(tx, history.of_application("amended", before, after, at=clock.now()))
    return after


async def take_step(
    tx: Transaction,
    clock: Clock,
    application_id: UUID,
    move: Move,
    *,
    version: int,
    on: date,
    reference: str | None,
    evidence: str,
) -> Application:
    """Say that an application came a step further, when, and by what that can be seen.

    Raises:
        ApplicationNotFound, ApplicationChanged: there is none, or not at that version any more.
        StepNotAllowed: it is not in a stage that allows it.
        JoiningRefused: the day, the evidence or the reference is not acceptable.
    """
    before = await store.take(tx, application_id, version)
    lifecycle.check(before, move)
    shown, number = checking.evidence(evidence, reference, on)
    at = clock.now()
    after = lifecycle.step(before, move, on=on, reference=number, evidence=shown, at=at, by=tx.actor.name)
    await store.save(tx, after)
    await store.add_last_step(tx, after)
    await record(
        tx,
        history.of_application("moved", before, after, at=at, move=move.value, on=on.isoformat()),
        announce=ApplicationMoved(application_id=after.id, stage=after.stage, on=on, at=at),
    )
    return after
