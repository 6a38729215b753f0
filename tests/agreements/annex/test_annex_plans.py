"""How PostgreSQL finds the services of a day: from one index, whether for one tenancy or for a page of all."""

import uuid
from datetime import date

import msgspec
import pytest

from kanta_tenancy.agreements.annex import reading
from kanta_tenancy.agreements.annex import store as annex
from kanta_tenancy.kernel.acting import Caller
from tests.agreements.test_plans import nodes
from tests.conftest import someone
from tests.parties.examples import a_realm

TENANCIES, VERSIONS = 10_000, 3
_FILL = """
WITH tenancies AS (SELECT lpad(to_hex(n), 32, '0')::uuid AS id, n FROM generate_series(1, $2::integer) AS n)
INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since, until)
SELECT gen_random_uuid(), gen_random_uuid(), $1, id, ARRAY['v' || v], date '2020-01-01' + 365 * v,
       CASE WHEN v < $3 - 1 THEN date '2020-01-01' + 365 * (v + 1) END
  FROM tenancies, generate_series(0, $3::integer - 1) AS v
"""


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    await owner.execute("SET session_replication_role = replica")  # rows of agreements that nobody asks for here
    await owner.execute(_FILL, made.scope.main_connector_id, TENANCIES, VERSIONS)
    await owner.execute("ANALYZE annex_period")
    return made


async def planned(database, caller: Caller, statement, **given: object) -> tuple[list[dict], float]:
    arguments = ", ".join(f"'{given[name]}'" for name in statement.parameters)
    async with database.transaction(caller) as tx:
        await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
        explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
        await tx.connection.execute("DEALLOCATE asked")
    found = nodes(msgspec.json.decode(explained)[0]["Plan"])
    scans = [node for node in found if node.get("Relation Name") == "annex_period"]
    assert {node["Node Type"] for node in found} & {"Seq Scan", "Sort", "Bitmap Heap Scan"} == set()
    (index,) = {scan["Index Name"] for scan in scans}
    assert index in {"annex_period_by_tenancy", "annex_period_by_day"}
    return scans, sum(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) for scan in scans)


@pytest.mark.parametrize("day", [date(2019, 1, 1), date(2021, 6, 1), date(2099, 1, 1)])
async def test_one_index_answers_for_one_tenancy_and_for_all(database, realm, day):
    own = realm.scope.main_connector_id
    tenancy = uuid.UUID(int=TENANCIES // 2)
    scans, read = await planned(database, realm, annex.OF_TENANCY, main_connector_id=own, tenancy_id=tenancy, day=day)
    if day.year == 2019:  # before anything held, which the index by day knows at once
        assert read == 0
    else:
        assert scans[0]["Index Name"] == "annex_period_by_tenancy"
        assert "tenancy_id" in scans[0]["Index Cond"]
        assert read <= VERSIONS
        page = {"main_connector_id": own, "day": day, "after": tenancy, "count": 51}
        _, read = await planned(database, realm, annex.OF_ALL, **page)
        assert read <= 201 * VERSIONS


async def test_every_tenancy_has_its_services_of_the_day(database, realm):
    seen = []
    async with database.transaction(realm) as tx:
        while page := await reading.services_in_use(
            tx, date(2021, 6, 1), after=seen[-1].tenancy_id if seen else None, count=201
        ):
            seen += page
    assert [row.services for row in seen] == [("v1",)] * TENANCIES
    async with database.transaction(someone(realm.scope.main_connector_id, seen[7].tenancy_id)) as tx:
        (own,) = await reading.services_in_use(tx, date(2099, 1, 1), after=None, count=10)
    assert (own.tenancy_id, own.services) == (seen[7].tenancy_id, ("v2",))
