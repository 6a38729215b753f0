"""How the journal names what happened to an agreement."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.journal import Act, digest_of


def act(action: str, before: Agreement | None, after: Agreement, *, at: datetime, **facts: str | int | None) -> Act:
    return Act(
        action=f"agreement.{action}",
        subject=f"agreement/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def occurred(
    action: str, subject_id: UUID, *, tenancy_id: TenancyId | None, at: datetime, **facts: str | int | None
) -> Act:
    """Return the entry for something that was put down; `action` names its kind before the dot, as subjects do.

    Args:
        tenancy_id: in whose chain it stands; None: in the main connector's own, which the tenant does not see.
    """
    kind = action.partition(".")[0]
    return Act(action=action, subject=f"{kind}/{subject_id}", at=at, tenancy_id=tenancy_id, facts=facts)
