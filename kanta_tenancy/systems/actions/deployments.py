"""Which service of whom runs on which system: put down, and its period said anew."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.systems import checking, history, lifecycle
from kanta_tenancy.systems.model import Deployment, DeploymentSaid
from kanta_tenancy.systems.store import deployments as store
from kanta_tenancy.systems.store import systems


async def deploy(
    tx: Transaction,
    clock: Clock,
    *,
    system_id: UUID,
    service: str,
    tenancy_id: TenancyId | None,
    since: date,
    until: date | None,
) -> Deployment:
    """Put down that a service runs on a system for somebody, from a day on, past or future.

    Args:
        tenancy_id: whose service it is; None: the main connector's own.

    Raises:
        SystemNotFound, TenancyNotFound: there is none such.
        SystemMoveNotAllowed: the system was withdrawn before the period ends.
        SystemRefused: the service or the period is not acceptable.
        DeploymentOverlaps: that service of theirs runs on that system in that time already.
    """
    system = await systems.share(tx, system_id)
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    checking.running(service, since, until)
    lifecycle.check_serves(system, until)
    at = clock.now()
    deployment = Deployment(
        id=new_id(),
        system_id=system_id,
        service=service,
        tenancy_id=tenancy_id,
        since=since,
        until=until,
        version=1,
        created_at=at,
    )
    await store.add(tx, deployment)
    await _tell(tx, clock, "began", None, deployment)
    return deployment


async def change(
    tx: Transaction, clock: Clock, deployment_id: UUID, *, version: int, since: date, until: date | None
) -> Deployment:
    """Say anew in which period a service runs on a system; one that ends on its first day never did.

    Raises:
        DeploymentNotFound, DeploymentChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: the system was withdrawn before the period ends.
        SystemRefused: the period is not acceptable.
        DeploymentOverlaps: that service of theirs runs on that system in that time already.
    """
    before = await store.take(tx, deployment_id, version)
    system = await systems.share(tx, before.system_id)
    checking.running(before.service, since, until)
    lifecycle.check_serves(system, until)
    after = replace(before, since=since, until=until, version=before.version + 1)
    await store.save(tx, after)
    await _tell(tx, clock, "changed", before, after)
    return after


async def _tell(tx: Transaction, clock: Clock, done: str, before: Deployment | None, after: Deployment) -> None:
    at = clock.now()
    told = DeploymentSaid(
        deployment_id=after.id,
        system_id=after.system_id,
        service=after.service,
        since=after.since,
        until=after.until,
        at=at,
    )
    await record(tx, history.of_deployment(done, before, after, at=at), announce=told)
