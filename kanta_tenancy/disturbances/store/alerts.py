"""What monitoring systems sent. The only module that reads `sql/queries/disturbances/alert.sql`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.alerts import Taken
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

HOLD: Final = statement("disturbances/alert.hold", Nothing)
SAME: Final = statement("disturbances/alert.same", Taken)
LATEST: Final = statement("disturbances/alert.latest", Taken)
INSERT: Final = statement("disturbances/alert.insert", Nothing)


async def hold(tx: Transaction, group_sha256: bytes) -> None:
    """Wait until what else is sent of the same group has been taken in."""
    await HOLD.run(tx, holder=str(_holder(tx)), group_sha256=group_sha256)


async def same(tx: Transaction, group_sha256: bytes, content_sha256: bytes) -> Taken | None:
    """Return what became of the very same; None: it was never sent."""
    return await SAME.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        holder=_holder(tx),
        group_sha256=group_sha256,
        content_sha256=content_sha256,
    )


async def latest(tx: Transaction, group_sha256: bytes) -> Taken | None:
    """Return what became of the last that was sent of a group; None: nothing was."""
    realm = tx.scope.main_connector_id
    return await LATEST.one(tx, main_connector_id=realm, holder=_holder(tx), group_sha256=group_sha256)


async def keep(tx: Transaction, group_sha256: bytes, content_sha256: bytes, taken: Taken, *, at: datetime) -> None:
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tx.scope.tenancy_id,
        group_sha256=group_sha256,
        content_sha256=content_sha256,
        disturbance_id=taken.disturbance_id,
        report_id=taken.report_id,
        at=at,
    )


def _holder(tx: Transaction) -> UUID:
    return tx.scope.tenancy_id or tx.scope.main_connector_id
