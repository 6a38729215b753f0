"""Questions about agreements that change nothing."""

from datetime import date
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.model import Agreement, AnnexOnDay, Document, Receipt, Summary
from kanta_tenancy.agreements.occurrences import Circumstance, Exhibit, Notice, Rescission, ServiceAgreement
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import annex as annex_store
from kanta_tenancy.agreements.store import circumstances as circumstance_store
from kanta_tenancy.agreements.store import exhibits as exhibit_store
from kanta_tenancy.agreements.store import notices as notice_store
from kanta_tenancy.agreements.store import rescissions as rescission_store
from kanta_tenancy.agreements.store import service_agreements as service_agreement_store
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


async def receipts(tx: Transaction, agreement_id: AgreementId) -> tuple[Receipt, ...]:
    """Read who holds an original.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    await store.find(tx, agreement_id)
    return await store.receipts(tx, agreement_id)


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


async def notices(tx: Transaction, agreement_id: AgreementId) -> list[Notice]:
    """Read every notice on an agreement, oldest first.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    return await notice_store.of_agreement(tx, await store.find(tx, agreement_id))


async def notice(tx: Transaction, notice_id: UUID) -> Notice:
    """Read a notice.

    Raises:
        NoticeNotFound: the scope has none of that id.
    """
    return await notice_store.find(tx, notice_id)


async def exhibit(tx: Transaction, exhibit_id: UUID) -> Exhibit:
    """Read what a file is.

    Raises:
        ExhibitNotFound: the scope has none of that id.
    """
    return await exhibit_store.find(tx, exhibit_id)


async def service_agreements(tx: Transaction, tenancy_id: TenancyId) -> list[ServiceAgreement]:
    """Read the service-production agreements of a tenancy.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    await parties.check_tenancy(tx, tenancy_id)
    return await service_agreement_store.of_tenancy(tx, tenancy_id)


async def service_agreement(tx: Transaction, service_agreement_id: UUID) -> ServiceAgreement:
    """Read a service-production agreement.

    Raises:
        ServiceAgreementNotFound: the scope has none of that id.
    """
    return await service_agreement_store.find(tx, service_agreement_id)


async def rescissions(tx: Transaction, agreement_id: AgreementId) -> list[Rescission]:
    """Read the rescissions of an agreement that the scope sees.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    return await rescission_store.of_agreement(tx, await store.find(tx, agreement_id))


async def rescission(tx: Transaction, rescission_id: UUID) -> Rescission:
    """Read a rescission.

    Raises:
        RescissionNotFound: the scope has none of that id.
    """
    return await rescission_store.find(tx, rescission_id)


async def circumstances(tx: Transaction, tenancy_id: TenancyId) -> list[Circumstance]:
    """Read what befell the parties of a tenancy.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    await parties.check_tenancy(tx, tenancy_id)
    return await circumstance_store.of_tenancy(tx, tenancy_id)


async def circumstance(tx: Transaction, circumstance_id: UUID) -> Circumstance:
    """Read what befell a party.

    Raises:
        CircumstanceNotFound: the scope has none of that id.
    """
    return await circumstance_store.find(tx, circumstance_id)
