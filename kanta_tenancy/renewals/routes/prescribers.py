"""Who may prescribe and is there, and how requests are followed, over HTTP."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound
from kanta_tenancy.renewals import reading
from kanta_tenancy.renewals.actions import policies
from kanta_tenancy.renewals.actions import prescribers as actions
from kanta_tenancy.renewals.bodies import prescribers as bodies
from kanta_tenancy.renewals.bodies.prescribers import (
    NewPrescriber,
    SaidAbsence,
    SaidOfPrescriber,
    SaidPolicy,
    SaidPrevention,
    ShownListedPrescriber,
    ShownPolicy,
    ShownPrescriber,
    ShownPrevention,
)
from kanta_tenancy.renewals.errors import (
    AbsenceNotFound,
    PolicyRefused,
    PrescriberChanged,
    PrescriberNotFound,
    PrescriberRefused,
    PrescriberTaken,
    PreventionNotFound,
    UnitNotFound,
)
from kanta_tenancy.renewals.model import DecidedPolicy
from kanta_tenancy.renewals.staff import KnownPrescriber, ListedPrescriber, Prevention

Acted = Callable[[Transaction], Awaitable[KnownPrescriber]]


@post(
    "/prescribers",
    operation_id="namePrescriber",
    opt=needs(Permission.RENEWALS_MANAGE, etag=True),
    responses=refusals(TenancyNotFound, PrescriberRefused, PrescriberTaken, UnitNotFound),
)
async def name_prescriber(data: JSONBody[NewPrescriber], call: NamedDependency[Call]) -> Response[ShownPrescriber]:
    """Name somebody who may prescribe: at a tenant, or at the main connector, where a responsible physician is."""
    tenancy_id = None if data.tenancy_id is None else TenancyId(data.tenancy_id)
    return await _acted(
        call,
        lambda tx: actions.name(tx, call.clock, tenancy_id=tenancy_id, code=data.code, said=data.said()),
        made=True,
    )


@get("/prescribers", operation_id="listPrescribers", opt=needs(Permission.RENEWALS_READ, query=PageQuery))
async def list_prescribers(call: NamedDependency[Call]) -> Response[Page[ShownListedPrescriber]]:
    """List prescribers in the order in which they were named; to a tenant, its own."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.listed_prescribers(tx, after=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=bodies.listed)


@get(
    "/prescribers/{prescriber_id:uuid}",
    operation_id="readPrescriber",
    opt=needs(Permission.RENEWALS_READ, etag=True),
    responses=refusals(PrescriberNotFound),
)
async def read_prescriber(prescriber_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownPrescriber]:
    """Read somebody with their units, working hours and absences."""
    async with call.transaction() as tx:
        found = await reading.prescriber(tx, prescriber_id)
    return unless_seen(call.request, bodies.shown(found), found.version)


@put(
    "/prescribers/{prescriber_id:uuid}",
    operation_id="amendPrescriber",
    opt=needs(Permission.RENEWALS_MANAGE, if_match=True),
    responses=refusals(PrescriberNotFound, PrescriberChanged, PrescriberRefused, UnitNotFound),
)
async def amend_prescriber(
    prescriber_id: FromPath[UUID], data: JSONBody[SaidOfPrescriber], call: NamedDependency[Call]
) -> Response[ShownPrescriber]:
    """Say anew who somebody is, at which units and hours, and until when; requests follow at once."""
    async with call.transaction() as tx:
        after = await actions.amend(tx, call.clock, prescriber_id, version=call.expected_version, said=data.said())
    return _answer(bodies.shown(after))


@post(
    "/prescribers/{prescriber_id:uuid}/absences",
    operation_id="addAbsence",
    opt=needs(Permission.RENEWALS_MANAGE, etag=True),
    responses=refusals(PrescriberNotFound, PrescriberRefused),
)
async def add_absence(
    prescriber_id: FromPath[UUID], data: JSONBody[SaidAbsence], call: NamedDependency[Call]
) -> Response[ShownPrescriber]:
    """Put down when somebody is not there; what they have goes to others, if they would not come to it in time."""
    return await _acted(
        call,
        lambda tx: actions.be_absent(tx, call.clock, prescriber_id, since=data.since, until=data.until),
        made=True,
    )


@post(
    "/prescribers/{prescriber_id:uuid}/absences/{absence_id:uuid}/withdrawal",
    operation_id="withdrawAbsence",
    opt=needs(Permission.RENEWALS_MANAGE, etag=True),
    status_code=200,
    responses=refusals(PrescriberNotFound, AbsenceNotFound),
)
async def withdraw_absence(
    prescriber_id: FromPath[UUID], absence_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownPrescriber]:
    """Put down that an absence falls away. What went to the responsible physician stays there."""
    return await _acted(call, lambda tx: actions.be_there(tx, call.clock, prescriber_id, absence_id))


@post(
    "/renewal-preventions",
    operation_id="sayPrevented",
    opt=needs(Permission.RENEWALS_MANAGE),
    responses=refusals(TenancyNotFound, PrescriberRefused),
)
async def say_prevented(data: JSONBody[SaidPrevention], call: NamedDependency[Call]) -> Response[ShownPrevention]:
    """Say that a tenant is prevented: its requests go to the main connector's responsible physician (clause 15)."""
    tenancy_id = None if data.tenancy_id is None else TenancyId(data.tenancy_id)
    return await once(
        call,
        lambda tx: actions.be_prevented(tx, call.clock, tenancy_id=tenancy_id, since=data.since, until=data.until),
        answer=_prevention,
    )


@get("/renewal-preventions", operation_id="listPreventions", opt=needs(Permission.RENEWALS_READ, query=PageQuery))
async def list_preventions(call: NamedDependency[Call]) -> Response[Page[ShownPrevention]]:
    """List when tenants said that they are prevented, newest first; to a tenant, its own."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.listed_preventions(tx, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_prevention_id, body=bodies.prevention)


@post(
    "/renewal-preventions/{prevention_id:uuid}/end",
    operation_id="endPrevention",
    opt=needs(Permission.RENEWALS_MANAGE),
    status_code=200,
    responses=refusals(PreventionNotFound),
)
async def end_prevention(prevention_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownPrevention]:
    """Say that a tenant is prevented no longer. What went to the responsible physician stays there."""
    return await once(call, lambda tx: actions.be_able(tx, call.clock, prevention_id), answer=_prevention)


@get("/renewal-policy", operation_id="readRenewalPolicy", opt=needs(Permission.RENEWALS_READ))
async def read_policy(call: NamedDependency[Call]) -> ShownPolicy:
    """Read when people are warned of requests and when these go to the responsible physician."""
    async with call.transaction() as tx:
        return bodies.policy(await reading.policy(tx, call.clock.now()))


@post(
    "/renewal-policy",
    operation_id="chooseRenewalPolicy",
    opt=needs(Permission.RENEWALS_DECIDE),
    responses=refusals(PolicyRefused),
)
async def choose_policy(data: JSONBody[SaidPolicy], call: NamedDependency[Call]) -> Response[ShownPolicy]:
    """Choose it, for every request that is open and those to come. The physician always has a day."""
    return await once(call, lambda tx: policies.choose(tx, call.clock, data.policy()), answer=_policy)


async def _acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownPrescriber]:
    async def do(tx: Transaction) -> ShownPrescriber:
        return bodies.shown(await act(tx))

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: ShownPrescriber, *, made: bool = False) -> Response[ShownPrescriber]:
    return with_etag(body, body.version, location=f"/v1/prescribers/{body.id}" if made else None)


def _prevention(one: Prevention) -> Response[ShownPrevention]:
    return Response(bodies.prevention(one))


def _policy(one: DecidedPolicy) -> Response[ShownPolicy]:
    return Response(bodies.policy(one))


def _id(one: ListedPrescriber) -> UUID:
    return one.id


def _prevention_id(one: Prevention) -> UUID:
    return one.id


HANDLERS: Final = (
    name_prescriber, list_prescribers, read_prescriber, amend_prescriber, add_absence, withdraw_absence, say_prevented,
    list_preventions, end_prevention, read_policy, choose_policy,
)  # fmt: skip
