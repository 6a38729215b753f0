"""How PostgreSQL reads a page of agreements: from an index that holds the page in its order, whatever else is there."""

import math
import uuid

import asyncpg
import msgspec
import pytest

from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.web.pages import PageQuery
from tests.conftest import someone
from tests.parties.examples import Tenant, a_realm, a_tenant

MANY = 20_000
_FILL = """
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, offered_at, ended_at, content,
                       content_sha256, withdrawn_because)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, ($2::uuid[])[1 + n % cardinality($2::uuid[])], '2026-' || n, 'withdrawn', 1,
       'sv', 'm', '1', '{}', '{}', 2, '[]', now(), now(), now(), '{}', '', 'x'
  FROM generate_series(1, $3::integer) AS n
"""


class Filled:
    """A realm with many agreements of two tenants, and a small one whose agreements are older than all of those."""

    def __init__(self, large: Caller, tenants: list[Tenant], small: Caller) -> None:
        self.large = large
        self.small = small
        self.tenant = someone(large.scope.main_connector_id, tenants[0].tenancy.id)


@pytest.fixture
async def filled(database, clock, owner) -> Filled:
    large = await a_realm(database, clock, 2000000)
    small = await a_realm(database, clock, 2100000)
    tenants = [await a_tenant(database, clock, large, serial) for serial in (1234567, 1244567)]
    lone = await a_tenant(database, clock, small, 1254567)
    await owner.execute(_FILL, large.scope.main_connector_id, [tenant.tenancy.id for tenant in tenants], MANY)
    await owner.execute(_FILL, small.scope.main_connector_id, [lone.tenancy.id], 10)
    await owner.execute("ANALYZE agreement")
    return Filled(large, tenants, small)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("who", ["large", "small", "tenant"])
async def test_a_page_is_read_from_an_index_in_its_order(database, filled, mode, who):
    caller: Caller = getattr(filled, who)
    plan = await planned(database, caller, mode)
    kinds = [node["Node Type"] for node in nodes(plan)]
    assert "Seq Scan" not in kinds
    assert "Sort" not in kinds
    (scan,) = [node for node in nodes(plan) if node.get("Relation Name") == "agreement"]
    assert "main_connector_id" in scan["Index Cond"]
    assert "(id <" in scan["Index Cond"]
    assert ("tenancy_id" in scan["Index Cond"]) is (who == "tenant")


async def test_one_plan_serves_every_page(database, filled):
    async with database.transaction(filled.large) as tx:
        for _ in range(10):
            await store.newest(tx, before=None, count=51, tenancy_id=None)
        uses = await tx.connection.fetchrow(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement = $1", store.NEWEST.sql
        )
    assert dict(uses) == {"custom_plans": 5, "generic_plans": 5}


async def test_the_longest_page_fits(database, filled):
    longest = msgspec.json.schema_components([PageQuery])[1]["PageQuery"]["properties"]["limit"]["maximum"]
    asked = PageQuery(limit=longest)
    for caller in (filled.large, filled.tenant):
        async with database.transaction(caller) as tx:
            page = await store.newest(tx, before=None, count=asked.fetch, tenancy_id=caller.scope.tenancy_id)
        assert len(page) == asked.fetch


async def test_pages_follow_one_another_without_gap_or_repetition(database, filled):
    seen: list[uuid.UUID] = []
    before = None
    async with database.transaction(filled.tenant) as tx:
        for _ in range(math.ceil(MANY / 2 / 201)):
            page = await store.newest(tx, before=before, count=201, tenancy_id=filled.tenant.scope.tenancy_id)
            seen += [each.id for each in page]
            before = page[-1].id
    assert len(seen) == MANY / 2
    assert seen == sorted(set(seen), reverse=True)


async def planned(database, caller: Caller, mode: str) -> dict:
    """Ask for the plan of the list that this caller gets, as asyncpg would have it executed."""
    statement = store.NEWEST if caller.scope.tenancy_id is None else store.NEWEST_OF_TENANCY
    given = {
        "main_connector_id": caller.scope.main_connector_id,
        "tenancy_id": caller.scope.tenancy_id,
        "before": store.NEWEST_POSSIBLE,
        "count": 51,
    }
    arguments = ", ".join(f"'{given[name]}'" for name in statement.parameters)
    async with database.transaction(caller) as tx:
        connection: asyncpg.Connection = tx.connection
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        await connection.execute(f"PREPARE page AS {statement.sql}")
        explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE page ({arguments})")
    return msgspec.json.decode(explained)[0]["Plan"]


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]
