"""What stands behind certificates, in PostgreSQL. The only module that reads `sql/queries/certificates/impact.sql`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.impact.model import (
    AffectedHolder,
    AffectedSystem,
    Reach,
    Subject,
    UnderlyingCertificate,
    UnderlyingPosition,
)
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

REACH: Final = statement("certificates/impact.reach", Reach)
SUBJECT: Final = statement("certificates/impact.subject", Subject)
SYSTEMS: Final = statement("certificates/impact.systems", AffectedSystem)
HOLDERS: Final = statement("certificates/impact.holders", AffectedHolder)
UNDERLYING: Final = statement("certificates/impact.underlying", UnderlyingCertificate)

_FIRST: Final = UUID(int=0)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
BEGINNING: Final = UnderlyingPosition(
    ends_s=(datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1), id=_FIRST
)


async def reach(tx: Transaction, days: Mapping[UUID, date]) -> list[Reach]:
    """Count what stands behind certificates, each on its day."""
    return await REACH.all(
        tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(days), days=list(days.values())
    )


async def subject(tx: Transaction, certificate_id: UUID) -> Subject:
    """Read what is told of a certificate beside its impact.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    found = await SUBJECT.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    if found is None:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    return found


async def systems(tx: Transaction, certificate: Subject, day: date) -> list[AffectedSystem]:
    """Read the systems that use a certificate on a day, by name."""
    return await SYSTEMS.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        certificate_id=certificate.id,
        kind=certificate.kind,
        day=day,
        holds_beyond=start_of_day(day + timedelta(days=1)),
    )


async def holders(
    tx: Transaction, certificate_id: UUID, day: date, *, after: UUID | None, count: int
) -> list[AffectedHolder]:
    """Read a page of those whose services stand behind a certificate on a day, by tenancy."""
    return await HOLDERS.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        certificate_id=certificate_id,
        day=day,
        after=after or _FIRST,
        count=count,
    )


async def underlying(
    tx: Transaction, holder: UUID, day: date, *, after: UnderlyingPosition | None, count: int
) -> list[UnderlyingCertificate]:
    """Read a page of the certificates that somebody's services depend on, on a day, by their end."""
    begin = after or BEGINNING
    return await UNDERLYING.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        holder=holder,
        day=day,
        after_end=_EPOCH + timedelta(seconds=begin.ends_s),
        after_id=begin.id,
        count=count,
    )


def position(certificate: UnderlyingCertificate) -> UnderlyingPosition:
    """Return where a page ends with this one."""
    ends_at = certificate.not_after or NEVER
    return UnderlyingPosition(ends_s=(ends_at - _EPOCH) // timedelta(seconds=1), id=certificate.id)
