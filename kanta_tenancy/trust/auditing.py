"""Which promises should exist, computed anew from this room's own rows: the audit of the ledger asks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.trust import owing
from kanta_tenancy.trust.model import AnchorKind
from kanta_tenancy.trust.store import anchors as store

_PAGE: Final = 500


async def warnings_expected(tx: Transaction, at: datetime) -> AsyncIterator[promises.Expected]:
    """Say which promises to warn there should be: one for each certificate that is kept."""
    before: UUID | None = None
    while found := await store.page(tx, tuple(AnchorKind), at=at, before=before, count=_PAGE):
        for anchor in found:
            yield promises.Expected(key=owing.warning_key(anchor), subject=owing.subject(anchor))
        before = found[-1].id
