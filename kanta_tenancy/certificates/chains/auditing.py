"""Which promises should exist, computed anew from the certificates themselves: the audit of the ledger asks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains import owing
from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.certificates.chains.store import revocation
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Expected

_PAGE: Final = 500


async def questions_expected(tx: Transaction, at: datetime) -> AsyncIterator[Expected]:
    """Say which promises to ask about revocation there should be: one of each certificate whose issuer is here."""
    after: UUID | None = None
    while page := await revocation.expected(tx, at, after=after, count=_PAGE):
        for one in page:
            yield Expected(key=owing.key_of(one.id), subject=subject_of(one.id))
        after = page[-1].id
