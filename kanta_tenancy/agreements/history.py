"""How the journal names what happened to an agreement."""

from datetime import datetime

from kanta_tenancy.agreements.model import Agreement
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
