"""What a party says and does of a breach in its register, one entry at a time (K4.2)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from kanta_tenancy.breaches import checking, history, lifecycle
from kanta_tenancy.breaches.actions import holding
from kanta_tenancy.breaches.actions.keeping import Standing, go_on, read
from kanta_tenancy.breaches.actions.reporting import check_tenancies, concerning, party_of, ruled
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import open_duties
from kanta_tenancy.breaches.errors import BreachRefused, BreachUnfinished
from kanta_tenancy.breaches.model import BreachMoved, Concerned, Concerning, HelpState, Move, Movement, Said
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.breaches.store import helping, reports
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record

_ELSEWHERE: Final = "this is of another register: report it as a breach of its own"


async def say(tx: Transaction, clock: Clock, breach_id: UUID, said: Said, *, version: int) -> Standing:
    """Say something of a breach: since when its controller knows, the risk, what is known, who was told, a correction.

    Raises:
        BreachNotFound, BreachChanged: there is none, or something else was said of it meanwhile.
        BreachMoveNotAllowed: it was dismissed or closed.
        BreachRefused: what was said is not acceptable.
    """
    before = await read(tx, await store.take(tx, breach_id, version))
    lifecycle.check_open(before.case.state)
    at = clock.now()
    after = await go_on(tx, before, checking.sayable(before.case, said, at), by=tx.actor.name, at=at)
    await record(tx, history.of_entry(before.breach, after.breach, after.entries[-1]))
    return after


async def concern(
    tx: Transaction, clock: Clock, breach_id: UUID, concerned: Sequence[Concerned], *, version: int
) -> Standing:
    """Say anew which data of this register a breach concerns.

    Raises:
        BreachNotFound, BreachChanged: there is none, or something else was said of it meanwhile.
        BreachMoveNotAllowed: it was dismissed or closed.
        BreachRefused: what was said is not acceptable, or is of another register.
    """
    before = await read(tx, await store.take(tx, breach_id, version))
    lifecycle.check_open(before.case.state)
    at = clock.now()
    fit = checking.data(concerned, own=before.breach.tenancy_id)
    await check_tenancies(tx, fit, at=at)
    found = ruled(fit, at=at)
    concerns = concerning(party_of(before.breach.tenancy_id), found)
    _check_register(before.case, concerns, len(found))
    after = await go_on(tx, before, concerns, by=tx.actor.name, at=at)
    await record(tx, history.of_entry(before.breach, after.breach, after.entries[-1]))
    return after


async def move(tx: Transaction, clock: Clock, breach_id: UUID, said: Movement, *, version: int) -> Standing:
    """Confirm, dismiss, close or reopen a breach, with the reason.

    Raises:
        BreachNotFound, BreachChanged: there is none, or something else was said of it meanwhile.
        BreachMoveNotAllowed: it is not in a state that allows this.
        BreachUnfinished: it cannot be closed while a duty or a request for help is open.
        BreachRefused: the reason is none, or cannot be kept.
    """
    before = await read(tx, await store.take(tx, breach_id, version))
    lifecycle.moved(before.case.state, said.move)
    at = clock.now()
    fit = checking.sayable(before.case, said, at)
    if said.move is Move.CLOSE:
        await _check_finished(tx, before)
    after = await go_on(tx, before, fit, by=tx.actor.name, at=at)
    told = BreachMoved(breach_id=breach_id, state=after.breach.state, at=at)
    await record(tx, history.of_entry(before.breach, after.breach, after.entries[-1]), announce=told)
    report = await reports.find(tx, before.breach.report_id)
    await holding.follow(tx, after.breach, report.disturbance_id, at=at)
    return after


def _check_register(case: Case, concerns: Concerning, count: int) -> None:
    """Refuse data of another register: whose it is learns of it by a report."""
    is_controllers = any(one.is_here for each in concerns.controllerships for one in each.controllers)
    if len(concerns.controllerships) < count or is_controllers is not case.is_controllers:
        flaw = Flaw(field="concerned", detail=_ELSEWHERE, rule="K14")
        raise BreachRefused(f"concerned: {_ELSEWHERE}", rule="K14", flaws=(flaw,))


async def _check_finished(tx: Transaction, standing: Standing) -> None:
    waiting = [one.kind.value for one in open_duties(standing.duties)]
    asked = await helping.of_breach(tx, standing.breach.id)
    if any(one.state is HelpState.ASKED for one in asked):
        waiting.append("help")
    if waiting:
        raise BreachUnfinished(f"still open: {', '.join(waiting)}", rule=lifecycle.RULE, open=", ".join(waiting))
