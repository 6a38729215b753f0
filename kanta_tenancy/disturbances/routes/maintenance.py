"""Planned maintenance, and the status page, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import telling
from kanta_tenancy.disturbances.bodies import status as bodies
from kanta_tenancy.disturbances.bodies.disturbances import Dismissing, Planning, ShownDisturbance, said_of
from kanta_tenancy.disturbances.bodies.page import POLICY, as_page
from kanta_tenancy.disturbances.bodies.status import StatusPage
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.routes.disturbances import MOVED, MOVES, acted
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.readers import for_reader
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import SystemNotFound


@post(
    "/maintenance",
    operation_id="planMaintenance",
    opt=needs(Permission.DISTURBANCES_MANAGE, etag=True),
    responses=refusals(DisturbanceRefused, SystemNotFound),
)
async def plan(data: JSONBody[Planning], call: NamedDependency[Call]) -> Response[ShownDisturbance]:
    """Put down maintenance to come, and tell the tenants concerned at once; two weeks ahead is what is meant."""
    return await acted(call, lambda tx: telling.plan(tx, call.clock, data.said()), made=True)


@post(
    "/maintenance/{disturbance_id:uuid}/cancellation",
    operation_id="cancelMaintenance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def cancel(
    disturbance_id: FromPath[UUID], data: JSONBody[Dismissing], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say that it does not come, and why; whoever was told of it is told so."""
    version, text = call.expected_version, said_of(data.text)
    return await acted(
        call,
        lambda tx: telling.cancel(tx, call.clock, disturbance_id, version=version, because=data.because, text=text),
    )


@get(
    "/disturbances/status",
    operation_id="readDisturbanceStatus",
    opt=needs(Permission.DISTURBANCES_READ, page=True),
)
async def read_status(call: NamedDependency[Call]) -> Response[StatusPage]:
    """See how everything stands that you were told of in the last thirty days, and what maintenance is to come."""
    now = call.clock.now()
    day = day_in_finland(now)
    async with call.transaction() as tx:
        found = await reading.status_page(tx, now)
        lines = [bodies.line(one, await reading.shown_system(tx, one.system_id, day), day) for one in found]
    page = StatusPage(at=now, items=tuple(lines))
    return for_reader(call.request, page, lambda language: as_page(page, language), policy=POLICY)


HANDLERS: Final = (plan, cancel, read_status)
