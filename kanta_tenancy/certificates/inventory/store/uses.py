"""Where certificates are used, and which replaced which. The only one that reads `queries/certificates/use.sql`."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.model import Replacement, Use
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("certificates/use.insert", Nothing)
OF_CERTIFICATE: Final = statement("certificates/use.of_certificate", Use)
END: Final = statement("certificates/use.end", Nothing)
REPLACE: Final = statement("certificates/use.replace", Nothing)
UNREPLACE: Final = statement("certificates/use.unreplace", Nothing)
SUCCESSOR: Final = statement("certificates/use.successor", Replacement)
PREDECESSORS: Final = statement("certificates/use.predecessors", Replacement)


async def add(tx: Transaction, use: Use) -> None:
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(use))


async def of_certificate(tx: Transaction, certificate_id: UUID) -> list[Use]:
    """Read where a certificate is used, was, and will be, by first day."""
    return await OF_CERTIFICATE.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)


async def end(tx: Transaction, use_id: UUID, until: date) -> None:
    await END.run(tx, main_connector_id=tx.scope.main_connector_id, use_id=use_id, until=until)


async def replace(tx: Transaction, replaced_id: UUID, successor_id: UUID, at: datetime) -> None:
    await REPLACE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        replaced_id=replaced_id,
        successor_id=successor_id,
        recorded_at=at,
    )


async def unreplace(tx: Transaction, replaced_id: UUID) -> None:
    await UNREPLACE.run(tx, main_connector_id=tx.scope.main_connector_id, replaced_id=replaced_id)


async def successor(tx: Transaction, replaced_id: UUID) -> Replacement | None:
    return await SUCCESSOR.one(tx, main_connector_id=tx.scope.main_connector_id, replaced_id=replaced_id)


async def predecessors(tx: Transaction, successor_id: UUID) -> list[Replacement]:
    return await PREDECESSORS.all(tx, main_connector_id=tx.scope.main_connector_id, successor_id=successor_id)
