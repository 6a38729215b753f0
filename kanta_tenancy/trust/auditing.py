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
from kanta_tenancy.trust.store import watched

_PAGE: Final = 500


async def warnings_expected(tx: Transaction, at: datetime) -> AsyncIterator[promises.Expected]:
    """Say which promises to warn there should be: one for each certificate that is kept."""
    before: UUID | None = None
    while found := await store.page(tx, tuple(AnchorKind), at=at, before=before, count=_PAGE):
        for anchor in found:
            yield promises.Expected(key=owing.warning_key(anchor), subject=owing.subject(anchor))
        before = found[-1].id


async def refreshes_expected(tx: Transaction, at: datetime) -> AsyncIterator[promises.Expected]:
    """Say which promises to refresh there should be: one for each chain whose certificate has not expired."""
    after: str | None = None
    while found := await watched.page(tx, after=after, count=_PAGE):
        for one in found:
            if one.until >= at:
                yield promises.Expected(key=owing.refresh_key(one), subject=owing.refresh_subject(one))
        after = found[-1].sha256
