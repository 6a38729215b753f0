"""Information systems and their versions over HTTP: translate, call one action, translate back."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import systems as actions
from kanta_tenancy.systems.bodies.systems import (
    SaidOfSystem,
    SaidRelease,
    ShownListedSystem,
    ShownSystem,
    SystemsAsked,
    TakingIntoUse,
    WithdrawingSystem,
    listed,
    shown,
)
from kanta_tenancy.systems.errors import (
    ReleaseNotFound,
    ReleaseOverlaps,
    SystemChanged,
    SystemMoveNotAllowed,
    SystemNameTaken,
    SystemNotFound,
    SystemRefused,
    SystemStillServes,
)
from kanta_tenancy.systems.model import InformationSystem, ListedSystem, SystemPosition

Acted = Callable[[Transaction], Awaitable[InformationSystem]]
MOVED: Final = (SystemNotFound, SystemChanged, SystemMoveNotAllowed, SystemRefused)


@post(
    "/systems",
    operation_id="registerSystem",
    opt=needs(Permission.SYSTEMS_WRITE, etag=True),
    responses=refusals(SystemRefused, SystemNameTaken),
)
async def register_system(data: JSONBody[SaidOfSystem], call: NamedDependency[Call]) -> Response[ShownSystem]:
    """Put an information system, or an intermediary's service, into the register; it is planned."""
    return await acted(call, lambda tx: actions.register(tx, call.clock, data.system()), made=True)


@get("/systems", operation_id="listSystems", opt=needs(Permission.SYSTEMS_READ, query=SystemsAsked))
async def list_systems(call: NamedDependency[Call]) -> Response[Page[ShownListedSystem]]:
    """List systems by name; to a tenant, those that serve it, served it or will."""
    asked = call.asked(SystemsAsked)
    after = asked.position(SystemPosition)
    async with call.transaction() as tx:
        rows = await reading.listed(tx, states=asked.states, kinds=asked.kinds, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/systems/{system_id:uuid}",
    operation_id="readSystem",
    opt=needs(Permission.SYSTEMS_READ, etag=True),
    responses=refusals(SystemNotFound),
)
async def read_system(system_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownSystem]:
    """Read a system with its versions, its certificates, and what is not as it should be today."""
    async with call.transaction() as tx:
        system = await reading.system(tx, system_id)
        body = await _shown(call, tx, system)
    return unless_seen(call.request, body, system.version)


@put(
    "/systems/{system_id:uuid}",
    operation_id="amendSystem",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    responses=refusals(*MOVED, SystemNameTaken),
)
async def amend_system(
    system_id: FromPath[UUID], data: JSONBody[SaidOfSystem], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Say anew what a system is, who answers for it and who keeps it running."""
    async with call.transaction() as tx:
        system = await actions.amend(tx, call.clock, system_id, data.system(), version=call.expected_version)
        body = await _shown(call, tx, system)
    return with_etag(body, system.version)


@post(
    "/systems/{system_id:uuid}/use",
    operation_id="takeSystemIntoUse",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*MOVED),
)
async def take_system_into_use(
    system_id: FromPath[UUID], data: JSONBody[TakingIntoUse], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Say from which day a system is in use. What it lacks for that is a finding, and refuses nothing."""
    return await acted(
        call, lambda tx: actions.take_into_use(tx, call.clock, system_id, version=call.expected_version, on=data.on)
    )


@post(
    "/systems/{system_id:uuid}/withdrawal",
    operation_id="withdrawSystem",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*MOVED, SystemStillServes),
)
async def withdraw_system(
    system_id: FromPath[UUID], data: JSONBody[WithdrawingSystem], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Say from which day a system is not in use any more; that is final. No service may run on it from then on."""
    return await acted(
        call,
        lambda tx: actions.withdraw(
            tx, call.clock, system_id, version=call.expected_version, on=data.on, because=data.reason
        ),
    )


@post(
    "/systems/{system_id:uuid}/releases",
    operation_id="addSystemRelease",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    responses=refusals(*MOVED, ReleaseOverlaps),
)
async def add_release(
    system_id: FromPath[UUID], data: JSONBody[SaidRelease], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Say which version of a system is in use from a day on; a day to come is a planned update."""
    return await acted(
        call,
        lambda tx: actions.add_release(tx, call.clock, system_id, data.release(), version=call.expected_version),
        made=True,
    )


@put(
    "/systems/{system_id:uuid}/releases/{release_id:uuid}",
    operation_id="changeSystemRelease",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    responses=refusals(*MOVED, ReleaseNotFound, ReleaseOverlaps),
)
async def change_release(
    system_id: FromPath[UUID], release_id: FromPath[UUID], data: JSONBody[SaidRelease], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Say a version and its period anew. `If-Match` names the version of the system."""
    async with call.transaction() as tx:
        version = call.expected_version
        system = await actions.change_release(tx, call.clock, system_id, release_id, data.release(), version=version)
        body = await _shown(call, tx, system)
    return with_etag(body, system.version)


async def acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownSystem]:
    """Do an action once and answer with the system as it is then."""

    async def do(tx: Transaction) -> ShownSystem:
        return await _shown(call, tx, await act(tx))

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: ShownSystem, *, made: bool) -> Response[ShownSystem]:
    return with_etag(body, body.version, location=f"/v1/systems/{body.id}" if made else None)


async def _shown(call: Call, tx: Transaction, system: InformationSystem) -> ShownSystem:
    return shown(system, await reading.concerns(tx, system, day_in_finland(call.clock.now())))


def _position(system: ListedSystem) -> Any:
    return SystemPosition(name=system.name, id=system.id)


HANDLERS: Final = (
    register_system, list_systems, read_system, amend_system, take_system_into_use, withdraw_system, add_release,
    change_release,
)  # fmt: skip
