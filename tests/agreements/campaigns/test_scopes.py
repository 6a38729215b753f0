import asyncpg
import pytest

from kanta_tenancy.agreements.campaigns import actions, store
from kanta_tenancy.agreements.campaigns.errors import CampaignNotFound
from kanta_tenancy.agreements.campaigns.running import work
from tests.agreements.campaigns.conftest import TARGET
from tests.agreements.campaigns.examples import a_new_campaign
from tests.conftest import someone
from tests.parties.examples import a_realm


async def test_a_campaign_is_the_main_connectors_alone(database, clock, office):
    (tenancy_id,) = await office.tenants(1)
    campaign = await office.started()
    await work(database, clock)
    strangers = [
        someone(office.realm.scope.main_connector_id, tenancy_id),
        await a_realm(database, clock, 2100000),
    ]
    for stranger in strangers:
        async with database.transaction(stranger) as tx:
            assert await store.newest(tx, before=None, count=10) == []
            assert await store.page(tx, campaign.id, state=None, after=None, count=10) == []
            with pytest.raises(CampaignNotFound):
                await store.find(tx, campaign.id)
            with pytest.raises(CampaignNotFound):
                await actions.pause(tx, clock, campaign_id=campaign.id, version=campaign.version)


async def test_a_tenants_scope_cannot_make_a_campaign(database, clock, office):
    (tenancy_id,) = await office.tenants(1)
    tenant = someone(office.realm.scope.main_connector_id, tenancy_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(tenant) as tx:
            await actions.create(tx, clock, a_new_campaign(**TARGET))


async def test_without_a_scope_nothing_is_there(database, clock, office):
    await office.tenants(1)
    await office.started()
    async with database.unscoped() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaign") == 0
        assert await connection.fetchval("SELECT count(*) FROM campaign_row") == 0
