"""Follow-ups and faults over HTTP; a tenant notifies faults, sees its own, and finishes what is its own to do."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances.errors import DisturbanceNotFound, DisturbanceRefused
from kanta_tenancy.disturbances.follow_ups import actions, reading
from kanta_tenancy.disturbances.follow_ups.bodies import (
    Changing,
    Explaining,
    FollowUpPlanning,
    FollowUpsAsked,
    FollowUpStateAsked,
    Notifying,
    Showing,
    ShownFollowUp,
    shown,
)
from kanta_tenancy.disturbances.follow_ups.errors import (
    FollowUpChanged,
    FollowUpMoveNotAllowed,
    FollowUpNotFound,
    FollowUpOfAnother,
)
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, Move, Position
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound
from kanta_tenancy.systems import SystemNotFound

MOVED: Final = (FollowUpNotFound, FollowUpChanged, FollowUpMoveNotAllowed, DisturbanceRefused)
MANAGES: Final = needs(Permission.DISTURBANCES_MANAGE, if_match=True)
READS: Final = needs(Permission.DISTURBANCES_READ, query=FollowUpsAsked)


@get("/follow-ups", operation_id="listFollowUps", opt=READS)
async def list_follow_ups(call: NamedDependency[Call]) -> Response[Page[ShownFollowUp]]:
    """List what disturbances have left to do: what is open, the earliest due first, or any; to a tenant, its own."""
    return await _listed(call, FollowUpKind.ACTION)


@get("/faults", operation_id="listFaults", opt=READS)
async def list_faults(call: NamedDependency[Call]) -> Response[Page[ShownFollowUp]]:
    """List faults that were notified: what is open, the earliest due first, or any; to a tenant, its own."""
    return await _listed(call, FollowUpKind.FAULT)


@get(
    "/disturbances/{disturbance_id:uuid}/follow-ups",
    operation_id="listFollowUpsOfDisturbance",
    opt=needs(Permission.DISTURBANCES_READ, query=PageQuery),
    responses=refusals(DisturbanceNotFound),
)
async def list_of_disturbance(
    disturbance_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownFollowUp]]:
    """List what a disturbance has left, follow-ups and faults, in the order in which it was put down."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.of_disturbance(tx, disturbance_id, after=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown)


@get(
    "/follow-ups/{follow_up_id:uuid}",
    operation_id="readFollowUp",
    opt=needs(Permission.DISTURBANCES_READ, etag=True),
    responses=refusals(FollowUpNotFound),
)
async def read_follow_up(follow_up_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFollowUp]:
    """Read a follow-up or a fault."""
    async with call.transaction() as tx:
        found = await reading.follow_up(tx, follow_up_id)
    return unless_seen(call.request, shown(found), found.version)


@post(
    "/disturbances/{disturbance_id:uuid}/follow-ups",
    operation_id="planFollowUp",
    opt=needs(Permission.DISTURBANCES_MANAGE, etag=True),
    responses=refusals(DisturbanceNotFound, TenancyNotFound, DisturbanceRefused),
)
async def plan(
    disturbance_id: FromPath[UUID], data: JSONBody[FollowUpPlanning], call: NamedDependency[Call]
) -> Response[ShownFollowUp]:
    """Put down what a disturbance has left to do, whatever state it is in; it lives on until it is done."""
    return await once(call, lambda tx: actions.add_action(tx, call.clock, disturbance_id, data.said()), answer=_made)


@post(
    "/faults",
    operation_id="notifyFault",
    opt=needs(Permission.DISTURBANCES_REPORT, etag=True),
    responses=refusals(DisturbanceNotFound, SystemNotFound, TenancyNotFound, DisturbanceRefused),
)
async def notify(data: JSONBody[Notifying], call: NamedDependency[Call]) -> Response[ShownFollowUp]:
    """Notify a fault (clause 19). It is tracked until it is corrected, and the tenant is told how it stands."""
    return await once(call, lambda tx: actions.notify_fault(tx, call.clock, data.said()), answer=_made)


@put(
    "/follow-ups/{follow_up_id:uuid}",
    operation_id="changeFollowUp",
    opt=MANAGES,
    responses=refusals(*MOVED),
)
async def change(
    follow_up_id: FromPath[UUID], data: JSONBody[Changing], call: NamedDependency[Call]
) -> Response[ShownFollowUp]:
    """Say anew what is to be done, by whom and until when."""
    async with call.transaction() as tx:
        found = await actions.change(tx, call.clock, follow_up_id, data.said(), version=call.expected_version)
    return _answer(found)


@post(
    "/follow-ups/{follow_up_id:uuid}/completion",
    operation_id="completeFollowUp",
    opt=needs(Permission.DISTURBANCES_REPORT, if_match=True),
    status_code=200,
    responses=refusals(*MOVED, FollowUpOfAnother),
)
async def complete(
    follow_up_id: FromPath[UUID], data: JSONBody[Showing], call: NamedDependency[Call]
) -> Response[ShownFollowUp]:
    """Say that it is done, or the fault corrected, with what shows it; a tenant says it of what is its own to do."""
    return await _settled(call, follow_up_id, Move.FINISH, data.evidence)


@post(
    "/follow-ups/{follow_up_id:uuid}/dropping",
    operation_id="dropFollowUp",
    opt=MANAGES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def drop(
    follow_up_id: FromPath[UUID], data: JSONBody[Explaining], call: NamedDependency[Call]
) -> Response[ShownFollowUp]:
    """Say that it will not be done, and why."""
    return await _settled(call, follow_up_id, Move.DROP, data.because)


@post(
    "/follow-ups/{follow_up_id:uuid}/reopening",
    operation_id="reopenFollowUp",
    opt=MANAGES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def reopen(
    follow_up_id: FromPath[UUID], data: JSONBody[Explaining], call: NamedDependency[Call]
) -> Response[ShownFollowUp]:
    """Say that it was not done after all, or that the fault came back, and why; its day may have to be said anew."""
    return await _settled(call, follow_up_id, Move.REOPEN, data.because)


async def _listed(call: Call, kind: FollowUpKind) -> Response[Page[ShownFollowUp]]:
    asked = call.asked(FollowUpsAsked)
    tenancy_id = None if asked.tenancy is None else TenancyId(asked.tenancy)
    async with call.transaction() as tx:
        if asked.state is FollowUpStateAsked.OPEN:
            after = asked.position(Position)
            rows = await reading.open_ones(tx, kind, tenancy_id, after=after, count=asked.fetch)
            return paged(call.request, asked, rows, position=_place, body=shown)
        before = asked.position(UUID)
        rows = await reading.settled(tx, kind, asked.states, tenancy_id, before=before, count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown)


async def _settled(call: Call, follow_up_id: UUID, wanted: Move, note: str) -> Response[ShownFollowUp]:
    version = call.expected_version
    act = partial(
        actions.settle, clock=call.clock, follow_up_id=follow_up_id, wanted=wanted, note=note, version=version
    )
    return await once(call, act, answer=_answer)


def _made(one: FollowUp) -> Response[ShownFollowUp]:
    return with_etag(shown(one), one.version, location=f"/v1/follow-ups/{one.id}")


def _answer(one: FollowUp) -> Response[ShownFollowUp]:
    return with_etag(shown(one), one.version)


def _id(one: FollowUp) -> UUID:
    return one.id


def _place(one: FollowUp) -> Position:
    return Position(due_on=one.due_on, id=one.id)


HANDLERS: Final = (
    list_follow_ups, list_faults, list_of_disturbance, read_follow_up, plan, notify, change, complete, drop, reopen,
)  # fmt: skip
ROUTES: Final = Router(path="/", route_handlers=HANDLERS, tags=["Follow-ups"])
