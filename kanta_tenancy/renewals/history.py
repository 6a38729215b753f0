"""How the journal names what happened: a request by our own identifier alone, never by its prescription."""

from datetime import datetime
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.journal import Act, digest_of
from kanta_tenancy.renewals.model import Request

Facts = str | int | None


def of_request(done: str, after: Request, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"renewal_request.{done}",
        subject=f"renewal_request/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        facts={"state": after.state.value, **facts},
    )


def of(
    kind: str,
    done: str,
    identity: UUID,
    *,
    tenancy_id: TenancyId | None,
    at: datetime,
    before: msgspec.Struct | None = None,
    after: msgspec.Struct | None = None,
    **facts: Facts,
) -> Act:
    return Act(
        action=f"{kind}.{done}",
        subject=f"{kind}/{identity}",
        at=at,
        tenancy_id=tenancy_id,
        before=None if before is None else digest_of(before),
        after=None if after is None else digest_of(after),
        facts=facts,
    )
