"""Questions about systems that change nothing; certificates and disturbances ask them too.

Each is one query that an index answers, whatever the day.
"""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.annex import reading as annexes
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.systems import findings, matching
from kanta_tenancy.systems.errors import CertificateNotFound
from kanta_tenancy.systems.model import (
    Dependant,
    DependantPosition,
    Dependency,
    Deployment,
    Document,
    EndingCertificate,
    EndingPosition,
    InformationSystem,
    ListedSystem,
    Mismatch,
    Reach,
    SystemFinding,
    SystemKind,
    SystemPosition,
    SystemState,
    Warned,
)
from kanta_tenancy.systems.store import certificates, deployments, systems

_FIRST: Final = UUID(int=0)
_PAGE: Final = 200  # tenancies at once


async def system(tx: Transaction, system_id: UUID) -> InformationSystem:
    """Read a system with its versions and certificates.

    Raises:
        SystemNotFound: the scope has none of that id.
    """
    return await systems.find(tx, system_id)


async def listed(
    tx: Transaction,
    *,
    states: Collection[SystemState] = tuple(SystemState),
    kinds: Collection[SystemKind] = tuple(SystemKind),
    after: SystemPosition | None,
    count: int,
) -> list[ListedSystem]:
    """Read a page of systems, by name."""
    return await systems.page(tx, states=states, kinds=kinds, after=after, count=count)


async def named(tx: Transaction, name: str) -> UUID | None:
    """Return the system of a name that was not withdrawn; None: there is none."""
    return (await systems.named(tx, [name])).get(name)


async def systems_serving(tx: Transaction, tenancy_id: TenancyId | None, service: str, day: date) -> list[Dependency]:
    """Tell which systems serve a service of a tenant on a day; without a tenancy, of the main connector itself."""
    return await deployments.dependencies(tx, _holder(tx, tenancy_id), (service,), day)


async def dependencies_of(tx: Transaction, tenancy_id: TenancyId | None, day: date) -> list[Dependency]:
    """Tell what a tenant depends on, on a day; without a tenancy, what the main connector itself does.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    every = [one.key for one in catalogue.services()]
    return await deployments.dependencies(tx, _holder(tx, tenancy_id), every, day)


async def behind(
    tx: Transaction, system_id: UUID, day: date, *, after: DependantPosition | None, count: int
) -> list[Dependant]:
    """Tell whose services stand behind a system on a day, a page at a time, by tenancy."""
    return await deployments.behind(tx, system_id, day, after=after, count=count)


async def reach(tx: Transaction, system_id: UUID, day: date) -> Reach:
    """Count the tenants and deployments that stand behind a system on a day."""
    return await deployments.reach(tx, system_id, day)


async def certificates_ending(
    tx: Transaction, before: date, *, after: EndingPosition | None, count: int
) -> list[EndingCertificate]:
    """Tell which certificates of systems end before a day, or have ended, and nothing stands in their place."""
    return await certificates.ending(tx, before, after=after, count=count)


async def warnings(tx: Transaction, system_id: UUID, certificate_id: UUID) -> list[Warned]:
    """Tell of what people were warned about a certificate; a tenant is not told.

    Raises:
        SystemNotFound, CertificateNotFound: the scope has none such.
    """
    await _certificate(tx, system_id, certificate_id)
    return await certificates.warnings(tx, certificate_id)


async def document(tx: Transaction, system_id: UUID, certificate_id: UUID) -> tuple[Document, bytes]:
    """Read the file that shows a certificate; a tenant sees none.

    Raises:
        SystemNotFound, CertificateNotFound, DocumentNotFound: the scope has none such.
    """
    await _certificate(tx, system_id, certificate_id)
    return await certificates.document(tx, certificate_id)


async def deployment(tx: Transaction, deployment_id: UUID) -> Deployment:
    """Read a deployment.

    Raises:
        DeploymentNotFound: the scope has none of that id.
    """
    return await deployments.find(tx, deployment_id)


async def newest_deployments(tx: Transaction, *, before: UUID | None, count: int) -> list[Deployment]:
    return await deployments.newest(tx, before=before, count=count)


async def concerns(tx: Transaction, found: InformationSystem, day: date) -> tuple[SystemFinding, ...]:
    """Tell what is not as it should be with a system on a day."""
    behind_it = await deployments.reach(tx, found.id, day)
    return findings.findings(found, day, serves=behind_it.deployments > 0)


async def mismatch(tx: Transaction, tenancy_id: TenancyId, day: date) -> Mismatch | None:
    """Tell where a tenant's Annex 1 and what runs for it differ on a day; None: nowhere.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    annex = await annexes.services_on(tx, tenancy_id, day)
    running = {one.service for one in await deployments.dependencies(tx, tenancy_id, _of_annexes(), day)}
    return matching.difference(tenancy_id, () if annex is None else annex.services, running, _of_annexes())


async def mismatches(tx: Transaction, day: date, *, after: UUID | None, count: int) -> list[Mismatch]:
    """Tell where Annex 1 and what runs differ on a day, of up to so many tenancies where they do, by tenancy."""
    found: list[Mismatch] = []
    until: UUID | None = after or _FIRST
    while until is not None and len(found) < count:
        more, until = await _compared(tx, day, after=until)
        found += more
    return found[:count]


async def _compared(tx: Transaction, day: date, *, after: UUID) -> tuple[list[Mismatch], UUID | None]:
    """Compare the next tenancies that have either; return up to which, None: to the end."""
    agreed = await annexes.services_in_use(tx, day, after=after, count=_PAGE)
    running = await deployments.deployed(tx, day, after=after, count=_PAGE)
    until = matching.read_up_to(([one.tenancy_id for one in agreed], [one.tenancy_id for one in running]), _PAGE)
    found = matching.differences(
        {one.tenancy_id: one.services for one in agreed if until is None or one.tenancy_id <= until},
        {one.tenancy_id: one.services for one in running if until is None or one.tenancy_id <= until},
        _of_annexes(),
    )
    return found, until


def _of_annexes() -> tuple[str, ...]:
    return tuple(one.key for one in catalogue.services() if one.tickable)


def _holder(tx: Transaction, tenancy_id: TenancyId | None) -> UUID:
    return tx.scope.main_connector_id if tenancy_id is None else tenancy_id


async def _certificate(tx: Transaction, system_id: UUID, certificate_id: UUID) -> None:
    found = await systems.find(tx, system_id)
    if certificate_id not in {one.id for one in found.certificates}:
        raise CertificateNotFound(f"the system has no certificate {certificate_id}")
