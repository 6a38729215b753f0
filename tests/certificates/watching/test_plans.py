"""How PostgreSQL answers the questions of the watch: each from one index, whatever there is beside."""

import uuid
from datetime import UTC, date, datetime

import msgspec
import pytest

from kanta_tenancy.certificates.findings import store as findings
from kanta_tenancy.certificates.watching.store import endpoints, observations, sources
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.agreements.test_plans import nodes
from tests.parties.examples import a_realm

TABLES = {
    "certificate", "certificate_endpoint", "certificate_observation", "certificate_finding", "certificate_source",
    "certificate_source_mark", "certificate_use", "certificate_replacement",
}  # fmt: skip
REALMS = 5
LAST = uuid.UUID(int=(1 << 128) - 1)
AT = datetime(2027, 3, 1, tzinfo=UTC)
_FILL = (
    """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, subject_sha256, issuer_name_sha256, not_before,
                         not_after, third_left_at, authority, seen, state, state_since, version, first_seen_at)
SELECT lpad(to_hex(n)), 32, '0')::uuid, $1, n::text::bytea, encode(sha256(n::text::bytea), 'hex'), 'server',
       'subject' || n, 'issuer' || n % 100, now(), now() + n * interval '1 hour', now(), n % 100 = 0, '{}',
       CASE WHEN n % 3 = 0 THEN 'replaced' ELSE 'in_use' END, now(), 1, now()
  FROM generate_series(1, 2000) AS n
""",
    """
INSERT INTO certificate_replacement (replaced_id, main_connector_id, successor_id, recorded_at)
SELECT lpad(to_hex(n)), 32, '0')::uuid, $1, lpad(to_hex(n + 1)), 32, '0')::uuid, now()
  FROM generate_series(3, 1900, 3) AS n
""",
    """
INSERT INTO certificate_use (id, main_connector_id, certificate_id, host, since)
SELECT gen_random_uuid(), $1, lpad(to_hex(n)), 32, '0')::uuid, 'host' || n, date '2026-01-01'
  FROM generate_series(1, 2000) AS n
""",
    """
INSERT INTO certificate_source (id, main_connector_id, kind, name, created_at, certificates, ended_at)
SELECT lpad(to_hex(n)), 32, '0')::uuid, $1, CASE WHEN n % 20 = 0 THEN 'import' ELSE 'endpoint' END, 'source' || n,
       now(), 10, CASE WHEN n % 40 = 0 THEN now() END
  FROM generate_series(1, 400) AS n
""",
    """
INSERT INTO certificate_source_mark (source_id, main_connector_id, most)
SELECT id, $1, 10 FROM certificate_source WHERE main_connector_id = $1
""",
    """
INSERT INTO certificate_endpoint (id, main_connector_id, host, port, probe_every_hours, version, created_at, ended_at,
                                  ended_because)
SELECT lpad(to_hex(n)), 32, '0')::uuid, $1, 'host' || n, 443, 6, 1, now(), CASE WHEN n % 2 = 0 THEN now() END,
       CASE WHEN n % 2 = 0 THEN 'x' END
  FROM generate_series(1, 4000) AS n
""",
    """
INSERT INTO certificate_observation (id, main_connector_id, endpoint_id, stage, detail, chain, served, client_asked,
                                     first_at, last_at, times)
SELECT gen_random_uuid(), $1, lpad(to_hex(1 + n % 400)), 32, '0')::uuid, 'handshake', '', '{a,b}', 2, false, now(),
       now(), 1
  FROM generate_series(1, 4000) AS n
""",
    """
INSERT INTO certificate_finding (id, main_connector_id, rule, severity, source, certainty, subject, certificate_id,
                                 sentence, facts, first_at, last_at, cleared_at)
SELECT gen_random_uuid(), $1, (ARRAY['probe.expired', 'lint.key'])[1 + n % 2], 'error', 'x', 'read', 'subject' || n,
       lpad(to_hex(1 + n % 2000)), 32, '0')::uuid, '{}', '{}', now(), now(), CASE WHEN n % 10 <> 0 THEN now() END
  FROM generate_series(1, 20000) AS n
""",
)


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = [await a_realm(database, clock, 3000000 + 1000 * number) for number in range(REALMS)]
    for number, one in enumerate(made):
        for fill in _FILL:
            await owner.execute(fill.replace("to_hex(", f"to_hex({number} + {REALMS} * ("), one.scope.main_connector_id)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made[0]


def an_id(n: int) -> uuid.UUID:
    """Return an id of the first realm."""
    return uuid.UUID(int=REALMS * n)


async def plans(database, caller: Caller, statement: Statement, **given: object) -> list[list[dict]]:
    """Return the scans by which the statement is executed, planned for these values and planned for any."""

    def literal(value: object) -> str:
        if value is None:
            return "NULL"
        return "'{" + ",".join(map(str, value)) + "}'" if isinstance(value, list) else f"'{value}'"

    given = {"main_connector_id": caller.scope.main_connector_id} | given
    arguments = ", ".join(literal(given[name]) for name in statement.parameters)
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        async with database.transaction(caller) as tx:
            await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
            explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
            await tx.connection.execute("DEALLOCATE asked")
        scans = [one for one in nodes(msgspec.json.decode(explained)[0]["Plan"]) if one.get("Relation Name") in TABLES]
        assert [one["Relation Name"] for one in scans if one["Node Type"] == "Seq Scan"] == [], mode
        found.append(scans)
    return found


def read(scans: list[dict]) -> float:
    """Return how many rows were looked at."""
    return sum((one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"] for one in scans)


QUESTIONS = [
    # A realm has few servers: whether they are read in order or all and sorted, those of other realms are not.
    (endpoints.WATCHED, {"before": LAST, "system_id": None, "count": 51}, 2_000),
    (endpoints.EVERY, {"before": LAST, "system_id": None, "count": 51}, 4_000),
    (endpoints.FIND, {"endpoint_id": an_id(7)}, 1),
    (endpoints.ISSUERS, {"names": ["subject100", "subject200"]}, 2),
    (endpoints.EXPECTED, {"expected_id": None, "hosts": ["host3", "host3:443"], "day": date(2027, 3, 1)}, 10),
    (endpoints.EXPECTED, {"expected_id": an_id(6), "hosts": [], "day": date(2027, 3, 1)}, 10),
    (observations.LAST, {"endpoint_id": an_id(7)}, 10),
    (observations.PAGE, {"endpoint_id": an_id(7), "before": LAST, "count": 51}, 10),
    (sources.FIND, {"source_id": an_id(20)}, 2),
    (sources.PAGE, {"after": uuid.UUID(int=0), "count": 500}, 20 + 400),
    (findings.OPEN, {"before": LAST, "severities": ["error"], "family": None, "count": 51}, 201),
    (findings.OPEN, {"before": LAST, "severities": ["error"], "family": "probe", "count": 51}, 1_000),
    (findings.EVERY, {"before": LAST, "severities": ["error"], "family": None, "count": 51}, 201),
    (findings.OF_CERTIFICATES, {"ids": [an_id(7), an_id(8)]}, 20),
    (findings.CLEAR, {"at": AT, "family": "lint", "subjects": ["subject1", "subject3"], "seen": []}, 2),
    (findings.OUTGROWN, {"at": AT, "rules": ["lint.key"], "subjects": ["subject11"]}, 1),
    (findings.TOLD_TO_EVERYBODY, {"at": AT, "ids": [an_id(7), an_id(8)]}, 4),
    (findings.COUNT_OPEN, {}, 2_000),
]


async def test_a_question_reads_no_more_than_it_answers(database, realm):
    read_too_much = {}
    for statement, given, most in QUESTIONS:
        for scans in await plans(database, realm, statement, **given):
            if read(scans) > most:
                found = [(one["Node Type"], one.get("Index Name"), one["Actual Rows"]) for one in scans]
                read_too_much[statement.name, most] = found
    assert read_too_much == {}
