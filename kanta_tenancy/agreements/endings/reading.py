"""Questions about what can end an agreement that change nothing."""

from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.endings.model import Circumstance, Notice, Rescission, ServiceAgreement
from kanta_tenancy.agreements.endings.store import circumstances as circumstance_store
from kanta_tenancy.agreements.endings.store import notices as notice_store
from kanta_tenancy.agreements.endings.store import rescissions as rescission_store
from kanta_tenancy.agreements.endings.store import service_agreements as service_agreement_store
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction


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
