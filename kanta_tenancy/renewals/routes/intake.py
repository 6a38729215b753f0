"""Renewal requests as the patient information system tells of them, one or many."""

from typing import Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.renewals.actions import intake as actions
from kanta_tenancy.renewals.bodies.requests import (
    ShownRequest,
    TakenIn,
    ToldArrival,
    ToldArrivals,
    outcome,
    shown,
)
from kanta_tenancy.renewals.errors import NotReceived, PatientDataRefused, RequestDiffers, RequestRefused, UnitNotFound
from kanta_tenancy.renewals.model import Outcome


@post(
    "/renewal-requests",
    operation_id="takeInRenewalRequest",
    opt=needs(Permission.RENEWALS_RECEIVE, etag=True),
    responses=refusals(PatientDataRefused, RequestRefused, UnitNotFound, NotReceived, RequestDiffers),
)
async def take_in(data: JSONBody[ToldArrival], call: NamedDependency[Call]) -> Response[ShownRequest]:
    """Tell of a renewal request that has arrived; told again, it is there once. It is with somebody within a second.

    What looks like a patient's name, personal identity code, telephone number or words about a patient is refused by
    its name: there is no place for it.
    """

    async def act(tx: Transaction) -> ShownRequest:
        request, _ = await actions.take_in_one(tx, call.clock, data.arrival())
        return shown(request, call.clock.now())

    return await once(
        call, act, answer=lambda body: with_etag(body, body.version, location=f"/v1/renewal-requests/{body.id}")
    )


@post(
    "/renewal-requests/batch",
    operation_id="takeInRenewalRequests",
    opt=needs(Permission.RENEWALS_RECEIVE),
    status_code=200,
    responses=refusals(PatientDataRefused, RequestRefused),
)
async def take_in_many(data: JSONBody[ToldArrivals], call: NamedDependency[Call]) -> Response[TakenIn]:
    """Tell of up to 500 requests at once. Each is taken in or says why not; a mistake in one refuses all.

    `known`: it was told before. `differs`: another one of that identifier is there. `not_received`, `unknown_unit`:
    the unit receives none, or nobody has named it.
    """
    return await once(
        call,
        lambda tx: actions.take_in(tx, call.clock, [one.arrival() for one in data.requests]),
        answer=_answer,
    )


def _answer(taken: list[Outcome]) -> Response[TakenIn]:
    return Response(TakenIn(items=tuple(map(outcome, taken))))


HANDLERS: Final = (take_in, take_in_many)
