"""Questions about mandates that change nothing."""

from uuid import UUID

from kanta_tenancy.agreements.mandates import store
from kanta_tenancy.agreements.mandates.model import Mandate
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction


async def mandate(tx: Transaction, mandate_id: UUID) -> Mandate:
    """Read one.

    Raises:
        MandateNotFound: the scope has none of that id.
    """
    return await store.find(tx, mandate_id)


async def newest(tx: Transaction, *, before: UUID | None, count: int, tenancy_id: UUID | None) -> list[Mandate]:
    """Read a page, newest first: those that were put down for one tenancy, or all that the scope sees."""
    of = None if tenancy_id is None else TenancyId(tenancy_id)
    return await store.newest(tx, before=before, count=count, tenancy_id=of)
