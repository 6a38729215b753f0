"""How the journal names what happened to disturbances: a tenant's own acts are on its chain."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.disturbances.case import Disturbance, KeptDuty
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.journal import Act, digest_of

Facts = str | int | None


def of_disturbance(done: str, before: Disturbance | None, after: Disturbance, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"disturbance.{done}",
        subject=f"disturbance/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def of_duty(done: str, before: KeptDuty, after: KeptDuty, *, at: datetime) -> Act:
    return Act(
        action=f"disturbance_duty.{done}",
        subject=f"disturbance_duty/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=digest_of(before),
        after=digest_of(after),
        facts={
            "disturbance": str(after.disturbance_id),
            "rule": after.rule,
            "round": after.round,
            "channel": None if after.channel is None else after.channel.value,
        },
    )


def occurred(
    action: str, subject: str, subject_id: UUID, *, tenancy_id: TenancyId | None, at: datetime, **facts: Facts
) -> Act:
    return Act(action=action, subject=f"{subject}/{subject_id}", at=at, tenancy_id=tenancy_id, facts=facts)
