"""Disturbances and what was answered of them. The only module that reads `sql/queries/disturbances/disturbance.sql`."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Answered, Disturbance, State
from kanta_tenancy.disturbances.errors import DisturbanceChanged, DisturbanceNotFound
from kanta_tenancy.disturbances.model import Fact
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


class Waiting(Record, frozen=True, kw_only=True):
    """A disturbance that nobody has acknowledged."""

    id: UUID
    reported_at: datetime


class Party(Record, frozen=True, kw_only=True):
    tenancy_id: TenancyId


class Figures(Record, frozen=True, kw_only=True):
    """How many wait, over all realms."""

    waiting: int
    unreached: int


class Unfollowed(Record, frozen=True, kw_only=True):
    """A disturbance of which a report brought what nobody has promised."""

    id: UUID
    main_connector_id: MainConnectorId
    uncalled: bool  # and nobody is called to it


INSERT: Final = statement("disturbances/disturbance.insert", Nothing)
FIND: Final = statement("disturbances/disturbance.find", Disturbance)
TAKE: Final = statement("disturbances/disturbance.take", Disturbance)
SAVE: Final = statement("disturbances/disturbance.save", Version)
UNREACHED: Final = statement("disturbances/disturbance.unreached", Nothing)
PAGE: Final = statement("disturbances/disturbance.page", Disturbance)
OPEN: Final = statement("disturbances/disturbance.open", Disturbance)
SIMILAR: Final = statement("disturbances/disturbance.similar", Disturbance)
WAITING: Final = statement("disturbances/disturbance.waiting", Waiting)
JOINED: Final = statement("disturbances/disturbance.joined", Disturbance)
ADD_PARTIES: Final = statement("disturbances/disturbance.add_parties", Nothing)
REPORTERS: Final = statement("disturbances/disturbance.reporters", Party)
ANSWERS: Final = statement("disturbances/disturbance.answers", Answered)
HISTORY: Final = statement("disturbances/disturbance.history", Answered)
ADD_ANSWERS: Final = statement("disturbances/disturbance.add_answers", Nothing)
UNFOLLOWED: Final = statement("disturbances/disturbance.unfollowed", Unfollowed)
FIGURES: Final = statement("disturbances/disturbance.figures", Figures)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
_SIMILAR: Final = 5


async def add(tx: Transaction, planned: Disturbance) -> None:
    """Write maintenance that was planned."""
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=planned.id,
        kind=planned.kind,
        state=planned.state,
        title=planned.title,
        since=planned.since,
        until=planned.until,
        system_id=planned.system_id,
        service=planned.service,
        reported_at=planned.reported_at,
        detected_at=planned.detected_at,
        version=planned.version,
    )


async def find(tx: Transaction, disturbance_id: UUID) -> Disturbance:
    """Read a disturbance.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    if found is None:
        raise DisturbanceNotFound(f"no disturbance {disturbance_id}")
    return found


async def hold(tx: Transaction, disturbance_id: UUID) -> Disturbance:
    """Read a disturbance and hold it until the transaction ends.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    found = await TAKE.one(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    if found is None:
        raise DisturbanceNotFound(f"no disturbance {disturbance_id}")
    return found


async def take(tx: Transaction, disturbance_id: UUID, version: int) -> Disturbance:
    """Do as `hold` does, if it is still at the version that the caller saw.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
        DisturbanceChanged: it is at another version.
    """
    found = await hold(tx, disturbance_id)
    if found.version != version:
        raise DisturbanceChanged(f"the disturbance is at version {found.version}, not {version}", version=found.version)
    return found


async def save(tx: Transaction, after: Disturbance) -> None:
    """Write a later state of a disturbance that the transaction holds.

    Raises:
        DisturbanceChanged: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=after.id,
        state=after.state,
        title=after.title,
        since=after.since,
        until=after.until,
        system_id=after.system_id,
        service=after.service,
        joined_to=after.joined_to,
        detected_at=after.detected_at,
        aware_at=after.aware_at,
        acknowledged_at=after.acknowledged_at,
        acknowledged_by=after.acknowledged_by,
        unreached_at=after.unreached_at,
        because=after.because,
        closed_at=after.closed_at,
        closed_by=after.closed_by,
        version=after.version,
    )
    if saved is None:
        raise DisturbanceChanged(f"the disturbance is no longer at version {after.version - 1}")


async def mark_unreached(tx: Transaction, disturbance_id: UUID, at: datetime) -> None:
    await UNREACHED.run(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id, at=at)


async def page(tx: Transaction, states: Collection[State], *, before: UUID | None, count: int) -> list[Disturbance]:
    """Read a page of disturbances in these states, newest first."""
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        states=list(states),
        before=before or NEWEST_POSSIBLE,
        count=count,
    )


async def open_ones(tx: Transaction, *, before: UUID | None, count: int) -> list[Disturbance]:
    """Read a page of those that are open, newest first."""
    return await OPEN.all(
        tx, main_connector_id=tx.scope.main_connector_id, before=before or NEWEST_POSSIBLE, count=count
    )


async def similar(
    tx: Transaction, disturbance_id: UUID, *, system_id: UUID | None, service: str | None
) -> list[Disturbance]:
    """Read the newest open ones of the same system or service."""
    return await SIMILAR.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        system_id=system_id,
        service=service,
        count=_SIMILAR,
    )


async def waiting(tx: Transaction, *, after: UUID, count: int) -> list[Waiting]:
    return await WAITING.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)


async def joined(tx: Transaction, disturbance_id: UUID) -> list[Disturbance]:
    return await JOINED.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def add_parties(
    tx: Transaction, disturbance_id: UUID, tenancy_ids: Iterable[TenancyId], *, reported: bool
) -> None:
    """Let these tenants see a disturbance."""
    await ADD_PARTIES.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        tenancy_ids=list(tenancy_ids),
        reported=reported,
    )


async def reporters(tx: Transaction, disturbance_id: UUID) -> list[TenancyId]:
    """Return the tenants that reported it."""
    found = await REPORTERS.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return [one.tenancy_id for one in found]


async def answers(tx: Transaction, disturbance_id: UUID) -> dict[Fact, Answered]:
    """Read the latest answer to each question that has one; a tenant sees none."""
    found = await ANSWERS.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return {one.fact: one for one in found}


async def history(tx: Transaction, disturbance_id: UUID) -> list[Answered]:
    """Read every answer in the order in which they were given."""
    return await HISTORY.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def add_answers(tx: Transaction, disturbance_id: UUID, given: Iterable[Answered]) -> None:
    said = [{"id": new_id(), **msgspec.structs.asdict(one)} for one in given]
    await ADD_ANSWERS.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        answers=msgspec.to_builtins(said),
    )


async def unfollowed(connection: Connection, *, until: datetime, most: int) -> list[Unfollowed]:
    """Find, in all realms, those that were reported until then and of which something is not promised."""
    return await UNFOLLOWED.all(connection, until=until, most=most)


async def figures(connection: Connection) -> Figures:
    found = await FIGURES.one(connection)
    return found or Figures(waiting=0, unreached=0)
