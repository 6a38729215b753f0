"""What stands behind certificates, in PostgreSQL. The only module that reads `sql/queries/certificates/impact.sql`."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.impact.model import Reach
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

REACH: Final = statement("certificates/impact.reach", Reach)


async def reach(tx: Transaction, days: Mapping[UUID, date]) -> list[Reach]:
    """Count what stands behind certificates, each on its day."""
    return await REACH.all(
        tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(days), days=list(days.values())
    )
