"""Contacts in PostgreSQL."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from kanta_tenancy.kernel.identifiers import ContactId, OrganisationId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Statement, statement
from kanta_tenancy.parties.errors import ContactNotFound, ContactOverlaps, PartyChanged
from kanta_tenancy.parties.model import Contact, Function, NewContact, Organisation, Person, Reachable

INSERT: Final[Statement[Contact]] = statement("parties/contact.insert", Contact)
FIND: Final[Statement[Contact]] = statement("parties/contact.find", Contact)
FIND_FOR_UPDATE: Final[Statement[Contact]] = statement("parties/contact.find_for_update", Contact)
FIND_OF_ORGANISATIONS: Final[Statement[Contact]] = statement("parties/contact.find_of_organisations", Contact)
PAGE: Final[Statement[Contact]] = statement("parties/contact.page", Contact)
PERSONS_FOR: Final[Statement[Person]] = statement("parties/contact.persons_for", Person)
PERSONS: Final[Statement[Person]] = statement("parties/contact.persons", Person)
REACHABLE: Final[Statement[Reachable]] = statement("parties/contact.reachable", Reachable)
SAVE: Final[Statement[Contact]] = statement("parties/contact.save", Contact)


async def insert(tx: Transaction, contact_id: ContactId, of: Organisation, new: NewContact, at: datetime) -> Contact:
    """Write a new contact of an organisation that the transaction holds or shares.

    Raises:
        ContactOverlaps: the person is a contact for that function in that time already.
    """
    with _once_at_a_time(new.function):
        kept = await INSERT.one(
            tx,
            id=contact_id,
            main_connector_id=tx.scope.main_connector_id,
            tenancy_id=of.tenancy_id,
            organisation_id=of.id,
            name=new.name,
            email=new.email,
            phone=new.phone,
            function=new.function,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            created_at=at,
        )
    return _found(kept, contact_id)


async def find(tx: Transaction, organisation_id: OrganisationId, contact_id: ContactId) -> Contact:
    """Read a contact.

    Raises:
        ContactNotFound: the organisation has none of that id, or the scope does not see it.
    """
    realm = tx.scope.main_connector_id
    return _found(
        await FIND.one(tx, main_connector_id=realm, organisation_id=organisation_id, id=contact_id), contact_id
    )


async def take(tx: Transaction, organisation_id: OrganisationId, contact_id: ContactId) -> Contact:
    """Read a contact and hold it until the transaction ends.

    Raises:
        ContactNotFound: the organisation has none of that id, or the scope does not see it.
    """
    realm = tx.scope.main_connector_id
    return _found(
        await FIND_FOR_UPDATE.one(tx, main_connector_id=realm, organisation_id=organisation_id, id=contact_id),
        contact_id,
    )


async def of_organisations(tx: Transaction, organisation_ids: Iterable[OrganisationId]) -> list[Contact]:
    realm = tx.scope.main_connector_id
    return await FIND_OF_ORGANISATIONS.all(tx, main_connector_id=realm, organisation_ids=list(organisation_ids))


async def persons_for(
    tx: Transaction, function: Function, *, tenancy_id: TenancyId | None, on_day: date
) -> list[Person]:
    """Return who is there for a function on a day.

    Args:
        tenancy_id: at this tenant; None: at the main connector itself.
    """
    realm = tx.scope.main_connector_id
    return await PERSONS_FOR.all(tx, main_connector_id=realm, function=function, tenancy_id=tenancy_id, on_day=on_day)


async def persons(tx: Transaction, contact_ids: Iterable[ContactId], *, on_day: date) -> list[Person]:
    """Return those of these contacts who are there on a day."""
    realm = tx.scope.main_connector_id
    return await PERSONS.all(tx, main_connector_id=realm, contact_ids=list(contact_ids), on_day=on_day)


async def reachable(
    tx: Transaction, tenancy_ids: Iterable[TenancyId], functions: Sequence[Function], *, on_day: date
) -> dict[TenancyId, tuple[Reachable, ...]]:
    """Return who is there at each of these tenants for the first of these functions that somebody has on a day.

    One query for all of them. A tenant where nobody has any of the functions is left out.
    """
    found: dict[TenancyId, list[Reachable]] = {}
    for one in await REACHABLE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_ids=list(tenancy_ids),
        functions=list(functions),
        on_day=on_day,
    ):
        found.setdefault(one.tenancy_id, []).append(one)
    return {tenancy_id: _of_first(functions, people) for tenancy_id, people in found.items()}


async def page(tx: Transaction, organisation_id: OrganisationId, *, after: UUID, limit: int) -> list[Contact]:
    realm = tx.scope.main_connector_id
    return await PAGE.all(tx, main_connector_id=realm, organisation_id=organisation_id, after=after, limit=limit)


async def save(tx: Transaction, changed: Contact) -> Contact:
    """Write a changed contact over the version it came from.

    Raises:
        PartyChanged: another transaction changed it first.
        ContactOverlaps: the person is a contact for that function in that time already.
    """
    with _once_at_a_time(changed.function):
        kept = await SAVE.one(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            organisation_id=changed.organisation_id,
            id=changed.id,
            name=changed.name,
            email=changed.email,
            phone=changed.phone,
            function=changed.function,
            valid_from=changed.valid_from,
            valid_until=changed.valid_until,
            version=changed.version,
        )
    if kept is None:
        raise PartyChanged(f"contact {changed.id} is no longer at version {changed.version - 1}")
    return kept


def _of_first(functions: Sequence[Function], people: Sequence[Reachable]) -> tuple[Reachable, ...]:
    first = min(functions.index(one.function) for one in people)
    return tuple(one for one in people if one.function is functions[first])


@contextmanager
def _once_at_a_time(function: Function) -> Generator[None]:
    try:
        yield
    except asyncpg.ExclusionViolationError as why:
        detail = f"somebody with that e-mail address is a contact for {function} in that time already"
        raise ContactOverlaps(detail) from why


def _found(contact: Contact | None, contact_id: ContactId) -> Contact:
    if contact is None:
        raise ContactNotFound(f"no contact {contact_id}")
    return contact
