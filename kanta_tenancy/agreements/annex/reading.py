"""Questions about Annex 1 that change nothing."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.annex import store as annex_store
from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction


async def services_on(tx: Transaction, tenancy_id: TenancyId, day: date) -> AnnexOnDay | None:
    """Read which services a tenancy has as a day ends; None: no agreement is in force then.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    await parties.check_tenancy(tx, tenancy_id)
    return await annex_store.of_tenancy(tx, tenancy_id, day)


async def services_in_use(tx: Transaction, day: date, *, after: UUID | None, count: int) -> list[AnnexOnDay]:
    """Read a page of which services every tenancy has as a day ends, by tenancy."""
    return await annex_store.of_all(tx, day, after=UUID(int=0) if after is None else after, count=count)


async def annexes(tx: Transaction, tenancy_id: TenancyId, day: date | None) -> list[AnnexOnDay]:
    """Read every version of Annex 1 that held in a tenancy or will; with a day, those that begin by it.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    await parties.check_tenancy(tx, tenancy_id)
    return [one for one in await annex_store.history(tx, tenancy_id) if day is None or one.since <= day]


async def annexes_of_many(tx: Transaction, tenancy_ids: Collection[TenancyId]) -> dict[TenancyId, list[AnnexOnDay]]:
    """Read every version of Annex 1 that held in some tenancies or will, oldest first; one without any is left out."""
    found: dict[TenancyId, list[AnnexOnDay]] = {}
    for one in await annex_store.history_of_many(tx, tenancy_ids):
        found.setdefault(one.tenancy_id, []).append(one)
    return found
