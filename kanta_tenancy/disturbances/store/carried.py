"""What a room above sees to. The only module that reads `sql/queries/disturbances/carried.sql`."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Carried
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

OF_DISTURBANCE: Final = statement("disturbances/carried.of_disturbance", Carried)
ADD: Final = statement("disturbances/carried.add", Nothing)


async def of_disturbance(tx: Transaction, disturbance_id: UUID) -> list[Carried]:
    """Read what was said last of each matter; a tenant sees what is its own."""
    return await OF_DISTURBANCE.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def add(tx: Transaction, disturbance_id: UUID, carried: Iterable[Carried]) -> None:
    said = [{"id": new_id(), **msgspec.structs.asdict(one)} for one in carried]
    await ADD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        carried=msgspec.to_builtins(said),
    )
