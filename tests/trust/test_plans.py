"""How PostgreSQL finds what judges: only what was kept then, from an index, however much was removed before it."""

from datetime import timedelta

import msgspec
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.trust.reading import judging
from kanta_tenancy.trust.store import anchors, policies, revocation
from tests.agreements.test_plans import nodes
from tests.parties.examples import Tenant, a_realm, a_tenant
from tests.trust.examples import NOON

REMOVED, KEPT, VERSIONS = 5_000, 40, 5_000
_ANCHORS = """
INSERT INTO trust_anchor (id, main_connector_id, kind, certificate, sha256, subject, issuer, name, not_before,
                          not_after, authority, loaded_at, loaded_by, removed_at, removed_by, removed_because,
                          kept_until)
SELECT gen_random_uuid(), $1, 'signatures', der, encode(sha256(der), 'hex'), 'x', 'x', 'x', loaded, loaded, true,
       loaded, 'x', CASE WHEN gone THEN loaded + $5::interval END, CASE WHEN gone THEN 'x' END,
       CASE WHEN gone THEN 'x' END, CASE WHEN gone THEN loaded + $5::interval ELSE 'infinity' END
  FROM (SELECT int4send(n) AS der, n > $4::integer AS gone, $2::timestamptz - n * $5::interval AS loaded
          FROM generate_series(1, $3::integer) AS n) AS one
"""
_POLICIES = """
INSERT INTO trust_policy
SELECT $1, n, $2::timestamptz - ($3::integer - n) * $4::interval, 'x', 'B', 'required', '[]', NULL
  FROM generate_series(1, $3::integer) AS n
"""
_LISTS = """
INSERT INTO kept_revocation (id, main_connector_id, kind, content, sha256, authority_sha256, authority, about,
                             produced_at, fetched_at, superseded_at)
SELECT gen_random_uuid(), $1, 'crl', der, encode(sha256(der), 'hex'), authority::text, 'x', '', made, made,
       CASE n WHEN 0 THEN 'infinity' ELSE made + $5::interval END
  FROM (SELECT authority, n, int4send(authority * 1000 + n) AS der, $2::timestamptz - n * $5::interval AS made
          FROM generate_series(1, $3::integer) AS authority, generate_series(0, $4::integer - 1) AS n) AS one
"""
HOUR = timedelta(hours=1)
AUTHORITIES, EDITIONS = 20, 300


@pytest.fixture
async def realms(database, clock, owner) -> list[Caller]:
    made = [await a_realm(database, clock, serial) for serial in (2000000, 2100000)]
    for one in made:
        own = one.scope.main_connector_id
        await owner.execute(_ANCHORS, own, NOON, REMOVED + KEPT, KEPT, HOUR)
        await owner.execute(_POLICIES, own, NOON, VERSIONS, HOUR)
    await owner.execute("ANALYZE trust_anchor, trust_policy")
    return made


@pytest.fixture
async def tenant(database, clock, realms) -> Tenant:
    return await a_tenant(database, clock, realms[0])


async def planned(database, caller: Caller, statement, mode: str, at) -> list[dict]:
    given = {"main_connector_id": caller.scope.main_connector_id, "at": at}
    arguments = ", ".join(f"'{given[name]}'" for name in statement.parameters)
    async with database.transaction(caller) as tx:
        await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
        explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
        await tx.connection.execute("DEALLOCATE asked")
    return nodes(msgspec.json.decode(explained)[0]["Plan"])


def read_by(scan: dict) -> float:
    return scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("who", ["main_connector", "tenant"])
async def test_what_is_trusted_now_is_found_without_looking_at_what_was_removed(database, realms, tenant, mode, who):
    caller = realms[0] if who == "main_connector" else tenant.caller
    found = await planned(database, caller, anchors.AT, mode, NOON)
    assert "Seq Scan" not in {node["Node Type"] for node in found}
    scans = [node for node in found if node.get("Relation Name") == "trust_anchor"]
    assert sum(read_by(scan) for scan in scans) == KEPT


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_the_policy_of_now_is_the_first_row_of_its_index(database, realms, mode):
    found = await planned(database, realms[0], policies.AT, mode, NOON)
    assert {node["Node Type"] for node in found} & {"Seq Scan", "Sort", "Bitmap Heap Scan"} == set()
    (scan,) = [node for node in found if node.get("Relation Name") == "trust_policy"]
    assert (scan["Index Name"], read_by(scan)) == ("trust_policy_pkey", 1)


@pytest.fixture
async def published(owner, realms) -> None:
    """For each realm lists of many authorities, each with many former ones."""
    for one in realms:
        await owner.execute(_LISTS, one.scope.main_connector_id, NOON, AUTHORITIES, EDITIONS, HOUR)
    await owner.execute("ANALYZE kept_revocation")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_what_was_published_last_is_found_without_looking_at_what_it_replaced(database, realms, tenant, mode):
    for caller in (realms[0], tenant.caller):
        found = await planned(database, caller, revocation.AT, mode, NOON)
        assert "Seq Scan" not in {node["Node Type"] for node in found}
        scans = [node for node in found if node.get("Relation Name") == "kept_revocation"]
        assert sum(read_by(scan) for scan in scans) == AUTHORITIES
    async with database.transaction(realms[0]) as tx:
        former = await revocation.at_instant(tx, realms[0].scope.main_connector_id, NOON - HOUR / 2)
    assert (len(former), {one.produced_at for one in former}) == (AUTHORITIES, {NOON - HOUR})


class Counted:
    """Counts the statements that a connection carries out."""

    def __init__(self, connection) -> None:
        self.count = 0
        connection.add_query_logger(self.see)

    def see(self, _) -> None:
        self.count += 1


async def test_all_that_judges_is_read_in_as_few_questions(database, clock, realms):
    small = await a_realm(database, clock, 2200000)
    async with database.transaction(small) as tx:
        counted = Counted(tx.connection)
        await judging(tx, small.scope.main_connector_id, NOON)
    assert counted.count == QUESTIONS + 1  # and the commit


QUESTIONS = 3
