"""A request answered, and a patient told of it. Of several answers at once exactly one counts."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.renewals import duties, history, lifecycle, owing
from kanta_tenancy.renewals.errors import DutyNotOpen
from kanta_tenancy.renewals.lifecycle import RULE, Move
from kanta_tenancy.renewals.model import Party, Reason, RenewalClosed, Request, Step, Way
from kanta_tenancy.renewals.store import duties as duty_store
from kanta_tenancy.renewals.store import requests as store


async def answer(
    tx: Transaction, clock: Clock, request_id: UUID, move: Move, *, reason: Reason | None, told: Way | None
) -> Request:
    """Close a request by an answer; a rejection begins the duty to tell the patient, and may say that it is done.

    Whoever has the request is asked first, and an answer of the other side counts all the same: it was given in the
    national service, where there is one answer alone.

    Raises:
        RequestNotFound: the scope has none of that id.
        MoveNotAllowed: it is closed, or has lapsed.
        RenewalNotAllowed: a prescription of its kind cannot be renewed.
        RequestRefused: the reason is missing, or too many.
    """
    before = await store.take(tx, request_id)
    at = clock.now()
    by = party(tx)
    after = lifecycle.answer(before, move, by=by, reason=reason, at=at)
    await store.save(tx, [after])
    await store.add_steps(
        tx, [(after, Step(at=at, done=after.state.value, state=after.state, person=after.person, party=by))]
    )
    if after.holds is not None:
        await promises.owe(tx, owing.to_unhold(after.holds, after, at=at))
    owes = lifecycle.owes_telling(after)
    if owes:
        await _begin(tx, after, by, told=told, at=at)
    said = history.of_request(
        "answered", after, at=at, by=by.value, reason=None if reason is None else reason.value, told=told and told.value
    )
    closed = RenewalClosed(request_id=after.id, state=after.state, at=at) if owes else None
    await record(tx, said, announce=closed)
    return after


async def tell_patient(tx: Transaction, clock: Clock, request_id: UUID, way: Way) -> Request:
    """Put down that a patient was told, and how; who the patient is stays in the patient information system.

    Raises:
        RequestNotFound: the scope has none of that id.
        DutyNotOpen: nobody is to be told, or that was put down before.
    """
    request = await store.take(tx, request_id)
    at = clock.now()
    if not await duty_store.settle(tx, request_id, at=at, by=party(tx), way=way):
        raise DutyNotOpen("the patient need not be told of it, or was told already", rule=RULE)
    await promises.keep(tx, owing.reminding(request_id), at=at, result={"way": way.value})
    step = Step(at=at, done="informed", state=request.state, way=way, party=party(tx))
    await store.add_steps(tx, [(request, step)])
    await record(tx, history.of_request("patient_told", request, at=at, way=way.value))
    return request


def party(tx: Transaction) -> Party:
    """Return on which side somebody acts."""
    return Party.MAIN_CONNECTOR if tx.scope.tenancy_id is None else Party.TENANT


async def _begin(tx: Transaction, request: Request, by: Party, *, told: Way | None, at: datetime) -> None:
    duty = duties.begun(request, by)
    await duty_store.open_all(tx, [duty])
    await promises.owe(tx, owing.to_remind(duty))
    if told is not None:
        await duty_store.settle(tx, request.id, at=at, by=by, way=told)
        await promises.keep(tx, owing.reminding(request.id), at=at, result={"way": told.value})
        await store.add_steps(tx, [(request, Step(at=at, done="informed", state=request.state, way=told, party=by))])
