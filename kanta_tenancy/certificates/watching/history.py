"""How the journal names what people did with watched servers and sources: on the main connector's chain."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.certificates.watching import owing
from kanta_tenancy.certificates.watching.model import WatchedEndpoint
from kanta_tenancy.machinery.postgres.journal import Act, digest_of


def of_endpoint(done: str, before: WatchedEndpoint | None, after: WatchedEndpoint, *, at: datetime) -> Act:
    return Act(
        action=f"certificate_endpoint.{done}",
        subject=owing.subject(after.id),
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={"place": owing.place_of(after), "server_name": after.server_name},
    )


def of_size(source_id: UUID, *, most: int | None, certificates: int, because: str, at: datetime) -> Act:
    return Act(
        action="certificate_source.size_accepted",
        subject=f"certificate_source/{source_id}",
        at=at,
        facts={"most": most, "certificates": certificates, "because": because},
    )
