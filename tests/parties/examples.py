"""Parties to test with. Say only what matters to the test."""

import uuid
from datetime import date
from typing import Any

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId, OrganisationId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.parties.actions import contacts, evidence, keys, organisations, tenancies
from kanta_tenancy.parties.model import (
    Contact,
    Finding,
    Function,
    NewContact,
    NewEvidence,
    NewKey,
    NewOrganisation,
    Organisation,
    Permission,
    SoteriEvidence,
    Tenancy,
)
from kanta_tenancy.parties.store import organisations as store
from kanta_tenancy.parties.tokens import Token
from tests.conftest import someone

EVERYTHING = frozenset(Permission)


class Tenant(Record, frozen=True, kw_only=True):
    organisation: Organisation
    tenancy: Tenancy
    caller: Caller


def business_id(serial: int) -> str:
    """Return the business id of a serial number, or of the next one that has a check digit."""
    digits = f"{serial:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return business_id(serial + 1) if rest == 1 else f"{digits}-{0 if rest == 0 else 11 - rest}"


def an_organisation(serial: int = 1234567, **said: Any) -> NewOrganisation:
    return NewOrganisation(
        **{"business_id": business_id(serial), "name": f"Praktik {serial}", "language": Language.SWEDISH} | said
    )


def a_contact(**said: Any) -> NewContact:
    return NewContact(
        **{
            "name": "Aino Ahola",
            "email": "aino@example.org",
            "function": Function.AGREEMENTS,
            "valid_from": date(2026, 1, 1),
        }
        | said
    )


def a_look(**said: Any) -> NewEvidence:
    return NewEvidence(
        **{
            "entry_reference": "S-1",
            "checked_on": date(2026, 2, 1),
            "checked_by": "Eino",
            "finding": Finding.REGISTERED,
        }
        | said
    )


async def a_realm(database: Database, clock: Clock, serial: int = 2000000, **said: Any) -> Caller:
    """Make a realm and return its main connector, who may do everything."""
    main_connector = someone(MainConnectorId(uuid.uuid4()), None, *EVERYTHING)
    async with database.transaction(main_connector) as tx:
        await organisations.found_realm(tx, clock, an_organisation(serial, **said))
    return main_connector


async def registered(
    database: Database, clock: Clock, realm: Caller, serial: int = 1234567, **said: Any
) -> Organisation:
    async with database.transaction(realm) as tx:
        return await organisations.register_organisation(tx, clock, an_organisation(serial, **said))


async def a_tenant(database: Database, clock: Clock, realm: Caller, serial: int = 1234567, **said: Any) -> Tenant:
    """Register an organisation and make it a tenant."""
    async with database.transaction(realm) as tx:
        registered = await organisations.register_organisation(tx, clock, an_organisation(serial, **said))
        tenancy = await tenancies.open_tenancy(tx, clock, registered.id)
    return Tenant(
        organisation=registered, tenancy=tenancy, caller=someone(realm.scope.main_connector_id, tenancy.id, *EVERYTHING)
    )


async def named(
    database: Database, clock: Clock, caller: Caller, organisation_id: OrganisationId, **said: Any
) -> Contact:
    async with database.transaction(caller) as tx:
        return await contacts.name_contact(tx, clock, organisation_id, a_contact(**said))


async def looked(
    database: Database, clock: Clock, caller: Caller, organisation_id: OrganisationId, **said: Any
) -> SoteriEvidence:
    async with database.transaction(caller) as tx:
        return await evidence.record_evidence(tx, clock, organisation_id, a_look(**said))


async def owner_of(database: Database, realm: Caller) -> OrganisationId:
    async with database.transaction(realm) as tx:
        return (await store.main_connector(tx)).organisation_id


async def a_key(
    database: Database, clock: Clock, caller: Caller, organisation_id: OrganisationId, **said: Any
) -> Token:
    new = {
        "organisation_id": organisation_id,
        "system_name": "billing",
        "permissions": {Permission.PARTIES_READ},
    } | said
    async with database.transaction(caller) as tx:
        _, token = await keys.create_key(tx, clock, NewKey(**new), giver=caller.permissions)
    return token
