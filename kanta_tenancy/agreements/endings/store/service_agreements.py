"""Service-production agreements in PostgreSQL."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, ServiceAgreementNotFound
from kanta_tenancy.agreements.endings.model import ServiceAgreement
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/service_agreement.insert", Nothing)
FIND: Final = statement("agreements/service_agreement.find", ServiceAgreement)
OF_TENANCY: Final = statement("agreements/service_agreement.of_tenancy", ServiceAgreement)
SAVE: Final = statement("agreements/service_agreement.save", ServiceAgreement)


async def add(tx: Transaction, said: ServiceAgreement) -> None:
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(said))


async def find(tx: Transaction, service_agreement_id: UUID) -> ServiceAgreement:
    """Read one.

    Raises:
        ServiceAgreementNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, service_agreement_id=service_agreement_id)
    if found is None:
        raise ServiceAgreementNotFound(f"no service-production agreement {service_agreement_id}")
    return found


async def of_tenancy(tx: Transaction, tenancy_id: TenancyId) -> list[ServiceAgreement]:
    return await OF_TENANCY.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id)


async def save(tx: Transaction, said: ServiceAgreement) -> None:
    """Write what is known of it now.

    Raises:
        OccurrenceChanged: somebody else changed it first.
    """
    kept = msgspec.structs.asdict(said)
    saved = await SAVE.one(tx, **{name: kept[name] for name in SAVE.parameters})
    if saved is None:
        raise OccurrenceChanged(f"the service-production agreement is no longer at version {said.version - 1}")
