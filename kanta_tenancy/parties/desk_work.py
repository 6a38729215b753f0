"""What an operator does with access keys: realms by business id, contacts by e-mail, and every permission."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.acting import Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AccessKeyId, ContactId, MainConnectorId, OrganisationId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import tokens, wording
from kanta_tenancy.parties.actions.keys import create_key, revoke_key
from kanta_tenancy.parties.errors import ContactNotFound, KeyNotFound, OrganisationNotFound, TenancyNotFound
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, AccessKey, MainConnector, NewKey, Organisation, Permission
from kanta_tenancy.parties.store import contacts, keys, organisations, tenancies

_PAGE: Final = 500
_EVERYTHING: Final = frozenset(Permission)


class KeyAsked(Record, frozen=True, kw_only=True):
    main_connector: str | None  # business id; None: the only one there is
    organisation: str | None  # business id; None: the main connector itself
    contact: str | None  # e-mail address
    system: str | None
    permissions: frozenset[Permission] | None  # None: every one that the organisation may have
    life: timedelta


class HeldKey(Record, frozen=True, kw_only=True):
    key: AccessKey
    business_id: str  # of the organisation that it acts for
    email: str | None  # of the contact who holds it; None: a system does


async def create(desk: Desk, asked: KeyAsked) -> tuple[AccessKey, tokens.Token]:
    """Make a key for whom the operator says.

    Raises:
        OrganisationNotFound, ContactNotFound: there is none such.
        DomainError: `create_key` refuses.
    """
    async with desk.database() as db:
        of = await realm(db, asked.main_connector)
        async with db.transaction(at_desk(desk, of.id)) as tx:
            organisation = await _organisation(tx, asked.organisation or of.business_id)
            new = NewKey(
                organisation_id=organisation.id,
                permissions=_permissions(asked, organisation),
                contact_id=None if asked.contact is None else await _contact(tx, desk, organisation.id, asked.contact),
                system_name=asked.system,
                expires_at=desk.clock.now() + asked.life,
            )
            return await create_key(tx, desk.clock, new, giver=_EVERYTHING)


async def listed(desk: Desk, main_connector: str | None) -> list[HeldKey]:
    """Return every key of a realm, and whose it is."""
    found: list[AccessKey] = []
    async with desk.database() as db:
        of = await realm(db, main_connector)
        async with db.transaction(at_desk(desk, of.id)) as tx:
            after = UUID(int=0)
            while rows := await keys.page(tx, after=after, limit=_PAGE):
                found += rows
                after = rows[-1].id
            holders = {key.organisation_id for key in found}
            numbers = {one: (await organisations.find(tx, one)).business_id for one in holders}
            people = {one.id: one.email for one in await contacts.of_organisations(tx, holders)}
    return [
        HeldKey(
            key=key,
            business_id=numbers[key.organisation_id],
            email=None if key.contact_id is None else people[key.contact_id],
        )
        for key in found
    ]


async def revoke(desk: Desk, key: str) -> AccessKey:
    """Close a key, whatever its realm.

    Raises:
        KeyNotFound: there is none such.
        KeyRevoked: it is closed already.
    """
    key_id = _key_id(key)
    async with desk.database() as db:
        async with db.unscoped() as connection:
            looked_up = await keys.look_up(connection, [key_id], on_day=day_in_finland(desk.clock.now()))
        found = looked_up.get(key_id)
        if found is None:
            raise KeyNotFound(f"no access key {key_id}")
        async with db.transaction(at_desk(desk, found.main_connector_id)) as tx:
            held = await keys.find(tx, key_id)
            return await revoke_key(tx, desk.clock, key_id, version=held.version)


def at_desk(desk: Desk, main_connector_id: MainConnectorId) -> Caller:
    """Return the operator as a caller who may do everything in a realm."""
    return Caller(scope=Scope(main_connector_id=main_connector_id), actor=desk.operator, permissions=_EVERYTHING)


async def realms(db: Database) -> list[MainConnector]:
    """Return every main connector of this database, by business id."""
    async with db.unscoped() as connection:
        return await organisations.main_connectors(connection)


async def chains_of(tx: Transaction) -> AsyncGenerator[UUID]:
    """Go through the chains that the journal of a realm must have: its own, and one for each tenancy."""
    yield tx.scope.main_connector_id
    after = UUID(int=0)
    while rows := await tenancies.page(tx, after=after, limit=_PAGE):
        for row in rows:
            yield row.id
        after = rows[-1].id


async def realm(db: Database, business_id: str | None) -> MainConnector:
    """Return the realm of a main connector, or the only one there is.

    Raises:
        OrganisationNotFound: there is none such; or there are several, and none was named.
    """
    there = await realms(db)
    if business_id is None and len(there) == 1:
        return there[0]
    if business_id is None:
        known = ", ".join(one.business_id for one in there) or "there is none yet: import one"
        raise OrganisationNotFound(f"say which main connector, by --main-connector: {known}")
    number = _number(business_id)
    for one in there:
        if one.business_id == number:
            return one
    raise OrganisationNotFound(f"{number} is not a main connector here")


async def tenancy(tx: Transaction, business_id: str) -> TenancyId:
    """Return the tenancy of a tenant.

    Raises:
        OrganisationNotFound: this main connector knows no such organisation.
        TenancyNotFound: it is no tenant.
    """
    found = await _organisation(tx, business_id)
    if found.tenancy_id is None:
        raise TenancyNotFound(f"{found.business_id} is no tenant")
    return found.tenancy_id


async def _organisation(tx: Transaction, business_id: str) -> Organisation:
    number = _number(business_id)
    found = await organisations.with_business_ids(tx, [number])
    if not found:
        raise OrganisationNotFound(f"this main connector knows no organisation {number}")
    return found[0]


async def _contact(tx: Transaction, desk: Desk, organisation_id: OrganisationId, email: str) -> ContactId:
    today = day_in_finland(desk.clock.now())
    for person in await contacts.of_organisations(tx, [organisation_id]):
        is_now = person.valid_from <= today and (person.valid_until is None or today < person.valid_until)
        if is_now and person.email.lower() == email.strip().lower():
            return person.id
    raise ContactNotFound("the organisation has no contact today with that e-mail address")


def _permissions(asked: KeyAsked, organisation: Organisation) -> frozenset[Permission]:
    if asked.permissions is not None:
        return asked.permissions
    return _EVERYTHING if organisation.tenancy_id is None else TENANT_PERMISSIONS


def _number(text: str) -> str:
    try:
        return wording.business_id(text)
    except wording.Unfit as why:
        raise OrganisationNotFound(f"{text[:20]!r} is no business id: {why}") from why


def _key_id(text: str) -> AccessKeyId:
    token = tokens.read(text.strip())
    if token is not None:
        return token.key_id
    try:
        return AccessKeyId(UUID(text))
    except ValueError as why:
        raise KeyNotFound("that is neither the id of a key nor a key") from why
