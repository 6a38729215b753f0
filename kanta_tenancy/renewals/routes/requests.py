"""Work lists, answers, and patients who are to be told, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.renewals import reading
from kanta_tenancy.renewals.actions import answers as actions
from kanta_tenancy.renewals.bodies import requests as bodies
from kanta_tenancy.renewals.bodies.requests import (
    Answering,
    DutiesAsked,
    LookedUp,
    PatientToTell,
    RequestsAsked,
    ShownRequest,
    ShownWhole,
    TellingPatient,
)
from kanta_tenancy.renewals.errors import (
    DutyNotOpen,
    MoveNotAllowed,
    RenewalNotAllowed,
    RequestNotFound,
    RequestRefused,
)
from kanta_tenancy.renewals.lifecycle import ANSWERS, RULE
from kanta_tenancy.renewals.model import OPEN, Duty, Position, Request

_FOUND: Final = 200  # of one prescription: far more than there can be


@get("/renewal-requests", operation_id="listRenewalRequests", opt=needs(Permission.RENEWALS_READ, query=RequestsAsked))
async def list_requests(call: NamedDependency[Call]) -> Response[Page[ShownRequest]]:
    """List open requests, what lapses first before the rest: of all, a tenant, a prescriber, or the physician.

    With `state`, those of one outcome, oldest first: so what has lapsed is found. A tenant lists its own.
    """
    asked = call.asked(RequestsAsked)
    now, after = call.clock.now(), asked.position(Position)
    tenancy_id = None if asked.tenancy is None else TenancyId(asked.tenancy)
    closed = asked.state is not None and asked.state not in OPEN
    async with call.transaction() as tx:
        if asked.state is not None and closed:
            rows = await reading.closed_requests(tx, asked.state, tenancy_id=tenancy_id, after=after, count=asked.fetch)
        else:
            wanted = reading.Wanted(
                tenancy_id=tenancy_id, own=asked.own, person=asked.prescriber, with_physician=asked.physician
            )
            rows = await reading.open_requests(tx, wanted, after=after, count=asked.fetch)
    return paged(
        call.request,
        asked,
        rows,
        position=_closed if closed else _lapses,
        body=lambda row: bodies.shown(row, now),
    )


@get(
    "/renewal-requests/found",
    operation_id="findRenewalRequests",
    opt=needs(Permission.RENEWALS_READ, query=LookedUp),
    responses=refusals(RequestRefused),
)
async def find_requests(call: NamedDependency[Call]) -> list[ShownRequest]:
    """Find a request by the identifier that the national service gave it, or those for a prescription, newest first.

    As long as they are kept whole: nothing else tells a prescription.
    """
    asked = call.asked(LookedUp)
    if (asked.request_id is None) is (asked.prescription_id is None):
        raise RequestRefused("ask for a request_id or for a prescription_id", rule=RULE)
    now = call.clock.now()
    async with call.transaction() as tx:
        if asked.prescription_id is not None:
            found = await reading.of_prescription(tx, asked.prescription_id, count=_FOUND)
        else:
            found = await reading.of_request_id(tx, asked.request_id or "")
    return [bodies.shown(one, now) for one in found]


@get(
    "/renewal-requests/{request_id:uuid}",
    operation_id="readRenewalRequest",
    opt=needs(Permission.RENEWALS_READ, etag=True),
    responses=refusals(RequestNotFound),
)
async def read_request(request_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownWhole]:
    """Read a request: why it is with whom it is with, what can be done, what happened, and what follows."""
    async with call.transaction() as tx:
        found = await reading.whole(tx, request_id)
    return unless_seen(call.request, bodies.whole(found, call.clock.now()), found.request.version)


@post(
    "/renewal-requests/{request_id:uuid}/answer",
    operation_id="answerRenewalRequest",
    opt=needs(Permission.RENEWALS_ANSWER, etag=True),
    status_code=200,
    responses=refusals(RequestNotFound, MoveNotAllowed, RenewalNotAllowed, RequestRefused),
)
async def answer_request(
    request_id: FromPath[UUID], data: JSONBody[Answering], call: NamedDependency[Call]
) -> Response[ShownWhole]:
    """Put down the answer that was given in the national service. Of several at once exactly one counts.

    No version is named: with whom a request is may change at any time, and that makes no answer wrong. A rejection
    begins the duty to tell the patient; `patient_told` says that it is done.
    """
    if data.answer not in ANSWERS:
        raise RequestRefused("answer: renew, reject or return", rule=RULE)

    async def act(tx: Transaction) -> ShownWhole:
        await actions.answer(tx, call.clock, request_id, data.answer, reason=data.reason, told=data.patient_told)
        return bodies.whole(await reading.whole(tx, request_id), call.clock.now())

    return await once(call, act, answer=_answer)


@post(
    "/renewal-requests/{request_id:uuid}/patient-told",
    operation_id="tellPatientOfRenewalRequest",
    opt=needs(Permission.RENEWALS_ANSWER, etag=True),
    status_code=200,
    responses=refusals(RequestNotFound, DutyNotOpen),
)
async def tell_patient(
    request_id: FromPath[UUID], data: JSONBody[TellingPatient], call: NamedDependency[Call]
) -> Response[ShownWhole]:
    """Put down that the patient was told of a rejection or a lapse, and how; never who the patient is."""

    async def act(tx: Transaction) -> ShownWhole:
        await actions.tell_patient(tx, call.clock, request_id, data.way)
        return bodies.whole(await reading.whole(tx, request_id), call.clock.now())

    return await once(call, act, answer=_answer)


@get(
    "/renewal-duties",
    operation_id="listRenewalDuties",
    opt=needs(Permission.RENEWALS_READ, query=DutiesAsked),
)
async def list_duties(call: NamedDependency[Call]) -> Response[Page[PatientToTell]]:
    """List the requests of which a patient is still to be told, what is due first before the rest."""
    asked = call.asked(DutiesAsked)
    tenancy_id = None if asked.tenancy is None else TenancyId(asked.tenancy)
    async with call.transaction() as tx:
        rows = await reading.open_duties(tx, tenancy_id=tenancy_id, after=asked.position(Position), count=asked.fetch)
    return paged(call.request, asked, rows, position=_due, body=bodies.duty)


def _answer(body: ShownWhole) -> Response[ShownWhole]:
    return with_etag(body, body.version)


def _lapses(request: Request) -> Position:
    return Position(at=request.lapses_at, id=request.id)


def _closed(request: Request) -> Position:
    return Position(at=request.closed_at or request.lapses_at, id=request.id)


def _due(duty: Duty) -> Position:
    return Position(at=duty.due_at, id=duty.request)


HANDLERS: Final = (list_requests, find_requests, read_request, answer_request, tell_patient, list_duties)
