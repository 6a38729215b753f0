"""Follow-ups in PostgreSQL. The only module that reads `sql/queries/follow_ups/follow_up.sql`."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.follow_ups.errors import FollowUpChanged, FollowUpNotFound
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, FollowUpState, Position
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("follow_ups/follow_up.insert", Nothing)
FIND: Final = statement("follow_ups/follow_up.find", FollowUp)
TAKE: Final = statement("follow_ups/follow_up.take", FollowUp)
SAVE: Final = statement("follow_ups/follow_up.save", Version)
TOLD: Final = statement("follow_ups/follow_up.told", Nothing)
OPEN: Final = statement("follow_ups/follow_up.open", FollowUp)
OPEN_OF_TENANT: Final = statement("follow_ups/follow_up.open_of_tenant", FollowUp)
PAGE: Final = statement("follow_ups/follow_up.page", FollowUp)
PAGE_OF_TENANT: Final = statement("follow_ups/follow_up.page_of_tenant", FollowUp)
OF_DISTURBANCE: Final = statement("follow_ups/follow_up.of_disturbance", FollowUp)

FIRST: Final = Position(due_on=date.min, id=UUID(int=0))
NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(tx: Transaction, one: FollowUp) -> None:
    said = msgspec.structs.asdict(one)
    given = {name: said[name] for name in INSERT.parameters if name != "main_connector_id"}
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **given)


async def find(tx: Transaction, follow_up_id: UUID) -> FollowUp:
    """Read a follow-up.

    Raises:
        FollowUpNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, follow_up_id=follow_up_id)
    if found is None:
        raise FollowUpNotFound(f"no follow-up {follow_up_id}")
    return found


async def hold(tx: Transaction, follow_up_id: UUID) -> FollowUp:
    """Read a follow-up and hold it until the transaction ends.

    Raises:
        FollowUpNotFound: the scope has none of that id.
    """
    found = await TAKE.one(tx, main_connector_id=tx.scope.main_connector_id, follow_up_id=follow_up_id)
    if found is None:
        raise FollowUpNotFound(f"no follow-up {follow_up_id}")
    return found


async def take(tx: Transaction, follow_up_id: UUID, version: int) -> FollowUp:
    """Do as `hold` does, if it is still at the version that the caller saw.

    Raises:
        FollowUpNotFound: the scope has none of that id.
        FollowUpChanged: it is at another version.
    """
    found = await hold(tx, follow_up_id)
    if found.version != version:
        raise FollowUpChanged(f"it is at version {found.version}, not {version}", version=found.version)
    return found


async def save(tx: Transaction, after: FollowUp) -> None:
    """Write a later state of a follow-up that the transaction holds.

    Raises:
        FollowUpChanged: another transaction moved it first.
    """
    said = msgspec.structs.asdict(after) | {"follow_up_id": after.id}
    given = {name: said[name] for name in SAVE.parameters if name != "main_connector_id"}
    if await SAVE.one(tx, main_connector_id=tx.scope.main_connector_id, **given) is None:
        raise FollowUpChanged(f"it is no longer at version {after.version - 1}")


async def told(tx: Transaction, follow_up_id: UUID, at: datetime) -> None:
    """Put down that the tenant was told how it stands; that is no change that people make, so the version stays."""
    await TOLD.run(tx, main_connector_id=tx.scope.main_connector_id, follow_up_id=follow_up_id, at=at)


async def open_ones(
    tx: Transaction, kind: FollowUpKind, tenancy_id: TenancyId | None, *, after: Position | None, count: int
) -> list[FollowUp]:
    """Read a page of what is open, the earliest due first: of a tenant, or of all."""
    begins = after or FIRST
    asked: dict[str, Any] = {"kind": kind, "after_due_on": begins.due_on, "after_id": begins.id, "count": count}
    if tenancy_id is None:
        return await OPEN.all(tx, main_connector_id=tx.scope.main_connector_id, **asked)
    return await OPEN_OF_TENANT.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id, **asked)


async def page(
    tx: Transaction,
    kind: FollowUpKind,
    states: tuple[FollowUpState, ...],
    tenancy_id: TenancyId | None,
    *,
    before: UUID | None,
    count: int,
) -> list[FollowUp]:
    """Read a page of what is in these states, the newest first: of a tenant, or of all."""
    asked: dict[str, Any] = {"kind": kind, "states": list(states), "before": before or NEWEST_POSSIBLE, "count": count}
    if tenancy_id is None:
        return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, **asked)
    return await PAGE_OF_TENANT.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id, **asked)


async def of_disturbance(tx: Transaction, disturbance_id: UUID, *, after: UUID | None, count: int) -> list[FollowUp]:
    """Read a page of what one disturbance has left, in the order in which it was put down."""
    return await OF_DISTURBANCE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        after=after or UUID(int=0),
        count=count,
    )
