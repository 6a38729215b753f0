"""Sources as the watch looks at them. The only module that reads `sql/queries/certificates/source_mark.sql`."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.watching.model import SourceStanding
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

PAGE: Final = statement("certificates/source_mark.page", SourceStanding)
FIND: Final = statement("certificates/source_mark.find", SourceStanding)
RAISE: Final = statement("certificates/source_mark.raise", Nothing)
ACCEPT: Final = statement("certificates/source_mark.accept", Nothing)


async def page(tx: Transaction, *, after: UUID, count: int) -> list[SourceStanding]:
    """Read a page of the sources that somebody reads, by id."""
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)


async def find(tx: Transaction, source_id: UUID) -> SourceStanding | None:
    return await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, source_id=source_id)


async def raise_most(tx: Transaction, most: Mapping[UUID, int]) -> None:
    """Say that these sources had so many certificates."""
    ids = sorted(most)
    counts = [most[one] for one in ids]
    await RAISE.run(tx, main_connector_id=tx.scope.main_connector_id, ids=ids, most=counts)


async def accept(tx: Transaction, source_id: UUID, most: int) -> None:
    """Say that a source has as many certificates as it should."""
    await ACCEPT.run(tx, main_connector_id=tx.scope.main_connector_id, source_id=source_id, most=most)
