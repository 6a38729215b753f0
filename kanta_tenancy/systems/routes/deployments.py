"""Deployments over HTTP, and the questions that they answer on any day."""

from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy import parties
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import deployments as actions
from kanta_tenancy.systems.bodies import deployments as bodies
from kanta_tenancy.systems.bodies.deployments import (
    DayAsked,
    Dependencies,
    DependenciesAsked,
    DeploymentPeriod,
    NewDeployment,
    PageOnDay,
    ShownDependant,
    ShownDeployment,
    ShownMismatch,
    ShownReach,
)
from kanta_tenancy.systems.errors import (
    DeploymentChanged,
    DeploymentNotFound,
    DeploymentOverlaps,
    SystemMoveNotAllowed,
    SystemNotFound,
    SystemRefused,
)
from kanta_tenancy.systems.model import Dependant, DependantPosition, Deployment, Mismatch


@post(
    "/deployments",
    operation_id="deployService",
    opt=needs(Permission.SYSTEMS_WRITE, etag=True),
    responses=refusals(SystemNotFound, TenancyNotFound, SystemMoveNotAllowed, SystemRefused, DeploymentOverlaps),
)
async def deploy_service(data: JSONBody[NewDeployment], call: NamedDependency[Call]) -> Response[ShownDeployment]:
    """Put down that a Kanta service of a tenant, or of the main connector, runs on a system from a day on."""
    return await once(
        call,
        lambda tx: actions.deploy(
            tx,
            call.clock,
            system_id=data.system_id,
            service=data.service,
            tenancy_id=None if data.tenancy_id is None else TenancyId(data.tenancy_id),
            since=data.since,
            until=data.until,
        ),
        answer=partial(_answer, made=True),
    )


@get("/deployments", operation_id="listDeployments", opt=needs(Permission.SYSTEMS_READ, query=PageQuery))
async def list_deployments(call: NamedDependency[Call]) -> Response[Page[ShownDeployment]]:
    """List deployments, those that are over and those to come too, newest first; to a tenant, its own."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.newest_deployments(tx, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=bodies.shown)


@get(
    "/deployments/mismatches",
    operation_id="listMismatches",
    opt=needs(Permission.SYSTEMS_READ, query=PageOnDay),
)
async def list_mismatches(call: NamedDependency[Call]) -> Response[Page[ShownMismatch]]:
    """List the tenancies whose Annex 1 and what runs for them differ on a day; to a tenant, itself.

    A service that runs and is not in Annex 1, and one of Annex 1 that nothing is known to run. It refuses nothing.
    """
    asked = call.asked(PageOnDay)
    day = _day(call, asked.day)
    async with call.transaction() as tx:
        rows = await reading.mismatches(tx, day, after=asked.position(UUID), count=asked.fetch)
        tenants = await parties.tenants_on(tx, [row.tenancy_id for row in rows], day)
    return paged(
        call.request,
        asked,
        rows,
        position=_tenancy,
        body=lambda row: bodies.mismatch(row, tenants.get(row.tenancy_id)),
    )


@get(
    "/deployments/{deployment_id:uuid}",
    operation_id="readDeployment",
    opt=needs(Permission.SYSTEMS_READ, etag=True),
    responses=refusals(DeploymentNotFound),
)
async def read_deployment(deployment_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownDeployment]:
    """Read one deployment."""
    async with call.transaction() as tx:
        deployment = await reading.deployment(tx, deployment_id)
    return unless_seen(call.request, bodies.shown(deployment), deployment.version)


@put(
    "/deployments/{deployment_id:uuid}",
    operation_id="changeDeployment",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    responses=refusals(DeploymentNotFound, DeploymentChanged, SystemMoveNotAllowed, SystemRefused, DeploymentOverlaps),
)
async def change_deployment(
    deployment_id: FromPath[UUID], data: JSONBody[DeploymentPeriod], call: NamedDependency[Call]
) -> Response[ShownDeployment]:
    """Say anew in which period a service runs on a system: so one is ended."""
    async with call.transaction() as tx:
        deployment = await actions.change(
            tx, call.clock, deployment_id, version=call.expected_version, since=data.since, until=data.until
        )
    return _answer(deployment)


@get(
    "/tenancies/{tenancy_id:uuid}/systems",
    operation_id="systemsOfTenancy",
    opt=needs(Permission.SYSTEMS_READ, query=DependenciesAsked),
    responses=refusals(TenancyNotFound),
)
async def systems_of_tenancy(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Dependencies:
    """Tell what a tenant depends on, on a day: each of its services with the systems that it runs on.

    Also what runs and is not in its Annex 1 that day, and what its Annex 1 has and nothing is known to run.
    """
    asked = call.asked(DependenciesAsked)
    day = _day(call, asked.day)
    async with call.transaction() as tx:
        mismatch = await reading.mismatch(tx, TenancyId(tenancy_id), day)
        return await _dependencies(tx, TenancyId(tenancy_id), asked.service, day, mismatch)


@get(
    "/systems/own",
    operation_id="systemsOfMainConnector",
    opt=needs(Permission.SYSTEMS_READ, query=DependenciesAsked),
)
async def systems_of_main_connector(call: NamedDependency[Call]) -> Dependencies:
    """Tell what the main connector itself depends on, on a day; a tenant is told nothing."""
    asked = call.asked(DependenciesAsked)
    async with call.transaction() as tx:
        return await _dependencies(tx, None, asked.service, _day(call, asked.day), None)


@get(
    "/systems/{system_id:uuid}/deployments",
    operation_id="deploymentsOnSystem",
    opt=needs(Permission.SYSTEMS_READ, query=PageOnDay),
    responses=refusals(SystemNotFound),
)
async def deployments_on_system(
    system_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownDependant]]:
    """Tell whose services stand behind a system on a day, by tenancy: whom it hits when the system fails."""
    asked = call.asked(PageOnDay)
    day = _day(call, asked.day)
    async with call.transaction() as tx:
        await reading.system(tx, system_id)
        rows = await reading.behind(tx, system_id, day, after=asked.position(DependantPosition), count=asked.fetch)
        tenants = await parties.tenants_on(tx, {one.tenancy_id for one in rows if one.tenancy_id is not None}, day)
    return paged(
        call.request,
        asked,
        rows,
        position=_place,
        body=lambda row: bodies.dependant(row, None if row.tenancy_id is None else tenants.get(row.tenancy_id)),
    )


@get(
    "/systems/{system_id:uuid}/reach",
    operation_id="reachOfSystem",
    opt=needs(Permission.SYSTEMS_READ, query=DayAsked),
    responses=refusals(SystemNotFound),
)
async def reach_of_system(system_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownReach:
    """Count the tenants and deployments that stand behind a system on a day; a tenant counts itself alone."""
    day = _day(call, call.asked(DayAsked).day)
    async with call.transaction() as tx:
        await reading.system(tx, system_id)
        return bodies.reach(await reading.reach(tx, system_id, day), day)


async def _dependencies(
    tx: Transaction, tenancy_id: TenancyId | None, service: str | None, day: date, mismatch: Mismatch | None
) -> Dependencies:
    if service is None:
        found = await reading.dependencies_of(tx, tenancy_id, day)
    else:
        found = await reading.systems_serving(tx, tenancy_id, service, day)
    return Dependencies(
        day=day,
        tenancy_id=tenancy_id,
        items=tuple(map(bodies.dependency, found)),
        not_in_annex=() if mismatch is None else mismatch.not_in_annex,
        without_system=() if mismatch is None else mismatch.without_system,
    )


def _day(call: Call, asked: date | None) -> date:
    return asked or day_in_finland(call.clock.now())


def _answer(deployment: Deployment, *, made: bool = False) -> Response[ShownDeployment]:
    location = f"/v1/deployments/{deployment.id}" if made else None
    return with_etag(bodies.shown(deployment), deployment.version, location=location)


def _id(deployment: Deployment) -> UUID:
    return deployment.id


def _tenancy(mismatch: Mismatch) -> UUID:
    return mismatch.tenancy_id


def _place(found: Dependant) -> DependantPosition:
    return DependantPosition(holder=found.holder, service=found.service)


HANDLERS: Final = (
    deploy_service, list_deployments, list_mismatches, read_deployment, change_deployment, systems_of_tenancy,
    systems_of_main_connector, deployments_on_system, reach_of_system,
)  # fmt: skip
