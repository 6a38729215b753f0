import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from kanta_tenancy.agreements.campaigns import actions, store
from kanta_tenancy.agreements.campaigns.model import Campaign, CampaignStatus, RowState
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Connection
from tests.agreements.campaigns.examples import NOON, a_new_campaign
from tests.agreements.campaigns.many import add_tenants
from tests.parties.examples import a_realm, looked, owner_of

TARGET = {"model": "main-connector-tenant", "model_version": "1"}


class Office:
    """A main connector, what it does with campaigns, and a look behind the service's back."""

    def __init__(self, database, clock, owner: Connection, realm: Caller) -> None:
        self.database = database
        self.clock = clock
        self.owner = owner
        self.realm = realm

    async def tenants(self, count: int, *, first: int = 1):
        return await add_tenants(self.owner, self.realm, count, first=first)

    async def create(self, **said) -> Campaign:
        async with self.database.transaction(self.realm) as tx:
            return await actions.create(tx, self.clock, a_new_campaign(**(TARGET | said)))

    async def move(self, how: str, campaign: Campaign, **said) -> Campaign:
        async with self.database.transaction(self.realm) as tx:
            act = getattr(actions, how)
            return await act(tx, self.clock, campaign_id=campaign.id, version=campaign.version, **said)

    async def started(self, **said) -> Campaign:
        return await self.move("start", await self.create(**said))

    async def read(self, campaign: Campaign) -> Campaign:
        async with self.database.transaction(self.realm) as tx:
            return await store.find(tx, campaign.id)

    async def states(self) -> dict[RowState, int]:
        rows = await self.owner.fetch("SELECT state, count(*) FROM campaign_row GROUP BY state")
        return {RowState(row["state"]): row["count"] for row in rows}

    async def until_offered(self, count: int) -> None:
        """Wait until so many offers were made."""
        made = 0
        while made < count:
            await asyncio.sleep(0.005)
            made = (await self.states()).get(RowState.OFFERED, 0)

    async def until_done(self, campaign: Campaign) -> None:
        status = campaign.status
        while status is not CampaignStatus.DONE:
            await asyncio.sleep(0.1)
            status = (await self.read(campaign)).status

    async def reasons(self) -> dict[UUID, str]:
        rows = await self.owner.fetch("SELECT tenancy_id, reason FROM campaign_row WHERE reason IS NOT NULL")
        return {row["tenancy_id"]: row["reason"] for row in rows}

    async def offers(self) -> list[tuple[UUID, int]]:
        """Return how many agreements each tenancy was ever drafted here, in whatever state."""
        rows = await self.owner.fetch(
            "SELECT tenancy_id, count(*) FROM agreement WHERE origin = 'here' GROUP BY tenancy_id ORDER BY tenancy_id"
        )
        return [tuple(row) for row in rows]

    async def check_one_each(self, tenancies: Sequence[UUID]) -> None:
        """Each of these has exactly one offer, whole: with its document, reminders, two entries and its row's mark."""
        assert await self.offers() == [(one, 1) for one in sorted(tenancies)]
        whole = await self.owner.fetchval(
            "SELECT count(*) FROM campaign_row AS r JOIN agreement AS a ON a.id = r.agreement_id"
            " JOIN agreement_document AS d ON d.agreement_id = a.id"
            " JOIN agreement AS before ON before.id = r.replaces AND before.tenancy_id = a.tenancy_id"
            " WHERE r.state = 'offered' AND a.status = 'offered' AND a.tenancy_id = r.tenancy_id"
            " AND (SELECT count(*) FROM promise WHERE main_connector_id = a.main_connector_id"
            "      AND subject = 'agreement/' || a.id AND state = 'owed')"
            "     = (SELECT cardinality(remind_after) FROM campaign WHERE campaign.id = r.campaign_id)"
            " AND (SELECT count(*) FROM journal_entry WHERE chain = a.tenancy_id"
            "      AND entry LIKE '%agreement/' || a.id || '%') = 2"
        )
        assert whole == len(tenancies)


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


@pytest.fixture
async def office(database, clock, owner) -> Office:
    realm = await a_realm(database, clock)
    await looked(database, clock, realm, await owner_of(database, realm))
    return Office(database, clock, owner, realm)
