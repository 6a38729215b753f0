"""How PostgreSQL finds work and counts progress: from indexes, whatever else is there."""

import uuid

import msgspec
import pytest

from kanta_tenancy.agreements.campaigns import progress, store
from kanta_tenancy.agreements.campaigns.running import LEASE, work
from tests.agreements.campaigns.examples import NOON, TODAY
from tests.agreements.campaigns.many import tenancy

CAMPAIGNS = 30
TENANTS = 1000

_FILL_CAMPAIGNS = """
INSERT INTO campaign (id, main_connector_id, name, status, version, model, model_version, signatories, cohorts,
                      remind_after, created_at, started_at, ended_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'C ' || n,
       CASE WHEN n = 1 THEN 'running' WHEN n = 2 THEN 'paused' ELSE 'done' END, 1, 'm', '1', '[]', '[]', '{}', now(),
       now(), CASE WHEN n > 2 THEN now() END
  FROM generate_series(1, $2::integer) AS n
"""
_FILL_ROWS = """
INSERT INTO campaign_row (campaign_id, tenancy_id, main_connector_id, cohort, starts_on, state, next_at, reason,
                          settled_at)
SELECT campaign.id, tenancy.tenancy_id, $1, 1, '2026-03-02',
       CASE WHEN campaign.status = 'done' OR i % 10 = 0 THEN 'skipped' ELSE 'waiting' END, '2026-03-01',
       CASE WHEN campaign.status = 'done' OR i % 10 = 0 THEN 'offer_open' END,
       CASE WHEN campaign.status = 'done' OR i % 10 = 0 THEN timestamptz '2026-03-01' + i * interval '1 second' END
  FROM campaign
 CROSS JOIN LATERAL (SELECT tenancy_id, row_number() OVER (ORDER BY tenancy_id) AS i FROM tenancy) AS tenancy
"""


@pytest.fixture
async def filled(office):
    await office.tenants(TENANTS)
    realm = office.realm.scope.main_connector_id
    await office.owner.execute(_FILL_CAMPAIGNS, realm, CAMPAIGNS)
    await office.owner.execute(_FILL_ROWS, realm)
    await office.owner.execute("VACUUM (ANALYZE) campaign_row")
    await office.owner.execute("VACUUM (ANALYZE) campaign")
    return office


async def planned(office, statement, mode: str, **given) -> list[dict]:
    arguments = ", ".join(f"'{given[name]}'" for name in statement.parameters)
    async with office.database.transaction(office.realm) as tx:
        await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
        explained = await tx.connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({arguments})")
        await tx.connection.execute("DEALLOCATE asked")
    return nodes(msgspec.json.decode(explained)[0]["Plan"])


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


ONE = uuid.UUID(int=1)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(
    ("statement", "given"),
    [
        (progress.BY_STATE, {"since": NOON, "today": TODAY}),
        (progress.BY_COHORT, {}),
        (store.PAGE, {"after": uuid.UUID(int=0), "count": 51}),
        (store.PAGE_OF_STATE, {"state": "waiting", "after": uuid.UUID(int=0), "count": 51}),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
async def test_a_campaign_is_read_from_an_index_that_begins_with_it(filled, statement, given, mode):
    scans = [
        node
        for node in await planned(filled, statement, mode, campaign_id=ONE, **given)
        if node.get("Relation Name") == "campaign_row" or "campaign_row" in node.get("Index Name", "")
    ]
    assert scans
    for scan in scans:
        assert scan["Node Type"] != "Seq Scan"
        assert "campaign_id =" in scan.get("Index Cond", scan.get("Recheck Cond", ""))


async def test_laggards_are_found_without_looking_through_all_rows(filled):
    given = {"before": NOON, "after_at": "0001-01-02", "after_id": uuid.UUID(int=0), "count": 51}
    for mode in ("force_custom_plan", "force_generic_plan"):
        plan = await planned(filled, progress.LAGGARDS, mode, campaign_id=ONE, **given)
        assert "Seq Scan" not in {node["Node Type"] for node in plan if node.get("Relation Name") == "campaign_row"}


async def claim_plan(office) -> list[dict]:
    """Ask for the plan of what the function does, with the settings that it has."""
    function = await office.owner.fetchrow("SELECT prosrc, proconfig FROM pg_proc WHERE proname = 'campaign_claim'")
    body = function["prosrc"].replace("now_is", f"timestamptz '{NOON}'").replace("batch", "100")
    body = body.replace("lease *", "interval '1 minute' *")
    async with office.owner.transaction():
        for setting in function["proconfig"]:
            await office.owner.execute(f"SET LOCAL {setting}")
        explained = await office.owner.fetchval(f"EXPLAIN (FORMAT JSON) {body}")
    return nodes(msgspec.json.decode(explained)[0]["Plan"])


async def test_work_is_claimed_from_the_running_campaigns_alone(filled):
    """However much is settled, and however much waits in campaigns that are paused."""
    plan = await claim_plan(filled)
    assert not [node for node in plan if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "campaign_row"]
    (waiting,) = [node for node in plan if node.get("Index Name") == "campaign_row_work"]
    assert "campaign_id" in waiting["Index Cond"]
    assert "next_at <=" in waiting["Index Cond"]
    assert not [node for node in plan if node["Node Type"] == "Sort"]


async def test_a_claim_leaves_what_is_paused_alone(filled, database):
    found = await store.claim(database, NOON, lease=LEASE, batch=10_000)
    assert {claim.campaign_id for claim in found} == {ONE}
    assert len(found) == TENANTS * 9 / 10
    assert tenancy(10) not in {claim.tenancy_id for claim in found}


async def test_an_idle_waking_touches_no_row(filled, database, clock):
    await filled.owner.execute("UPDATE campaign SET status = 'done', ended_at = now() WHERE status <> 'done'")
    assert await work(database, clock) == 0
