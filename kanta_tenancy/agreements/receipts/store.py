"""Seals on receipts in PostgreSQL. The only module that reads `sql/queries/agreements/receipt.sql`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.model import Agreement, Party
from kanta_tenancy.agreements.receipts.model import Unsealed
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/receipt.insert", Nothing)
UNSEALED: Final = statement("agreements/receipt.unsealed", Unsealed)

_PAGE: Final = 500


async def add(tx: Transaction, agreement: Agreement, party: Party, seal: str, sealed_at: datetime) -> None:
    """Keep the seal on a receipt; one that is there stays as it is."""
    await INSERT.run(
        tx,
        agreement_id=agreement.id,
        party=party,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=agreement.tenancy_id,
        seal=seal,
        sealed_at=sealed_at,
    )


async def unsealed(tx: Transaction, *, after: UUID) -> list[Unsealed]:
    """Read a page of agreements with a receipt that is not sealed, by id."""
    return await UNSEALED.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=_PAGE)
