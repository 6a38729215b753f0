"""Questions about agreements that change nothing."""

from uuid import UUID

from kanta_tenancy.agreements.model import Agreement, Document, Receipt, Summary
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction


async def one(tx: Transaction, agreement_id: AgreementId) -> Agreement:
    """Read an agreement.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    return await store.find(tx, agreement_id)


async def newest(tx: Transaction, *, before: UUID | None, count: int, tenancy_id: UUID | None) -> list[Summary]:
    """Read a page, newest first; a tenant's own by the tenant's own index."""
    of = tenancy_id if tenancy_id is not None else tx.scope.tenancy_id
    return await store.newest(tx, before=before, count=count, tenancy_id=None if of is None else TenancyId(of))


async def document(tx: Transaction, agreement_id: AgreementId) -> tuple[Agreement, Document]:
    """Read an agreement with its newest document.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        DocumentNotFound: it was never offered.
    """
    return await store.find(tx, agreement_id), await store.newest_document(tx, agreement_id)


async def documents(tx: Transaction, agreement_id: AgreementId) -> tuple[Document, ...]:
    """Read every revision of an agreement's document, from the offer on; none of a draft, or when it was imported.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    await store.find(tx, agreement_id)
    return await store.documents(tx, agreement_id)


async def receipts(tx: Transaction, agreement_id: AgreementId) -> tuple[Receipt, ...]:
    """Read who holds an original.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    await store.find(tx, agreement_id)
    return await store.receipts(tx, agreement_id)
