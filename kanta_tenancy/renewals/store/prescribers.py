"""Prescribers in PostgreSQL. The only module that reads `sql/queries/renewals/prescriber.sql`."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.renewals.errors import (
    AbsenceNotFound,
    PrescriberChanged,
    PrescriberNotFound,
    PrescriberTaken,
    PreventionNotFound,
    UnitNotFound,
)
from kanta_tenancy.renewals.staff import (
    Absence,
    AtHouse,
    KnownPrescriber,
    ListedPrescriber,
    PreventedHouse,
    Prevention,
    Written,
)


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("renewals/prescriber.insert", Nothing)
FIND: Final = statement("renewals/prescriber.find", KnownPrescriber)
LOCK: Final = statement("renewals/prescriber.lock", Version)
SAVE: Final = statement("renewals/prescriber.save", Version)
PAGE: Final = statement("renewals/prescriber.page", ListedPrescriber)
CLEAR_POSTS: Final = statement("renewals/prescriber.clear_posts", Nothing)
INSERT_POSTS: Final = statement("renewals/prescriber.insert_posts", Nothing)
INSERT_ABSENCE: Final = statement("renewals/prescriber.insert_absence", Nothing)
WITHDRAW_ABSENCE: Final = statement("renewals/prescriber.withdraw_absence", Nothing)
OF_HOUSES: Final = statement("renewals/prescriber.of_houses", AtHouse)
RECIPIENTS: Final = statement("renewals/prescriber.recipients", Written)
INSERT_PREVENTION: Final = statement("renewals/prescriber.insert_prevention", Nothing)
END_PREVENTION: Final = statement("renewals/prescriber.end_prevention", Nothing)
FIND_PREVENTION: Final = statement("renewals/prescriber.find_prevention", Prevention)
PREVENTIONS: Final = statement("renewals/prescriber.preventions", PreventedHouse)
PAGE_PREVENTIONS: Final = statement("renewals/prescriber.page_preventions", Prevention)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(tx: Transaction, new: KnownPrescriber) -> None:
    """Write somebody, with the units that they are at.

    Raises:
        PrescriberTaken: somebody of that identifier is at that house.
        UnitNotFound: the house has no such unit.
    """
    try:
        await INSERT.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            id=new.id,
            tenancy_id=new.tenancy_id,
            code=new.code,
            created_at=new.created_at,
            version=new.version,
            **_said(new),
        )
    except asyncpg.UniqueViolationError as why:
        raise PrescriberTaken("somebody of that identifier is there already") from why
    await _post(tx, new)


async def find(tx: Transaction, prescriber_id: UUID) -> KnownPrescriber:
    """Read somebody with their units and absences.

    Raises:
        PrescriberNotFound: the scope has nobody of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, prescriber_id=prescriber_id)
    if found is None:
        raise PrescriberNotFound(f"no prescriber {prescriber_id}")
    return found


async def take(tx: Transaction, prescriber_id: UUID, version: int | None) -> KnownPrescriber:
    """Read somebody and hold them until the transaction ends, if still at the version that the caller saw.

    Args:
        version: None: at whatever version.

    Raises:
        PrescriberNotFound: the scope has nobody of that id.
        PrescriberChanged: they are at another version.
    """
    held = await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, prescriber_id=prescriber_id)
    if held is None:
        raise PrescriberNotFound(f"no prescriber {prescriber_id}")
    if version is not None and held.version != version:
        raise PrescriberChanged(f"the prescriber is at version {held.version}, not {version}", version=held.version)
    return await find(tx, prescriber_id)


async def save(tx: Transaction, after: KnownPrescriber) -> None:
    """Write a later state of somebody, with the units that they are at.

    Raises:
        PrescriberChanged: another transaction moved them first.
        UnitNotFound: the house has no such unit.
    """
    realm = tx.scope.main_connector_id
    saved = await SAVE.one(tx, main_connector_id=realm, id=after.id, version=after.version, **_said(after))
    if saved is None:
        raise PrescriberChanged(f"the prescriber is no longer at version {after.version - 1}")
    await CLEAR_POSTS.run(tx, main_connector_id=realm, prescriber_id=after.id)
    await _post(tx, after)


async def page(tx: Transaction, *, after: UUID | None, count: int) -> list[ListedPrescriber]:
    realm = tx.scope.main_connector_id
    return await PAGE.all(tx, main_connector_id=realm, after=after or UUID(int=0), count=count)


async def add_absence(tx: Transaction, of: KnownPrescriber, absence: Absence, *, at: datetime) -> None:
    await INSERT_ABSENCE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=of.tenancy_id,
        prescriber_id=of.id,
        recorded_at=at,
        **msgspec.structs.asdict(absence),
    )


async def withdraw_absence(tx: Transaction, prescriber_id: UUID, absence_id: UUID, *, at: datetime) -> None:
    """Let an absence fall away.

    Raises:
        AbsenceNotFound: they have none of that id, or it was withdrawn.
    """
    realm = tx.scope.main_connector_id
    withdrawn = await WITHDRAW_ABSENCE.run(
        tx, main_connector_id=realm, prescriber_id=prescriber_id, id=absence_id, at=at
    )
    if not withdrawn:
        raise AbsenceNotFound(f"no absence {absence_id}")


async def of_houses(tx: Transaction, holders: Collection[UUID], *, day: date, after: datetime) -> list[AtHouse]:
    """Read everybody at some houses who has not left by a day, with absences that are not over by an instant."""
    return await OF_HOUSES.all(
        tx, main_connector_id=tx.scope.main_connector_id, holders=list(holders), day=day, after=after
    )


async def recipients(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Written]:
    """Read those of some who can be written to."""
    found = await RECIPIENTS.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))
    return {one.id: one for one in found}


async def add_prevention(tx: Transaction, prevention: Prevention) -> None:
    await INSERT_PREVENTION.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(prevention))


async def end_prevention(tx: Transaction, prevention_id: UUID, *, at: datetime) -> Prevention:
    """Let a prevention end at an instant, unless it ended before.

    Raises:
        PreventionNotFound: the scope has none of that id.
    """
    await END_PREVENTION.run(tx, main_connector_id=tx.scope.main_connector_id, id=prevention_id, until=at)
    return await find_prevention(tx, prevention_id)


async def find_prevention(tx: Transaction, prevention_id: UUID) -> Prevention:
    """Read a statement that a house is prevented.

    Raises:
        PreventionNotFound: the scope has none of that id.
    """
    found = await FIND_PREVENTION.one(tx, main_connector_id=tx.scope.main_connector_id, id=prevention_id)
    if found is None:
        raise PreventionNotFound(f"no statement {prevention_id}")
    return found


async def preventions(tx: Transaction, holders: Collection[UUID], *, after: datetime) -> list[PreventedHouse]:
    return await PREVENTIONS.all(tx, main_connector_id=tx.scope.main_connector_id, holders=list(holders), after=after)


async def page_preventions(tx: Transaction, *, before: UUID | None, count: int) -> list[Prevention]:
    realm = tx.scope.main_connector_id
    return await PAGE_PREVENTIONS.all(tx, main_connector_id=realm, before=before or NEWEST_POSSIBLE, count=count)


async def _post(tx: Transaction, of: KnownPrescriber) -> None:
    try:
        await INSERT_POSTS.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            tenancy_id=of.tenancy_id,
            prescriber_id=of.id,
            units=list(of.units),
        )
    except asyncpg.ForeignKeyViolationError as why:
        raise UnitNotFound("a unit is none of that house") from why


def _said(of: KnownPrescriber) -> dict[str, Any]:
    return {
        "name": of.name,
        "email": of.email,
        "office": of.office,
        "entitlement": of.entitlement,
        "since": of.since,
        "until": of.until,
        "shifts": msgspec.to_builtins(of.shifts),
    }
