"""What tenants are told. The only module that reads `sql/queries/disturbances/status.sql`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.case import Kind, Phase, Status
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.disturbances.store.disturbances import Party
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Reached(Record, frozen=True, kw_only=True):
    """How far a status has come."""

    tenants: int
    told: int
    people: int


class Shown(Record, frozen=True, kw_only=True):
    """The latest of what was told of something, as the status page shows it."""

    id: UUID
    disturbance_id: UUID
    number: int
    phase: Phase
    published_at: datetime
    kind: Kind
    title: str | None
    since: datetime
    until: datetime | None
    system_id: UUID | None
    service: str | None
    text: Mapping[Language, str] | None = None


INSERT: Final = statement("disturbances/status.insert", Nothing)
OF_DISTURBANCE: Final = statement("disturbances/status.of_disturbance", Status)
FIND: Final = statement("disturbances/status.find", Status)
ADD_RECIPIENTS: Final = statement("disturbances/status.add_recipients", Nothing)
TOLD_BEFORE: Final = statement("disturbances/status.told_before", Party)
WAITING: Final = statement("disturbances/status.waiting", Party)
TOLD: Final = statement("disturbances/status.told", Nothing)
REACH: Final = statement("disturbances/status.reach", Reached)
PAGE: Final = statement("disturbances/status.page", Shown)


async def add(tx: Transaction, status: Status, tenancy_ids: Collection[TenancyId]) -> None:
    """Write what is told, and which tenants it is for."""
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=status.id,
        disturbance_id=status.disturbance_id,
        number=status.number,
        phase=status.phase,
        text=None if status.text is None else dict(status.text),
        published_at=status.published_at,
        published_by=status.published_by,
    )
    await ADD_RECIPIENTS.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        status_id=status.id,
        tenancy_ids=list(tenancy_ids),
    )


async def of_disturbance(tx: Transaction, disturbance_id: UUID) -> list[Status]:
    """Read what was told of a disturbance that the scope sees, in order."""
    return await OF_DISTURBANCE.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def find(tx: Transaction, status_id: UUID) -> Status:
    """Read what was told once.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, status_id=status_id)
    if found is None:
        raise DisturbanceNotFound(f"no status {status_id}")
    return found


async def told_before(tx: Transaction, disturbance_id: UUID) -> list[TenancyId]:
    """Return the tenants that were told of a disturbance in any state."""
    found = await TOLD_BEFORE.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return [one.tenancy_id for one in found]


async def waiting(tx: Transaction, status_id: UUID, *, count: int) -> list[TenancyId]:
    """Return the next tenants whose people were not told yet."""
    found = await WAITING.all(tx, main_connector_id=tx.scope.main_connector_id, status_id=status_id, count=count)
    return [one.tenancy_id for one in found]


async def told(tx: Transaction, status_id: UUID, people: Mapping[TenancyId, int], *, at: datetime) -> None:
    """Put down that these tenants' people were told, and how many they were."""
    await TOLD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        status_id=status_id,
        tenancy_ids=list(people),
        people=list(people.values()),
        at=at,
    )


async def reach(tx: Transaction, status_id: UUID) -> Reached:
    """Tell how many tenants and people a status has reached."""
    found = await REACH.one(tx, main_connector_id=tx.scope.main_connector_id, status_id=status_id)
    return found or Reached(tenants=0, told=0, people=0)


async def page(tx: Transaction, *, since: datetime, count: int) -> list[Shown]:
    """Read the latest of what the scope was told of each thing since a time, newest first."""
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, since=since, count=count)
