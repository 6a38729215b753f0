"""Kept revocation data in PostgreSQL. The only module that reads `sql/queries/trust/revocation.sql`."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import MainConnectorId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.trust.model import KeptStatement, Statement

SUPERSEDE: Final = statement("trust/revocation.supersede", Nothing)
INSERT: Final = statement("trust/revocation.insert", Nothing)
AT: Final = statement("trust/revocation.at", Statement)
NEWEST_OF: Final = statement("trust/revocation.newest_of", Statement)
FORGET: Final = statement("trust/revocation.forget", Nothing)
PAGE: Final = statement("trust/revocation.page", KeptStatement)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
_IDENTITY: Final = ("authority_sha256", "kind", "about", "produced_at")


async def add(tx: Transaction, statements: Iterable[Statement], *, at: datetime) -> None:
    """Keep statements, and say of what they follow that there is newer.

    All who keep several do so in one order, or two could wait for each other.
    """
    asked_at = {"main_connector_id": tx.scope.main_connector_id, "at": at}
    for one in sorted(statements, key=_order):
        said = msgspec.structs.asdict(one)
        await SUPERSEDE.run(tx, **asked_at, **{name: said[name] for name in _IDENTITY})
        await INSERT.run(tx, id=new_id(), **asked_at, **said)


async def at_instant(tx: Transaction, main_connector_id: MainConnectorId, at: datetime) -> list[Statement]:
    """Read what was the newest of each authority, certificate and part at an instant."""
    return await AT.all(tx, main_connector_id=main_connector_id, at=at)


async def newest_of(tx: Transaction, authorities: Collection[str], serials: Collection[str]) -> list[Statement]:
    return await NEWEST_OF.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        authorities=list(authorities),
        serials=list(serials),
    )


async def forget(tx: Transaction, authorities: Collection[str], *, older_than: datetime) -> int:
    """Delete what was superseded before an instant."""
    return await FORGET.run(
        tx, main_connector_id=tx.scope.main_connector_id, authorities=list(authorities), older_than=older_than
    )


async def page(tx: Transaction, *, before: UUID | None, count: int) -> list[KeptStatement]:
    """Read a page of what is known of each, newest first."""
    begin = before or NEWEST_POSSIBLE
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, before=begin, count=count)


def _order(one: Statement) -> tuple[str, ...]:
    return one.authority_sha256, one.kind, one.about, one.sha256
