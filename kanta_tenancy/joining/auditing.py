"""Which promises should exist, computed anew from this room's own rows: the audit of the ledger asks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from kanta_tenancy import promises
from kanta_tenancy.joining import owing
from kanta_tenancy.joining.model import Status, Wanted
from kanta_tenancy.joining.store import change_notices as store
from kanta_tenancy.machinery.postgres.database import Transaction

_PAGE: Final = 500


async def expected(tx: Transaction, _: datetime) -> AsyncIterator[promises.Expected]:
    """Say which promises should exist: one for each notice that is planned."""
    after = None
    while found := await store.page(tx, Wanted(statuses=(Status.PLANNED,)), after=after, count=_PAGE):
        for notice in found:
            yield promises.Expected(
                key=owing.key_of(notice.id), subject=owing.subject(notice), due_at=owing.due_at(notice)
            )
        after = store.position(found[-1])
