"""Which patients are to be told, in PostgreSQL. The only module that reads `sql/queries/renewals/duty.sql`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.renewals.model import Duty, Party, Position, Way
from kanta_tenancy.renewals.store.requests import BEGINNING

INSERT: Final = statement("renewals/duty.insert", Nothing)
FIND: Final = statement("renewals/duty.find", Duty)
TAKE: Final = statement("renewals/duty.take", Duty)
SETTLE: Final = statement("renewals/duty.settle", Nothing)
ESCALATE: Final = statement("renewals/duty.escalate", Nothing)
OPEN_OF_REALM: Final = statement("renewals/duty.open_of_realm", Duty)
OPEN_OF_HOUSE: Final = statement("renewals/duty.open_of_house", Duty)
_OPENED: Final = ("request", "tenancy_id", "owed_by", "outcome", "opened_at", "due_at")


async def open_all(tx: Transaction, duties: Sequence[Duty]) -> None:
    """Write duties, in one round trip."""
    said = [{name: getattr(one, name) for name in _OPENED} for one in duties]
    if said:
        await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, said=said)


async def find(tx: Transaction, request_id: UUID) -> Duty | None:
    return await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, request=request_id)


async def take(tx: Transaction, request_id: UUID) -> Duty | None:
    """Read the duty of a request and hold it until the transaction ends; None: there is none."""
    return await TAKE.one(tx, main_connector_id=tx.scope.main_connector_id, request=request_id)


async def settle(tx: Transaction, request_id: UUID, *, at: datetime, by: Party, way: Way) -> bool:
    """Put down that a patient was told; return False, and change nothing, when that was put down before."""
    realm = tx.scope.main_connector_id
    return await SETTLE.run(tx, main_connector_id=realm, request=request_id, at=at, by=by, way=way) == 1


async def escalate(tx: Transaction, request_id: UUID, *, at: datetime) -> None:
    await ESCALATE.run(tx, main_connector_id=tx.scope.main_connector_id, request=request_id, at=at)


async def open_page(tx: Transaction, *, holder: UUID | None, after: Position | None, count: int) -> list[Duty]:
    """Read a page of the duties that are open, what is due first before the rest."""
    begin = after or BEGINNING
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "after_at": begin.at,
        "after_id": begin.id,
        "count": count,
    }
    if holder is not None:
        return await OPEN_OF_HOUSE.all(tx, holder=holder, **asked)
    return await OPEN_OF_REALM.all(tx, **asked)
