"""Realms and organisations in PostgreSQL."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from kanta_tenancy.kernel.identifiers import MainConnectorId, OrganisationId
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.parties.errors import MainConnectorExists, OrganisationExists, OrganisationNotFound, PartyChanged
from kanta_tenancy.parties.model import MainConnector, NamedOnDay, NewOrganisation, Organisation

EVERYWHERE: Final[Statement[MainConnector]] = statement("parties/main_connector.everywhere", MainConnector)
MINE: Final[Statement[MainConnector]] = statement("parties/main_connector.mine", MainConnector)
INSERT_REALM: Final[Statement[Nothing]] = statement("parties/main_connector.insert", Nothing)
ONE_AT_A_TIME: Final[Statement[Nothing]] = statement("parties/main_connector.one_at_a_time", Nothing)
INSERT: Final[Statement[Organisation]] = statement("parties/organisation.insert", Organisation)
FIND: Final[Statement[Organisation]] = statement("parties/organisation.find", Organisation)
FIND_FOR_UPDATE: Final[Statement[Organisation]] = statement("parties/organisation.find_for_update", Organisation)
FIND_FOR_SHARE: Final[Statement[Organisation]] = statement("parties/organisation.find_for_share", Organisation)
FIND_BY_BUSINESS_ID: Final[Statement[Organisation]] = statement(
    "parties/organisation.find_by_business_id", Organisation
)
PAGE: Final[Statement[Organisation]] = statement("parties/organisation.page", Organisation)
SAVE: Final[Statement[Organisation]] = statement("parties/organisation.save", Organisation)
OWNER_ON: Final[Statement[NamedOnDay]] = statement("parties/organisation.owner_on", NamedOnDay)


async def main_connectors(connection: Connection) -> list[MainConnector]:
    return await EVERYWHERE.all(connection)


async def main_connector(tx: Transaction) -> MainConnector:
    """Return the realm that the transaction is in; only the main connector itself can read it.

    Raises:
        OrganisationNotFound: there is no such realm, or the scope is a tenant's.
    """
    found = await MINE.one(tx, main_connector_id=tx.scope.main_connector_id)
    if found is None:
        raise OrganisationNotFound("the main connector is not within sight")
    return found


async def main_connector_on(tx: Transaction, day: date) -> NamedOnDay:
    """Return the main connector by its name on a day; only the main connector itself can read it.

    Raises:
        OrganisationNotFound: there is no such realm, or the scope is a tenant's.
    """
    found = await OWNER_ON.one(tx, main_connector_id=tx.scope.main_connector_id, on_day=day)
    if found is None:
        raise OrganisationNotFound("the main connector is not within sight")
    return found


async def insert_realm(
    tx: Transaction,
    main_connector_id: MainConnectorId,
    *,
    organisation_id: OrganisationId,
    business_id: str,
    at: datetime,
) -> None:
    """Write a new realm.

    Raises:
        MainConnectorExists: the firm is the main connector of another realm.
    """
    try:
        await INSERT_REALM.run(
            tx,
            main_connector_id=main_connector_id,
            organisation_id=organisation_id,
            business_id=business_id,
            created_at=at,
        )
    except asyncpg.UniqueViolationError as why:
        raise MainConnectorExists(f"{business_id} is a main connector already", business_id=business_id) from why


async def one_at_a_time(tx: Transaction) -> None:
    """Let only one such piece of work go on in the realm, until the transaction ends."""
    await ONE_AT_A_TIME.run(tx, main_connector_id=tx.scope.main_connector_id)


async def insert(tx: Transaction, organisation_id: OrganisationId, new: NewOrganisation, at: datetime) -> Organisation:
    """Write a new organisation.

    Raises:
        OrganisationExists: the realm has one with that business id.
    """
    try:
        kept = await INSERT.one(
            tx,
            id=organisation_id,
            main_connector_id=tx.scope.main_connector_id,
            business_id=new.business_id,
            name=new.name,
            parallel_names=new.parallel_names,
            language=new.language,
            oid=new.oid,
            created_at=at,
        )
    except asyncpg.UniqueViolationError as why:
        raise OrganisationExists("an organisation with that business id is registered already") from why
    return _found(kept, organisation_id)


async def find(tx: Transaction, organisation_id: OrganisationId) -> Organisation:
    """Read an organisation.

    Raises:
        OrganisationNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=organisation_id), organisation_id)


async def take(tx: Transaction, organisation_id: OrganisationId) -> Organisation:
    """Read an organisation and hold it until the transaction ends.

    Raises:
        OrganisationNotFound: the scope has none of that id.
    """
    return _found(
        await FIND_FOR_UPDATE.one(tx, main_connector_id=tx.scope.main_connector_id, id=organisation_id), organisation_id
    )


async def share(tx: Transaction, organisation_id: OrganisationId) -> Organisation:
    """Read an organisation and keep it as it is until the transaction ends; others may do so at the same time.

    Raises:
        OrganisationNotFound: the scope has none of that id.
    """
    return _found(
        await FIND_FOR_SHARE.one(tx, main_connector_id=tx.scope.main_connector_id, id=organisation_id), organisation_id
    )


async def with_business_ids(tx: Transaction, business_ids: Iterable[str]) -> list[Organisation]:
    return await FIND_BY_BUSINESS_ID.all(
        tx, main_connector_id=tx.scope.main_connector_id, business_ids=list(business_ids)
    )


async def page(tx: Transaction, *, after: UUID, limit: int) -> list[Organisation]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, limit=limit)


async def save(tx: Transaction, changed: Organisation, *, on_day: date) -> Organisation:
    """Write a changed organisation over the version it came from.

    Args:
        on_day: the day, in Finland, from which it is called what it is called now.

    Raises:
        PartyChanged: another transaction changed it first.
    """
    kept = await SAVE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=changed.id,
        name=changed.name,
        parallel_names=changed.parallel_names,
        language=changed.language,
        oid=changed.oid,
        version=changed.version,
        on_day=on_day,
    )
    if kept is None:
        raise PartyChanged(f"organisation {changed.id} is no longer at version {changed.version - 1}")
    return kept


def _found(organisation: Organisation | None, organisation_id: OrganisationId) -> Organisation:
    if organisation is None:
        raise OrganisationNotFound(f"no organisation {organisation_id}")
    return organisation
