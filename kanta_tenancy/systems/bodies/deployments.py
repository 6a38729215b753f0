"""Deployments, and the questions that they answer, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.parties import NamedOnDay
from kanta_tenancy.systems.model import (
    Dependant,
    Dependency,
    Deployment,
    Firm,
    Mismatch,
    Reach,
    SystemKind,
    SystemState,
    Upkeep,
)

ServiceKey = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=40, description="A key of the service catalogue", examples=["prescription"]),
]
Day = Annotated[date, msgspec.Meta(description="Past or future; today in Finland when it is left out")]
Until = Annotated[date | None, msgspec.Meta(description="Exclusive; null: until further notice")]


class NewDeployment(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a Kanta service of somebody runs on a system."""

    system_id: UUID
    service: ServiceKey
    tenancy_id: (
        Annotated[UUID, msgspec.Meta(description="Whose service; left out: the main connector's own")] | None
    ) = None
    since: Annotated[date, msgspec.Meta(description="The first day, past or future")]
    until: Until = None


class DeploymentPeriod(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which period a service runs on a system; one that ends on its first day never did."""

    since: date
    until: Until = None


class DependenciesAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    service: Annotated[ServiceKey, msgspec.Meta(description="Of this service alone")] | None = None


class DayAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None


class PageOnDay(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None


class ShownDeployment(Body, frozen=True, kw_only=True):
    id: UUID
    system_id: UUID
    service: str
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector's own")]
    since: date
    until: Until
    version: int
    created_at: datetime


class ShownDependency(Body, frozen=True, kw_only=True):
    """A service with a system that it runs on."""

    deployment_id: UUID
    service: str
    since: date
    until: Until
    system_id: UUID
    kind: SystemKind
    name: str
    system_class: str
    state: SystemState
    producer: Firm
    upkeep: Upkeep | None
    security_last_day: Annotated[date | None, msgspec.Meta(description="Of the security certificate that stands")]


class Dependencies(Body, frozen=True, kw_only=True):
    """What somebody depends on, on a day."""

    day: date
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector itself")]
    items: tuple[ShownDependency, ...]
    not_in_annex: Annotated[tuple[str, ...], msgspec.Meta(description="Services that run and are not in Annex 1")]
    without_system: Annotated[tuple[str, ...], msgspec.Meta(description="Services of Annex 1 that nothing runs")]


class ShownDependant(Body, frozen=True, kw_only=True):
    """A service that stands behind a system, and whose it is."""

    deployment_id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector's own")]
    tenant: Annotated[str | None, msgspec.Meta(description="Its name on that day")]
    business_id: str | None
    service: str
    since: date
    until: Until


class ShownReach(Body, frozen=True, kw_only=True):
    """How much stands behind a system on a day."""

    day: date
    tenants: int
    deployments: int


class ShownMismatch(Body, frozen=True, kw_only=True):
    """Where a tenant's Annex 1 and what runs for it differ on a day."""

    tenancy_id: UUID
    tenant: Annotated[str | None, msgspec.Meta(description="Its name on that day")]
    not_in_annex: tuple[str, ...]
    without_system: tuple[str, ...]


def shown(deployment: Deployment) -> ShownDeployment:
    return ShownDeployment(**msgspec.structs.asdict(deployment))


def dependency(found: Dependency) -> ShownDependency:
    return ShownDependency(**msgspec.structs.asdict(found))


def dependant(found: Dependant, tenant: NamedOnDay | None) -> ShownDependant:
    return ShownDependant(
        deployment_id=found.deployment_id,
        tenancy_id=found.tenancy_id,
        tenant=None if tenant is None else tenant.name,
        business_id=None if tenant is None else tenant.business_id,
        service=found.service,
        since=found.since,
        until=found.until,
    )


def reach(found: Reach, day: date) -> ShownReach:
    return ShownReach(day=day, tenants=found.tenants, deployments=found.deployments)


def mismatch(found: Mismatch, tenant: NamedOnDay | None) -> ShownMismatch:
    return ShownMismatch(
        tenancy_id=found.tenancy_id,
        tenant=None if tenant is None else tenant.name,
        not_in_annex=found.not_in_annex,
        without_system=found.without_system,
    )
