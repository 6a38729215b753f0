"""How PostgreSQL answers the questions about orders: each from one index, however many have ended."""

import uuid

import msgspec
import pytest

from kanta_tenancy.certificates.orders import store
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.agreements.test_plans import nodes
from tests.parties.examples import a_realm

CLOSED, OPEN, CERTIFICATES = 5_000, 20, 2_000
_FILL = """
INSERT INTO certificate_order (id, main_connector_id, state, profile, ordered_on, content, public_key, request,
                               replaces_id, old_same_key, certificate_id, arrived_at, deployed_on, ended_at, version,
                               recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, CASE WHEN n > $3 THEN 'closed' ELSE 'ordered' END, 'dvv-server',
       date '2026-01-01' + (n / 50)::integer, '\\x01', decode(lpad(to_hex(n), 64, '0'), 'hex'), '{"subject": "x"}',
       lpad(to_hex(n), 32, '0')::uuid, false,
       CASE WHEN n > $3 THEN lpad(to_hex(n + 100000), 32, '0')::uuid END, CASE WHEN n > $3 THEN now() END,
       CASE WHEN n > $3 THEN date '2027-02-01' END, CASE WHEN n > $3 THEN now() END, 1, now()
  FROM generate_series(1, $2::integer + $3::integer) AS n
"""
_CERTIFY = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, not_before, not_after, third_left_at, authority,
                         seen, state, state_since, version, first_seen_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, decode(lpad(to_hex(n), 64, '0'), 'hex'),
       encode(sha256(decode(lpad(to_hex(n), 64, '0'), 'hex')), 'hex'), 'server', '2026-02-01', '2027-02-01',
       '2026-10-01', false, '{}', 'in_use', now(), 1, now()
  FROM generate_series(1, $2::integer) AS n
"""


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute("SET session_replication_role = replica")  # rows of certificates that nobody asks for here
    await owner.execute(_FILL, own, CLOSED, OPEN)
    await owner.execute(_CERTIFY, own, CERTIFICATES)
    await owner.execute("ANALYZE certificate_order")
    await owner.execute("ANALYZE certificate")
    return made


async def scanned(database, caller: Caller, statement: Statement, **given: object) -> list[list[dict]]:
    """Return what the statement scans, planned for these values and planned for any."""
    arguments = ", ".join(f"'{given[name]}'" for name in statement.parameters)
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        async with database.transaction(caller) as tx:
            await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
            explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
            await tx.connection.execute("DEALLOCATE asked")
        scans = [node for node in nodes(msgspec.json.decode(explained)[0]["Plan"]) if "Relation Name" in node]
        assert [node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"] == []
        found.append(scans)
    return found


def read(scans: list[dict], table: str) -> float:
    """Return how many rows of a table were looked at."""
    return sum(
        (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
        for scan in scans
        if scan["Relation Name"] == table
    )


async def test_orders_are_found_and_listed_by_their_indexes(database, realm):
    own = {"main_connector_id": realm.scope.main_connector_id}
    some = uuid.UUID(int=CLOSED // 2)
    page = {"before_day": store.LATEST.ordered_on, "before_id": store.LATEST.id, "count": 51}
    asked = [
        (store.FIND, {"order_id": some}, {"certificate_order_pkey", "certificate_order_main_connector_id_id_key"}, 1),
        (store.PAGE, page, {"certificate_order_by_day"}, 51),
        (store.PAGE_OF_STATE, page | {"state": "ordered"}, {"certificate_order_by_state"}, OPEN),
        (store.REPLACING, {"certificate_ids": f"{{{some}}}"}, {"certificate_order_by_replaced"}, 1),
        (store.OF_CERTIFICATE, {"certificate_id": uuid.UUID(int=100_001)}, {"certificate_order_by_certificate"}, 1),
    ]
    for statement, given, indexes, rows in asked:
        for scans in await scanned(database, realm, statement, **own, **given):
            assert {scan.get("Index Name") for scan in scans} <= indexes, statement.name
            assert read(scans, "certificate_order") <= rows, statement.name


async def test_what_arrives_is_held_against_orders_that_wait_alone(database, realm):
    came = [str(uuid.UUID(int=number)) for number in range(1, 101)]
    own = {"main_connector_id": realm.scope.main_connector_id, "certificate_ids": f"{{{','.join(came)}}}"}
    for scans in await scanned(database, realm, store.ARRIVALS, **own):
        assert read(scans, "certificate_order") <= OPEN * len(came)
        assert read(scans, "certificate") <= OPEN * len(came)
