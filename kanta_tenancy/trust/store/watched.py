"""Watched chains in PostgreSQL. The only module that reads `sql/queries/trust/watched.sql`."""

from datetime import datetime
from typing import Final

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.trust.model import Watched

INSERT: Final = statement("trust/watched.insert", Nothing)
FIND: Final = statement("trust/watched.find", Watched)
NOTE: Final = statement("trust/watched.note", Nothing)
PAGE: Final = statement("trust/watched.page", Watched)


async def add(tx: Transaction, watched: Watched) -> bool:
    """Watch a chain; False when it is watched already."""
    added = await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        sha256=watched.sha256,
        certificates=watched.certificates,
        name=watched.name,
        since=watched.since,
        until=watched.until,
    )
    return added == 1


async def find(tx: Transaction, sha256: str) -> Watched | None:
    return await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, sha256=sha256)


async def note(tx: Transaction, sha256: str, *, standing: str, reason: str, at: datetime) -> None:
    realm = tx.scope.main_connector_id
    await NOTE.run(tx, main_connector_id=realm, sha256=sha256, standing=standing, reason=reason, asked_at=at)


async def page(tx: Transaction, *, after: str | None, count: int) -> list[Watched]:
    """Read a page of watched chains, by fingerprint."""
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after or "", count=count)
