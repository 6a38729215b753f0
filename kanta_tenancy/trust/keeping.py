"""What authorities said is kept, and what was kept is read: for those who asked, and for the next who would ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.trust import fitting
from kanta_tenancy.trust.model import Statement
from kanta_tenancy.trust.store import revocation

KEPT_FOR: Final = timedelta(days=30)  # after there was newer


async def keep(tx: Transaction, path: Sequence[x509.Certificate], data: RevocationData, *, at: datetime) -> None:
    """Keep what of fetched data is about the certificates of a path and signed by who may say so."""
    await revocation.add(tx, fitting.statements(data, path), at=at)
    await revocation.forget(tx, fitting.authorities_of(path), older_than=at - KEPT_FOR)


async def kept(tx: Transaction, path: Sequence[x509.Certificate]) -> list[Statement]:
    """Read the newest that is kept about the certificates of a path."""
    serials = [fitting.serial_of(each) for each in path[:-1]]
    return await revocation.newest_of(tx, fitting.authorities_of(path), serials)
