"""How PostgreSQL finds a page of endings: from one index, in its order, however many are over."""

import uuid
from datetime import UTC, datetime

import msgspec
import pytest

from kanta_tenancy.agreements.endings.checklists import store as checklists
from kanta_tenancy.kernel.acting import Caller
from tests.agreements.test_plans import nodes
from tests.parties.examples import a_realm

ENDINGS = 20_000
_FILL = """
INSERT INTO checklist (id, main_connector_id, tenancy_id, agreement_id, ground, until, known_at, reckoned_at,
                       completed_at, version)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, gen_random_uuid(), gen_random_uuid(), 'notice',
       timestamptz '2026-01-01' + n * interval '1 hour', now(), now(),
       CASE WHEN n <= $2::integer - 100 THEN now() END, 1
  FROM generate_series(1, $2::integer) AS n
"""


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    await owner.execute("SET session_replication_role = replica")  # rows of agreements that nobody asks for here
    await owner.execute(_FILL, made.scope.main_connector_id, ENDINGS)
    await owner.execute("ANALYZE checklist")
    return made


@pytest.mark.parametrize(("statement", "index"), [("OPEN", "checklist_open"), ("ALL", "checklist_by_end")])
async def test_a_page_is_read_from_one_index_in_its_order(database, realm, statement, index):
    asked = getattr(checklists, statement)
    given = {
        "main_connector_id": realm.scope.main_connector_id,
        "after_until": datetime(2026, 2, 1, tzinfo=UTC),
        "after_id": uuid.UUID(int=0),
        "complete": False,
        "count": 51,
    }
    arguments = ", ".join(f"'{given[name]}'" for name in asked.parameters)
    async with database.transaction(realm) as tx:
        await tx.connection.execute(f"PREPARE asked AS {asked.sql}")
        explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
    found = nodes(msgspec.json.decode(explained)[0]["Plan"])
    scans = [node for node in found if node.get("Relation Name") == "checklist"]
    assert [scan["Index Name"] for scan in scans] == [index]
    assert [scan["Node Type"] for scan in scans] == ["Index Scan"]
    assert scans[0]["Actual Rows"] <= 201  # the longest page; it stops there
    assert scans[0].get("Rows Removed by Filter", 0) == 0
