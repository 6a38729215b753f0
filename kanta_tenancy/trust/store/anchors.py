"""Kept certificates in PostgreSQL. The only module that reads `sql/queries/trust/anchor.sql`."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement
from kanta_tenancy.trust.errors import AnchorChanged, AnchorNotFound
from kanta_tenancy.trust.model import Anchor, AnchorKind


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("trust/anchor.insert", Version)
KEPT: Final = statement("trust/anchor.kept", Anchor)
FIND: Final = statement("trust/anchor.find", Anchor)
TAKE: Final = statement("trust/anchor.take", Anchor)
REMOVE: Final = statement("trust/anchor.remove", Version)
AT: Final = statement("trust/anchor.at", Anchor)
PAGE: Final = statement("trust/anchor.page", Anchor)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
_LATER: Final = frozenset({"removed_at", "removed_by", "removed_because"})


async def add(tx: Transaction, anchor: Anchor) -> bool:
    """Write a newly loaded certificate; False, and nothing is written, when it is kept for the same already.

    Whoever adds several does so in the order of their fingerprints, or two could wait for each other.
    """
    said = {name: value for name, value in msgspec.structs.asdict(anchor).items() if name not in _LATER}
    return await INSERT.one(tx, main_connector_id=tx.scope.main_connector_id, **said) is not None


async def kept(tx: Transaction, kind: AnchorKind, sha256s: Collection[str]) -> list[Anchor]:
    return await KEPT.all(tx, main_connector_id=tx.scope.main_connector_id, kind=kind, sha256s=list(sha256s))


async def find(tx: Transaction, anchor_id: UUID) -> Anchor:
    """Read a kept certificate, removed or not.

    Raises:
        AnchorNotFound: the scope has none of that id.
    """
    anchor = await FIND.one(tx, anchor_id=anchor_id)
    if anchor is None:
        raise AnchorNotFound(f"no trusted certificate {anchor_id}")
    return anchor


async def take(tx: Transaction, anchor_id: UUID, version: int | None) -> Anchor:
    """Read a kept certificate and hold it until the transaction ends.

    Args:
        version: that the caller saw; None: whichever it is.

    Raises:
        AnchorNotFound: the scope has none of that id.
        AnchorChanged: it is at another version.
    """
    anchor = await TAKE.one(tx, anchor_id=anchor_id)
    if anchor is None:
        raise AnchorNotFound(f"no trusted certificate {anchor_id}")
    if version is not None and anchor.version != version:
        raise AnchorChanged(f"it is at version {anchor.version}, not {version}", version=anchor.version)
    return anchor


async def remove(tx: Transaction, anchor: Anchor) -> None:
    """Write that a certificate was removed.

    Raises:
        AnchorChanged: another transaction moved it first.
    """
    removed = await REMOVE.one(
        tx,
        anchor_id=anchor.id,
        removed_at=anchor.removed_at,
        removed_by=anchor.removed_by,
        removed_because=anchor.removed_because,
        version=anchor.version,
    )
    if removed is None:
        raise AnchorChanged(f"it is no longer at version {anchor.version - 1}")


async def at_instant(tx: Transaction, main_connector_id: MainConnectorId, at: datetime) -> list[Anchor]:
    return await AT.all(tx, main_connector_id=main_connector_id, at=at)


async def page(
    tx: Transaction, kinds: Collection[AnchorKind], *, at: datetime | None, before: UUID | None, count: int
) -> list[Anchor]:
    """Read a page, newest first: those of an instant, or all there ever were."""
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        kinds=list(kinds),
        at=at,
        before=before or NEWEST_POSSIBLE,
        count=count,
    )
