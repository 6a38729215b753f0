"""What authorities said of certificates. The only module that reads `sql/queries/certificates/revocation.sql`."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.chains.model import Asked, Pair, Revocation
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

OF: Final = statement("certificates/revocation.of", Revocation)
PUT: Final = statement("certificates/revocation.put", Nothing)
PAIR: Final = statement("certificates/revocation.pair", Pair)
EXPECTED: Final = statement("certificates/revocation.expected", Asked)

BEGINNING: Final = UUID(int=0)


async def of(tx: Transaction, ids: Collection[UUID]) -> list[Revocation]:
    return await OF.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def put(tx: Transaction, said: Revocation) -> None:
    await PUT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(said))


async def pair(tx: Transaction, certificate_id: UUID) -> Pair | None:
    """Read a certificate with the one of its issuer; None when it is not there."""
    return await PAIR.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)


async def expected(tx: Transaction, at: datetime, *, after: UUID | None, count: int) -> list[Asked]:
    """Read a page of the certificates about which an authority is to be asked at an instant, by id."""
    return await EXPECTED.all(
        tx, main_connector_id=tx.scope.main_connector_id, at=at, after=after or BEGINNING, count=count
    )
