"""Deployments in PostgreSQL. The only module that reads `sql/queries/systems/deployment.sql`."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.systems.errors import DeploymentChanged, DeploymentNotFound, DeploymentOverlaps
from kanta_tenancy.systems.model import Dependant, DependantPosition, Dependency, Deployed, Deployment, Reach


class Lasting(Record, frozen=True, kw_only=True):
    deployments: int


INSERT: Final = statement("systems/deployment.insert", Nothing)
FIND: Final = statement("systems/deployment.find", Deployment)
TAKE: Final = statement("systems/deployment.take", Deployment)
SAVE: Final = statement("systems/deployment.save", Nothing)
NEWEST: Final = statement("systems/deployment.newest", Deployment)
OF_SYSTEMS: Final = statement("systems/deployment.of_systems", Deployment)
DEPENDENCIES: Final = statement("systems/deployment.dependencies", Dependency)
BEHIND: Final = statement("systems/deployment.behind", Dependant)
BEHIND_OF: Final = statement("systems/deployment.behind_of", Dependant)
REACH: Final = statement("systems/deployment.reach", Reach)
LASTING: Final = statement("systems/deployment.lasting", Lasting)
DEPLOYED: Final = statement("systems/deployment.deployed", Deployed)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
BEGINNING: Final = DependantPosition(holder=UUID(int=0), service="")


async def add(tx: Transaction, deployment: Deployment) -> None:
    """Write a deployment on a system that the transaction shares.

    Raises:
        DeploymentOverlaps: that service of theirs runs on that system in that time already.
    """
    with _once_at_a_time():
        await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(deployment))


async def find(tx: Transaction, deployment_id: UUID) -> Deployment:
    """Read a deployment.

    Raises:
        DeploymentNotFound: the scope has none of that id.
    """
    realm = tx.scope.main_connector_id
    return _found(await FIND.one(tx, main_connector_id=realm, deployment_id=deployment_id), deployment_id)


async def take(tx: Transaction, deployment_id: UUID, version: int) -> Deployment:
    """Read a deployment and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        DeploymentNotFound: the scope has none of that id.
        DeploymentChanged: it is at another version.
    """
    realm = tx.scope.main_connector_id
    held = _found(await TAKE.one(tx, main_connector_id=realm, deployment_id=deployment_id), deployment_id)
    if held.version != version:
        raise DeploymentChanged(f"the deployment is at version {held.version}, not {version}", version=held.version)
    return held


async def save(tx: Transaction, deployment: Deployment) -> None:
    """Say the period of a deployment that the transaction holds anew.

    Raises:
        DeploymentOverlaps: that service of theirs runs on that system in that time already.
    """
    with _once_at_a_time():
        await SAVE.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            id=deployment.id,
            since=deployment.since,
            until=deployment.until,
            version=deployment.version,
        )


async def newest(tx: Transaction, *, before: UUID | None, count: int) -> list[Deployment]:
    begin = before or NEWEST_POSSIBLE
    return await NEWEST.all(tx, main_connector_id=tx.scope.main_connector_id, before=begin, count=count)


async def of_systems(tx: Transaction, system_ids: Collection[UUID]) -> list[Deployment]:
    return await OF_SYSTEMS.all(tx, main_connector_id=tx.scope.main_connector_id, system_ids=list(system_ids))


async def dependencies(tx: Transaction, holder: UUID, services: Collection[str], day: date) -> list[Dependency]:
    """Read what somebody's services run on, on a day.

    Args:
        holder: a tenancy, or the main connector itself.
    """
    return await DEPENDENCIES.all(
        tx, main_connector_id=tx.scope.main_connector_id, holder=holder, services=list(services), day=day
    )


async def behind(
    tx: Transaction, system_id: UUID, day: date, *, after: DependantPosition | None, count: int
) -> list[Dependant]:
    """Read a page of those who stand behind a system on a day; in a tenant's scope, itself."""
    begin = after or BEGINNING
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "system_id": system_id,
        "day": day,
        "after_holder": begin.holder,
        "after_service": begin.service,
        "count": count,
    }
    if tx.scope.tenancy_id is None:
        return await BEHIND.all(tx, **asked)
    return await BEHIND_OF.all(tx, holder=tx.scope.tenancy_id, **asked)


async def reach(tx: Transaction, system_id: UUID, day: date) -> Reach:
    """Count what stands behind a system on a day, as far as the scope sees it."""
    found = await REACH.one(tx, main_connector_id=tx.scope.main_connector_id, system_id=system_id, day=day)
    return Reach(tenants=0, deployments=0) if found is None else found


async def lasting(tx: Transaction, system_id: UUID, day: date) -> int:
    """Count the deployments on a system that hold on a day or after it."""
    found = await LASTING.one(tx, main_connector_id=tx.scope.main_connector_id, system_id=system_id, day=day)
    return 0 if found is None else found.deployments


async def deployed(tx: Transaction, day: date, *, after: UUID, count: int) -> list[Deployed]:
    """Read a page of the services that run for each tenancy on a day, by tenancy."""
    return await DEPLOYED.all(tx, main_connector_id=tx.scope.main_connector_id, day=day, after=after, count=count)


def _found(deployment: Deployment | None, deployment_id: UUID) -> Deployment:
    if deployment is None:
        raise DeploymentNotFound(f"no deployment {deployment_id}")
    return deployment


@contextmanager
def _once_at_a_time() -> Generator[None]:
    try:
        yield
    except asyncpg.ExclusionViolationError as why:
        raise DeploymentOverlaps("that service of theirs runs on that system in that time already") from why
