"""A disturbance over HTTP from its end on: cause and remedy found out, closed, opened again."""

from typing import Final
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances.actions import assessing, closing
from kanta_tenancy.disturbances.bodies.closing import FindingOut, Reopening
from kanta_tenancy.disturbances.bodies.disturbances import ShownDisturbance
from kanta_tenancy.disturbances.errors import DisturbanceUnfinished
from kanta_tenancy.disturbances.routes.disturbances import MOVED, MOVES, acted
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals


@post(
    "/disturbances/{disturbance_id:uuid}/findings",
    operation_id="findOutOfDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def find_out(
    disturbance_id: FromPath[UUID], data: JSONBody[FindingOut], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say what the cause was, or the remedy, or both; each stands under the name of who said it, and none is lost."""
    version = call.expected_version
    return await acted(call, lambda tx: closing.find_out(tx, call.clock, disturbance_id, data.said(), version=version))


@post(
    "/disturbances/{disturbance_id:uuid}/closing",
    operation_id="closeDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED, DisturbanceUnfinished),
)
async def close(disturbance_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownDisturbance]:
    """Close it: every duty was told or need not be, cause and remedy are known, and no other room holds it open.

    The refusal names everything that is missing, duty by duty. Follow-ups may be open: they live on until each is done,
    and `GET /v1/disturbances/{disturbance_id}/follow-ups` lists them.
    """
    version = call.expected_version
    return await acted(call, lambda tx: closing.close(tx, call.clock, disturbance_id, version=version))


@post(
    "/disturbances/{disturbance_id:uuid}/reopening",
    operation_id="reopenDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def reopen(
    disturbance_id: FromPath[UUID], data: JSONBody[Reopening], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say that it is not over after all, and why; tenants who were told of it are told so.

    One that was closed is over then: new facts can be assessed, and it is closed anew.
    """
    version = call.expected_version
    return await acted(
        call, lambda tx: assessing.reopen(tx, call.clock, disturbance_id, version=version, because=data.because)
    )


HANDLERS: Final = (find_out, close, reopen)
