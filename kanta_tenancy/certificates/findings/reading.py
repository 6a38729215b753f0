"""Questions about findings that change nothing."""

from collections.abc import Collection
from uuid import UUID

from kanta_tenancy.certificates.findings import store
from kanta_tenancy.certificates.findings.model import FindingPosition, KeptFinding, OpenCount
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.database import Transaction


async def open_ones(
    tx: Transaction,
    *,
    severities: Collection[Severity] = tuple(Severity),
    family: str | None = None,
    after: FindingPosition | None,
    count: int,
) -> list[KeptFinding]:
    """Read a page of the findings that are open, newest first.

    Args:
        family: only rules that begin with this word; None: of every family.
    """
    before = None if after is None else after.id
    return await store.page(tx, cleared_too=False, severities=severities, family=family, before=before, count=count)


async def every_one(
    tx: Transaction,
    *,
    severities: Collection[Severity] = tuple(Severity),
    family: str | None = None,
    after: FindingPosition | None,
    count: int,
) -> list[KeptFinding]:
    """Read a page of all findings, those that were cleared too, newest first."""
    before = None if after is None else after.id
    return await store.page(tx, cleared_too=True, severities=severities, family=family, before=before, count=count)


async def of_certificates(tx: Transaction, ids: Collection[UUID]) -> list[KeptFinding]:
    """Tell what is amiss with these certificates, in the order in which it was found."""
    return await store.of_certificates(tx, ids)


async def count_open(tx: Transaction) -> list[OpenCount]:
    """Count the findings that are open, by severity and rule."""
    return await store.count_open(tx)


async def some(tx: Transaction, ids: Collection[UUID]) -> list[KeptFinding]:
    """Read these findings, in the order in which they were found."""
    return await store.some(tx, ids)
