"""Lists of promises: what each shows, and how PostgreSQL reads it."""

import asyncio
import re
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.promises import Owner, Position, Promise, State, Wanted, store
from tests.conftest import someone
from tests.parties.examples import Tenant, a_realm, a_tenant
from tests.promises.examples import NOON

MANY = 20_000
FILL = """
INSERT INTO promise (id, main_connector_id, tenancy_id, key, kind, subject, owner, due_at, rule, title, facts, state,
                     made_at, settled_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, CASE WHEN n % 3 > 0 THEN ($2::uuid[])[1 + n % cardinality($2::uuid[])] END,
       'k/' || n, 'test.' || (ARRAY['end', 'warn', 'check'])[1 + n % 3], 'test/' || n / 10,
       (ARRAY['system', 'main_connector', 'tenant'])[1 + n % 3],
       timestamptz '2026-03-02 12:00+00' + (n % 700) * interval '1 hour', 'K20.1',
       '{"fi": "a", "sv": "b", "en": "c"}', '{}', made.state, '2026-01-01',
       CASE WHEN made.state IN ('kept', 'released') THEN timestamptz '2026-03-03' END
  FROM generate_series(1, $3::integer) AS n
 CROSS JOIN LATERAL (SELECT CASE WHEN n % 7 = 0 THEN 'owed' WHEN n % 99 = 0 AND n % 3 = 0 THEN 'broken'
                                 WHEN n % 2 = 0 THEN 'kept' ELSE 'released' END AS state) AS made
"""


class Filled:
    """A realm with many promises, one of its tenants, and the promises as they are."""

    def __init__(self, realm: Caller, tenants: list[Tenant]) -> None:
        self.realm = realm
        self.tenant = someone(realm.scope.main_connector_id, tenants[0].tenancy.id)


async def fill(database, clock, owner, count: int) -> Filled:
    large = await a_realm(database, clock, 2000000)
    small = await a_realm(database, clock, 2100000)
    tenants = [await a_tenant(database, clock, large, serial) for serial in (1234567, 1244567)]
    lone = await a_tenant(database, clock, small, 1254567)
    await owner.execute(FILL, large.scope.main_connector_id, [tenant.tenancy.id for tenant in tenants], count)
    await owner.execute(
        FILL.replace("lpad(to_hex(n)", "lpad(to_hex(n + 1000000)"), small.scope.main_connector_id, [lone.tenancy.id], 10
    )
    await owner.execute("ANALYZE promise, promise_work")
    return Filled(large, tenants)


@pytest.fixture
async def filled(database, clock, owner) -> Filled:
    return await fill(database, clock, owner, MANY)


NARROWED = {
    "all": Wanted(),
    "overdue": Wanted(states=(State.OWED,), due_before=NOON + timedelta(days=3)),
    "broken": Wanted(states=(State.BROKEN,), owners=(Owner.SYSTEM,)),
    "kind": Wanted(kind="test.warn", states=(State.OWED,)),
    "subject": Wanted(subject="test/77"),
}


def expected(who: str, name: str, mode: str) -> set[str]:
    """Return the indexes that may serve a list; when PostgreSQL knows the values, few rows may be found another way."""
    if name == "subject":
        return {"promise_by_subject"}
    if who == "tenant":
        return {"promise_by_tenancy"} | ({"promise_by_owner"} if mode == "force_custom_plan" else set())
    return {"promise_by_kind" if name == "kind" else "promise_by_owner"}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("who", ["realm", "tenant"])
@pytest.mark.parametrize("name", NARROWED)
async def test_a_page_is_read_from_the_index_of_what_narrows_it_most(database, filled, mode, who, name):
    caller: Caller = getattr(filled, who)
    plan = await planned(database, caller, NARROWED[name], mode)
    (scan,) = [node for node in nodes(plan) if node.get("Relation Name") == "promise"]
    assert scan["Node Type"] == "Index Scan"
    assert scan["Index Name"] in expected(who, name, mode)
    assert "main_connector_id" in scan["Index Cond"]
    assert "due_at <" in scan["Index Cond"]
    assert "ROW(due_at, id) >" in scan["Index Cond"]


async def planned(database, caller: Caller, wanted: Wanted, mode: str) -> dict:
    """Ask for the plan of the list that this caller gets, as asyncpg would have it executed."""
    asked = []
    async with database.transaction(caller) as tx:
        tx.connection.add_query_logger(lambda query: asked.append(query) if query.args else None)
        await store.page(tx, wanted, after=None, count=51)
        await asyncio.sleep(0)  # the logger is called soon
        (query,) = asked
        await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        await tx.connection.execute(f"PREPARE page AS {query.query}")
        explained = await tx.connection.fetchval(
            f"EXPLAIN (FORMAT JSON) EXECUTE page ({', '.join(map(literal, query.args))})"
        )
    (found,) = msgspec.json.decode(explained)
    return found["Plan"]


def literal(value: object) -> str:
    if value is None:
        return "NULL"
    return "'{" + ",".join(value) + "}'" if isinstance(value, list | tuple) else f"'{value}'"


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


@pytest.mark.parametrize("who", ["realm", "tenant"])
@pytest.mark.parametrize("name", NARROWED)
async def test_the_longest_page_fits(database, filled, who, name):
    longest = msgspec.json.schema_components([PageQuery])[1]["PageQuery"]["properties"]["limit"]["maximum"]
    asked = PageQuery(limit=longest)
    async with database.transaction(getattr(filled, who)) as tx:
        rows = await store.page(tx, NARROWED[name], after=None, count=asked.fetch)
    assert len(rows) == (asked.fetch if name in {"all", "kind"} else len(rows))


some = st.none() | st.sampled_from(["test.end", "test.warn"])
wanted = st.builds(
    Wanted,
    states=st.lists(st.sampled_from(State), min_size=1, unique=True).map(tuple),
    owners=st.lists(st.sampled_from(Owner), min_size=1, unique=True).map(tuple),
    kind=some,
    subject=st.none() | st.sampled_from(["test/3", "test/9"]),
    due_before=st.none() | st.just(NOON + timedelta(hours=150)),
)


async def test_whatever_is_asked_pages_show_exactly_that_in_order(database, clock, owner):
    """Against a slow model that filters and sorts all rows."""
    filled = await fill(database, clock, owner, 400)
    async with database.transaction(filled.realm) as tx:
        everything = await all_pages(tx, Wanted(), 201)
    assert len(everything) == 400
    examples: list[tuple[Wanted, bool, int]] = []

    @given(wanted, st.booleans(), st.integers(1, 60))
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    def collect(asked: Wanted, as_tenant: bool, count: int) -> None:
        examples.append((asked, as_tenant, count))

    collect()
    for asked, as_tenant, count in examples:
        caller = filled.tenant if as_tenant else filled.realm
        async with database.transaction(caller) as tx:
            shown = await all_pages(tx, asked, count)
        assert shown == [one for one in everything if fits(one, asked, caller)]


def fits(promise: Promise, asked: Wanted, caller: Caller) -> bool:
    return (
        promise.state in asked.states
        and promise.owner in asked.owners
        and asked.kind in {None, promise.kind}
        and asked.subject in {None, promise.subject}
        and (asked.due_before is None or promise.due_at < asked.due_before)
        and caller.scope.tenancy_id in {None, promise.tenancy_id}
    )


async def all_pages(tx, asked: Wanted, count: int) -> list[Promise]:
    found: list[Promise] = []
    after = None
    while rows := await store.page(tx, asked, after=after, count=count):
        found += rows
        after = Position(due_at=rows[-1].due_at, id=rows[-1].id)
    assert found == sorted(found, key=lambda one: (one.due_at, one.id))
    assert len({one.id for one in found}) == len(found)
    return found


async def test_every_page_is_read_by_one_plan_however_much_is_owed(database, filled):
    lists = {store.OF_REALM: Wanted(states=(State.OWED,)), store.OF_KIND: Wanted(kind="test.end")}
    async with database.transaction(filled.realm) as tx:
        for asked in lists.values():
            for _ in range(9):
                assert await store.page(tx, asked, after=None, count=51)
        planned = await tx.connection.fetch("SELECT statement, custom_plans FROM pg_prepared_statements")
    made = {row["statement"]: row["custom_plans"] for row in planned}
    # PostgreSQL tries up to five times what it would gain by planning for the values.
    assert {statement.name: made[statement.sql] <= 5 for statement in lists} == {one.name: True for one in lists}


@pytest.mark.parametrize("asked", [Wanted(), Wanted(states=(State.OWED,)), Wanted(kind="test.end")])
async def test_more_than_a_page_leaves_nothing_out(database, filled, asked):
    async with database.transaction(filled.realm) as tx:
        at_once = await store.page(tx, asked, after=None, count=1_000)
        assert at_once == (await all_pages(tx, asked, 200))[:1_000]


async def test_a_wake_up_looks_at_the_beginning_of_the_work_and_no_further(owner, filled):
    """The claim runs inside a function, so its own text is planned here, as the function's owner plans it."""
    body = await owner.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'promise_claim'")
    named = {"now_is": "$1::timestamptz", "lease": "$2::interval", "kinds": "$3::text[]", "batch": "$4::integer"}
    for name, parameter in named.items():
        body = re.sub(rf"\b{name}\b", parameter, body)
    plan = await owner.fetchval(
        f"EXPLAIN (FORMAT JSON) {body}", NOON - timedelta(days=1), timedelta(seconds=60), ["test.end"], 50
    )
    found = nodes(msgspec.json.decode(plan)[0]["Plan"])
    assert {node["Index Name"] for node in found if "Index Name" in node} == {"promise_work_next"}
    assert "Tid Scan" in {node["Node Type"] for node in found}
    (look,) = [node for node in found if node["Node Type"] == "Limit"]
    assert [node["Node Type"] for node in nodes(look)] == ["Limit", "LockRows", "Index Scan"]
    assert not [node for node in found if node["Node Type"] == "Seq Scan"]


async def test_a_tenant_that_asks_for_another_tenancy_is_shown_nothing(database, filled):
    async with database.transaction(filled.realm) as tx:
        everyones = {row.tenancy_id for row in await store.page(tx, Wanted(), after=None, count=201)}
    another = next(one for one in everyones if one not in {None, filled.tenant.scope.tenancy_id})
    async with database.transaction(filled.tenant) as tx:
        assert await store.page(tx, Wanted(tenancy_id=another), after=None, count=10) == []
