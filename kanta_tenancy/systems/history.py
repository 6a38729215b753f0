"""How the journal names what happened to systems: on the main connector's chain, a deployment on its tenant's."""

from datetime import datetime

from kanta_tenancy.machinery.postgres.journal import Act, digest_of
from kanta_tenancy.systems.model import Deployment, InformationSystem

Facts = str | int | None


def of_system(
    done: str, before: InformationSystem | None, after: InformationSystem, *, at: datetime, **facts: Facts
) -> Act:
    return Act(
        action=f"information_system.{done}",
        subject=f"information_system/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def of_deployment(done: str, before: Deployment | None, after: Deployment, *, at: datetime) -> Act:
    return Act(
        action=f"deployment.{done}",
        subject=f"deployment/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={
            "system": str(after.system_id),
            "service": after.service,
            "since": after.since.isoformat(),
            "until": None if after.until is None else after.until.isoformat(),
        },
    )
