"""What was found out, and what others have open. The only module that reads `sql/queries/disturbances/finding.sql`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Finding, Hold
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

ADD: Final = statement("disturbances/finding.add", Nothing)
OF_DISTURBANCE: Final = statement("disturbances/finding.of_disturbance", Finding)
ADD_HOLD: Final = statement("disturbances/finding.add_hold", Nothing)
RELEASE: Final = statement("disturbances/finding.release", Nothing)
HOLDS: Final = statement("disturbances/finding.holds", Hold)


async def add(tx: Transaction, disturbance_id: UUID, findings: Iterable[Finding]) -> None:
    said = [{"id": new_id(), **msgspec.structs.asdict(one)} for one in findings]
    await ADD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        findings=msgspec.to_builtins(said),
    )


async def of_disturbance(tx: Transaction, disturbance_id: UUID) -> list[Finding]:
    """Read what was found out of a disturbance, in order; a tenant sees nothing of it."""
    return await OF_DISTURBANCE.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def add_hold(tx: Transaction, disturbance_id: UUID, key: str, because: Sentence, *, at: datetime) -> None:
    await ADD_HOLD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        key=key,
        because=msgspec.to_builtins(because),
        at=at,
    )


async def release(tx: Transaction, disturbance_id: UUID, key: str, *, at: datetime) -> None:
    await RELEASE.run(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id, key=key, at=at)


async def holds(tx: Transaction, disturbance_id: UUID) -> list[Hold]:
    """Read what others have open, the oldest first; a tenant sees nothing of it."""
    return await HOLDS.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
