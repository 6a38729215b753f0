"""A campaign to thousands of tenants by one worker: the whole of 10,000, and that the time is linear in tenants."""

import asyncio
import statistics
import time
from datetime import date
from typing import Final

import asyncpg

from kanta_tenancy.agreements.campaigns import actions
from kanta_tenancy.agreements.campaigns.model import Cohort, NewCampaign
from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.model import Party, Signatory
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from tests.agreements.campaigns.many import add_tenants
from tests.bench.realm import Realm, make_realm
from tests.bench.results import Row, at_most
from tests.parties.examples import looked, owner_of

ALL: Final = 10_000
FEW: Final = 1_000
MANY: Final = 4_000
_ROUNDS: Final = 3
_SINCE: Final = date(2026, 3, 2)
_SIGNS: Final = Signatory(
    party=Party.MAIN_CONNECTOR, position=1, name="Aino Ahola", title="Director", mandate="Register"
)


def measure(server: str) -> list[Row]:
    models.builtin()  # what every instance does once
    return [_linear(server), _whole(server)]


def _linear(server: str) -> Row:
    pairs = [(_seconds(server, f"many_{n}", MANY), _seconds(server, f"few_{n}", FEW)) for n in range(_ROUNDS)]
    ratios = tuple(many / few for many, few in pairs)
    return Row(
        name="campaign to 4,000 tenants against one to 1,000",
        ratio=statistics.median(ratios),
        spread=(min(ratios), max(ratios)),
        goal=at_most(4.4),
        ours=f"{statistics.median(many for many, _ in pairs):.1f} s",
        theirs=f"{statistics.median(few for _, few in pairs):.1f} s",
    )


def _whole(server: str) -> Row:
    before = _seconds(server, "before", FEW)
    whole = _seconds(server, "all", ALL)
    after = _seconds(server, "after", FEW)  # the machine may have been busier, or less busy, meanwhile
    ratios = sorted(whole / ALL / (few / FEW) for few in (before, after))
    return Row(
        name="campaign to 10,000 tenants, each against each of 1,000",
        ratio=statistics.mean(ratios),
        spread=(ratios[0], ratios[-1]),
        goal=at_most(1.1),
        ours=f"{whole:.1f} s",
        theirs=f"{before:.1f} and {after:.1f} s",
    )


def a_new_campaign(name: str, *, sign_with_own_key: bool = False) -> NewCampaign:
    """Return a campaign of our own model to everybody, whose day has come."""
    return NewCampaign(
        name=name,
        model=models.OURS,
        model_version=models.NEWEST,
        signatories=(_SIGNS,),
        cohorts=(Cohort(name="All", starts_on=_SINCE),),
        remind_after=(7, 14),
        sign_with_own_key=sign_with_own_key,
    )


def _seconds(server: str, name: str, tenants: int) -> float:
    """Return how long one worker takes from the start of a campaign to its end."""
    return asyncio.run(_run(server, f"bench_campaign_{name}", tenants))


async def _run(server: str, name: str, tenants: int) -> float:
    realm: Realm = await make_realm(server, name, tenants=0)
    clock = SystemClock()
    owner = await asyncpg.connect(realm.owner_url)
    await add_tenants(owner, realm.caller, tenants)
    await owner.execute("CHECKPOINT")
    async with connect(realm.service_url) as database:
        await looked(database, clock, realm.caller, await owner_of(database, realm.caller))
        async with database.transaction(realm.caller) as tx:
            campaign = await actions.create(tx, clock, a_new_campaign(name))
        start = time.perf_counter()
        async with database.transaction(realm.caller) as tx:
            await actions.start(tx, clock, campaign_id=campaign.id, version=campaign.version)
        await work(database, clock)
        seconds = time.perf_counter() - start
    offered = await owner.fetchval("SELECT count(*) FROM campaign_row WHERE state = 'offered'")
    await owner.close()
    if offered != tenants:
        raise LookupError(f"{offered} of {tenants} tenants have an offer")
    return seconds
