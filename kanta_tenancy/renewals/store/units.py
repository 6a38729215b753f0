"""Service units and decisions in PostgreSQL. The only module that reads `sql/queries/renewals/unit.sql`."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.renewals.errors import DecisionSettled, UnitChanged, UnitNotFound, UnitTaken
from kanta_tenancy.renewals.reception import Decision, ListedUnit, Receiving, Unit, UnitPosition, Unseen


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("renewals/unit.insert", Nothing)
FIND: Final = statement("renewals/unit.find", Unit)
LOCK: Final = statement("renewals/unit.lock", Version)
SAVE: Final = statement("renewals/unit.save", Version)
PAGE: Final = statement("renewals/unit.page", ListedUnit)
OF_HOUSE: Final = statement("renewals/unit.of_house", Receiving)
INSERT_DECISION: Final = statement("renewals/unit.insert_decision", Nothing)
SAVE_DECISION: Final = statement("renewals/unit.save_decision", Nothing)
UNSEEN: Final = statement("renewals/unit.unseen", Unseen)

BEGINNING: Final = UnitPosition(holder=UUID(int=0), id=UUID(int=0))


async def add(tx: Transaction, unit: Unit) -> None:
    """Write a new unit.

    Raises:
        UnitTaken: another one of the realm has its OID.
    """
    said = msgspec.structs.asdict(unit)
    del said["decisions"]
    try:
        await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **said)
    except asyncpg.UniqueViolationError as why:
        raise UnitTaken("another service unit of the realm has that OID") from why


async def find(tx: Transaction, unit_id: UUID) -> Unit:
    """Read a unit with its decisions.

    Raises:
        UnitNotFound: the scope has none of that id.
    """
    unit = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, unit_id=unit_id)
    if unit is None:
        raise UnitNotFound(f"no service unit {unit_id}")
    return unit


async def take(tx: Transaction, unit_id: UUID, version: int) -> Unit:
    """Read a unit and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        UnitNotFound: the scope has none of that id.
        UnitChanged: it is at another version.
    """
    held = await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, unit_id=unit_id)
    if held is None:
        raise UnitNotFound(f"no service unit {unit_id}")
    if held.version != version:
        raise UnitChanged(f"the unit is at version {held.version}, not {version}", version=held.version)
    return await find(tx, unit_id)


async def save(tx: Transaction, unit: Unit) -> None:
    """Write a later state of a unit; its decisions are written apart.

    Raises:
        UnitChanged: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=unit.id,
        name=unit.name,
        changes_on=unit.changes_on,
        version=unit.version,
    )
    if saved is None:
        raise UnitChanged(f"the unit is no longer at version {unit.version - 1}")


async def page(tx: Transaction, day: date, *, after: UnitPosition | None, count: int) -> list[ListedUnit]:
    """Read a page of units by house, with whether each receives requests on a day."""
    begin = after or BEGINNING
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        day=day,
        after_holder=begin.holder,
        after_id=begin.id,
        count=count,
    )


async def receiving(tx: Transaction, holder: UUID, day: date) -> list[Receiving]:
    """Read the units of a house that receive requests on a day, or will."""
    return await OF_HOUSE.all(tx, main_connector_id=tx.scope.main_connector_id, holder=holder, day=day)


async def add_decision(tx: Transaction, unit: Unit, decision: Decision) -> None:
    """Write a decision about a unit that the transaction holds.

    Raises:
        DecisionSettled: another one that stands holds from the same day on.
    """
    try:
        await INSERT_DECISION.run(
            tx,
            id=decision.id,
            main_connector_id=tx.scope.main_connector_id,
            tenancy_id=unit.tenancy_id,
            unit_id=unit.id,
            receives=decision.receives,
            effective_on=decision.effective_on,
            decided_at=decision.decided_at,
            change_notice_id=decision.change_notice_id,
        )
    except asyncpg.UniqueViolationError as why:
        raise DecisionSettled("another decision holds from that day on: withdraw that one first") from why


async def save_decision(tx: Transaction, decision: Decision) -> None:
    """Write what was seen of a decision, and that it was withdrawn; the transaction holds its unit."""
    await SAVE_DECISION.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=decision.id,
        code_service_on=decision.code_service_on,
        code_service_reference=decision.code_service_reference,
        extranet_on=decision.extranet_on,
        extranet_reference=decision.extranet_reference,
        withdrawn_at=decision.withdrawn_at,
        withdrawn_because=decision.withdrawn_because,
    )


async def unseen(tx: Transaction, *, after: UUID, count: int) -> list[Unseen]:
    return await UNSEEN.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)
