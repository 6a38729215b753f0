"""The inventory as a whole, in PostgreSQL. The only module that reads `sql/queries/certificates/export.sql`."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.exports.model import Ending, EndingPosition, ExportedCertificate
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement


class Identified(Record, frozen=True, kw_only=True):
    id: UUID


class Unreadables(Record, frozen=True, kw_only=True):
    certificates: int


IDS: Final = statement("certificates/export.ids", Identified)
IDS_OF: Final = statement("certificates/export.ids_of", Identified)
ROWS: Final = statement("certificates/export.rows", ExportedCertificate)
ENDING: Final = statement("certificates/export.ending", Ending)
ENDING_OF: Final = statement("certificates/export.ending_of", Ending)
UNREADABLE: Final = statement("certificates/export.unreadable", Unreadables)

LONGEST_PAGE: Final = 2_000  # as `ending` writes it out
_FIRST: Final = UUID(int=0)
BEGINNING: Final = EndingPosition(not_after=datetime.min.replace(tzinfo=UTC), id=_FIRST)


async def page(
    tx: Transaction, states: Collection[State], day: date, *, after: UUID | None, count: int
) -> list[ExportedCertificate]:
    """Read a page of certificates in the order in which they came, with what is known of each on a day."""
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "after": after or _FIRST,
        "states": list(states),
        "count": count,
    }
    tenancy_id = tx.scope.tenancy_id
    found = await (IDS.all(tx, **asked) if tenancy_id is None else IDS_OF.all(tx, **asked, tenancy_id=tenancy_id))
    ids = [one.id for one in found]
    return await ROWS.all(tx, main_connector_id=tx.scope.main_connector_id, ids=ids, day=day) if ids else []


async def ending(tx: Transaction, *, after: EndingPosition, count: int) -> list[Ending]:
    """Read a page of the certificates that are in use, by their end; those that cannot be read have none."""
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "after_end": after.not_after,
        "after_id": after.id,
        "count": count,
    }
    tenancy_id = tx.scope.tenancy_id
    return await (ENDING.all(tx, **asked) if tenancy_id is None else ENDING_OF.all(tx, **asked, tenancy_id=tenancy_id))


async def unreadable(tx: Transaction) -> int:
    """Count the certificates that are in use and cannot be read."""
    found = await UNREADABLE.one(tx, main_connector_id=tx.scope.main_connector_id)
    return 0 if found is None else found.certificates
