"""Questions about files that change nothing."""

from uuid import UUID

from kanta_tenancy.agreements.exhibits import store as exhibit_store
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.machinery.postgres.database import Transaction


async def exhibit(tx: Transaction, exhibit_id: UUID) -> Exhibit:
    """Read what a file is.

    Raises:
        ExhibitNotFound: the scope has none of that id.
    """
    return await exhibit_store.find(tx, exhibit_id)
