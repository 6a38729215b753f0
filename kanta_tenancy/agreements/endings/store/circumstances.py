"""What befell a party, in PostgreSQL."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.errors import CircumstanceNotFound, OccurrenceChanged
from kanta_tenancy.agreements.endings.model import Circumstance
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/circumstance.insert", Nothing)
FIND: Final = statement("agreements/circumstance.find", Circumstance)
OF_TENANCY: Final = statement("agreements/circumstance.of_tenancy", Circumstance)
UNDECIDED: Final = statement("agreements/circumstance.undecided", Circumstance)
DECIDE: Final = statement("agreements/circumstance.decide", Circumstance)

_BATCH: Final = 500


async def add(tx: Transaction, circumstance: Circumstance) -> None:
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(circumstance))


async def find(tx: Transaction, circumstance_id: UUID) -> Circumstance:
    """Read one.

    Raises:
        CircumstanceNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, circumstance_id=circumstance_id)
    if found is None:
        raise CircumstanceNotFound(f"no circumstance {circumstance_id}")
    return found


async def of_tenancy(tx: Transaction, tenancy_id: TenancyId) -> list[Circumstance]:
    return await OF_TENANCY.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id)


async def undecided(tx: Transaction, *, after: UUID | None = None) -> list[Circumstance]:
    """Read some of what waits for a decision, oldest first."""
    realm = tx.scope.main_connector_id
    return await UNDECIDED.all(tx, main_connector_id=realm, after=UUID(int=0) if after is None else after, count=_BATCH)


async def decide(tx: Transaction, circumstance: Circumstance) -> None:
    """Write what was decided.

    Raises:
        OccurrenceChanged: somebody else decided first.
    """
    kept = msgspec.structs.asdict(circumstance)
    saved = await DECIDE.one(tx, **{name: kept[name] for name in DECIDE.parameters})
    if saved is None:
        raise OccurrenceChanged("somebody else has decided")
