"""What the store refuses by itself, beneath the actions that ask first."""

import uuid
from functools import partial

import pytest
from msgspec.structs import replace

from kanta_tenancy.kernel.identifiers import AccessKeyId, ContactId, OrganisationId, TenancyId
from kanta_tenancy.parties.errors import (
    ContactNotFound,
    EvidenceNotFound,
    EvidenceWithdrawn,
    KeyNotFound,
    OrganisationNotFound,
    PartyChanged,
    TenancyNotFound,
)
from kanta_tenancy.parties.store import contacts, evidence, keys, organisations, tenancies
from tests.parties.examples import a_key, a_tenant, looked, named, owner_of

NOBODY = uuid.UUID(int=7)


async def test_a_state_is_not_written_over_another_than_it_came_from(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    contact = await named(database, clock, realm, tenant.organisation.id)
    token = await a_key(database, clock, realm, tenant.organisation.id)
    async with database.transaction(realm) as tx:
        organisation = await organisations.find(tx, tenant.organisation.id)
        key = await keys.find(tx, token.key_id)
        save_organisation = partial(organisations.save, on_day=clock.now().date())
        for save, state in ((save_organisation, organisation), (contacts.save, contact), (keys.revoke, key)):
            with pytest.raises(PartyChanged, match=f"no longer at version {state.version + 4}"):
                await save(tx, replace(state, version=state.version + 5))


async def test_evidence_is_withdrawn_once(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    look = await looked(database, clock, realm, tenant.organisation.id)
    async with database.transaction(realm) as tx:
        await evidence.withdraw(tx, tenant.organisation.id, look.id, reason="x", at=clock.now())
        with pytest.raises(EvidenceWithdrawn):
            await evidence.withdraw(tx, tenant.organisation.id, look.id, reason="y", at=clock.now())


async def test_what_is_not_there_is_said_to_be_missing(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    async with database.transaction(realm) as tx:
        for read in (organisations.find, organisations.take, organisations.share):
            with pytest.raises(OrganisationNotFound):
                await read(tx, OrganisationId(NOBODY))
        for read in (contacts.find, contacts.take):
            with pytest.raises(ContactNotFound):
                await read(tx, tenant.organisation.id, ContactId(NOBODY))
        for read in (keys.find, keys.take):
            with pytest.raises(KeyNotFound):
                await read(tx, AccessKeyId(NOBODY))
        with pytest.raises(EvidenceNotFound):
            await evidence.take(tx, tenant.organisation.id, NOBODY)
        with pytest.raises(TenancyNotFound):
            await tenancies.find(tx, TenancyId(NOBODY))


async def test_a_thing_is_found_under_its_own_organisation_only(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    contact = await named(database, clock, realm, tenant.organisation.id)
    look = await looked(database, clock, realm, tenant.organisation.id)
    other = await owner_of(database, realm)
    async with database.transaction(realm) as tx:
        with pytest.raises(ContactNotFound):
            await contacts.find(tx, other, contact.id)
        with pytest.raises(EvidenceNotFound):
            await evidence.take(tx, other, look.id)


async def test_only_the_main_connector_reads_whose_realm_it_is(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    async with database.transaction(realm) as tx:
        assert (await organisations.main_connector(tx)).business_id == "2000000-8"
    async with database.transaction(tenant.caller) as tx:
        with pytest.raises(OrganisationNotFound):
            await organisations.main_connector(tx)
    async with database.unscoped() as connection:
        assert [one.business_id for one in await organisations.main_connectors(connection)] == ["2000000-8"]
