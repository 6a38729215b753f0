"""Joining applications in PostgreSQL. The only module that reads `sql/queries/joining/application.sql`."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.joining.errors import ApplicationChanged, ApplicationNotFound
from kanta_tenancy.joining.model import Application, InProduction
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("joining/application.insert", Nothing)
FIND: Final = statement("joining/application.find", Application)
LOCK: Final = statement("joining/application.lock", Version)
SAVE: Final = statement("joining/application.save", Version)
INSERT_STEP: Final = statement("joining/application.insert_step", Nothing)
NEWEST: Final = statement("joining/application.newest", Application)
IN_PRODUCTION: Final = statement("joining/application.in_production", InProduction)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(tx: Transaction, application: Application) -> None:
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=application.id,
        name=application.name,
        services=application.services,
        stage=application.stage,
        version=application.version,
        created_at=application.created_at,
    )


async def find(tx: Transaction, application_id: UUID) -> Application:
    """Read an application with its steps.

    Raises:
        ApplicationNotFound: the scope has none of that id.
    """
    application = await FIND.one(tx, application_id=application_id)
    if application is None:
        raise ApplicationNotFound(f"no joining application {application_id}")
    return application


async def take(tx: Transaction, application_id: UUID, version: int) -> Application:
    """Read an application and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        ApplicationNotFound: the scope has none of that id.
        ApplicationChanged: it is at another version.
    """
    held = await LOCK.one(tx, application_id=application_id)
    if held is None:
        raise ApplicationNotFound(f"no joining application {application_id}")
    if held.version != version:
        raise ApplicationChanged(f"the application is at version {held.version}, not {version}", version=held.version)
    return await find(tx, application_id)


async def save(tx: Transaction, application: Application) -> None:
    """Write a later state.

    Raises:
        ApplicationChanged: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        application_id=application.id,
        name=application.name,
        services=application.services,
        stage=application.stage,
        version=application.version,
        in_production_on=application.in_production_on,
        ended_on=application.ended_on,
    )
    if saved is None:
        raise ApplicationChanged(f"the application is no longer at version {application.version - 1}")


async def add_last_step(tx: Transaction, application: Application) -> None:
    step = application.steps[-1]
    owned = {"application_id": application.id, "main_connector_id": tx.scope.main_connector_id}
    await INSERT_STEP.run(tx, **owned, **msgspec.structs.asdict(step))


async def newest(tx: Transaction, *, before: UUID | None, count: int) -> list[Application]:
    """Read a page of applications, newest first, without their steps."""
    begin = NEWEST_POSSIBLE if before is None else before
    return await NEWEST.all(tx, main_connector_id=tx.scope.main_connector_id, before=begin, count=count)


async def in_production(tx: Transaction, day: date) -> list[InProduction]:
    return await IN_PRODUCTION.all(tx, main_connector_id=tx.scope.main_connector_id, day=day)
