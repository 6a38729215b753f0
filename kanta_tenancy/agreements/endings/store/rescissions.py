"""Rescissions in PostgreSQL."""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, RescissionNotFound
from kanta_tenancy.agreements.endings.model import Rescission
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/rescission.insert", Nothing)
FIND: Final = statement("agreements/rescission.find", Rescission)
OF_AGREEMENT: Final = statement("agreements/rescission.of_agreement", Rescission)
CONFIRMED: Final = statement("agreements/rescission.confirmed", Rescission)
SAVE: Final = statement("agreements/rescission.save", Rescission)


async def add(tx: Transaction, proposal: Rescission) -> None:
    """Keep a proposal.

    Raises:
        MoveNotAllowed: another one is open.
    """
    try:
        await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(proposal))
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "rescission_one_open":
            raise
        raise MoveNotAllowed("its rescission is proposed already: confirm or drop that", status="in_force") from error


async def find(tx: Transaction, rescission_id: UUID) -> Rescission:
    """Read one.

    Raises:
        RescissionNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, rescission_id=rescission_id)
    if found is None:
        raise RescissionNotFound(f"no rescission {rescission_id}")
    return found


async def of_agreement(tx: Transaction, agreement: Agreement) -> list[Rescission]:
    realm = tx.scope.main_connector_id
    return await OF_AGREEMENT.all(
        tx, main_connector_id=realm, tenancy_id=agreement.tenancy_id, agreement_id=agreement.id
    )


async def confirmed(tx: Transaction, *, after: UUID | None) -> list[Rescission]:
    """Read some of those that a second person confirmed, in the order in which they were proposed."""
    return await CONFIRMED.all(tx, main_connector_id=tx.scope.main_connector_id, after=after or UUID(int=0))


async def save(tx: Transaction, rescission: Rescission) -> None:
    """Write what became of a proposal.

    Raises:
        OccurrenceChanged: somebody else changed it first.
    """
    kept = msgspec.structs.asdict(rescission)
    saved = await SAVE.one(tx, **{name: kept[name] for name in SAVE.parameters})
    if saved is None:
        raise OccurrenceChanged(f"the proposal is no longer at version {rescission.version - 1}")
