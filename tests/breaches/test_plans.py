"""How PostgreSQL answers the questions about breaches: each from one index in its order, for any caller."""

import uuid
from datetime import UTC, datetime

import msgspec
import pytest

from kanta_tenancy.breaches.store import breaches, entries, helping, reports
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.agreements.test_plans import nodes
from tests.conftest import someone
from tests.parties.examples import a_realm

TENANCIES, EACH = 200, 50
ENTRIES = 5
# Breach n stands in the register of tenancy n modulo TENANCIES; one in fifty is open.
_FILL = (
    """
INSERT INTO breach_report (id, main_connector_id, tenancy_id, title, what, found_at, suspected, damage, concerned,
                           disturbance_id, reported_by, reported_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(n % $2 + 1), 32, '0')::uuid, 'x', 'x',
       timestamptz '2026-01-01 00:00Z' + n * interval '1 minute', true, '{integrity}', '[]',
       CASE WHEN n % 100 = 0 THEN lpad(to_hex(n / 1000 + 1), 32, '0')::uuid END, 'x', now()
  FROM generate_series(1, $2::integer * $3::integer) AS n
""",
    """
INSERT INTO breach (id, main_connector_id, tenancy_id, report_id, title, found_at, recorded_at, state, part, version)
SELECT id, main_connector_id, tenancy_id, id, title, found_at, found_at,
       CASE WHEN ('x' || right(id::text, 4))::bit(16)::integer % 50 = 0 THEN 'suspected' ELSE 'closed' END,
       'controller', 1
  FROM breach_report WHERE main_connector_id = $1 AND $2::integer > 0 AND $3::integer > 0
""",
    """
INSERT INTO breach_entry (main_connector_id, breach_id, number, holder, said, said_by, said_at)
SELECT main_connector_id, id, n, holder, '{"type": "statement"}', 'x', now()
  FROM breach, generate_series(1, 5) AS n WHERE main_connector_id = $1 AND $2::integer > 0 AND $3::integer > 0
""",
    """
INSERT INTO breach_reminder (main_connector_id, breach_id, turn, hours, holder, due_at, decided_at, told, people)
SELECT main_connector_id, id, 1, n, holder, now(), now(), true, 1
  FROM breach, generate_series(1, 5) AS n WHERE main_connector_id = $1 AND $2::integer > 0 AND $3::integer > 0
""",
    """
INSERT INTO breach_help (id, main_connector_id, tenancy_id, breach_id, breach_holder, asked_by_tenant, question,
                         wanted_by, asked_by, asked_at, state, state_at, version)
SELECT id, main_connector_id, tenancy_id, id, holder, true, 'x', now(), 'x', now(),
       CASE WHEN state = 'suspected' THEN 'asked' ELSE 'answered' END, now(), 1
  FROM breach WHERE main_connector_id = $1 AND $2::integer > 0 AND $3::integer > 0
""",
    """
INSERT INTO breach_help_answer (main_connector_id, help_id, number, tenancy_id, answer, is_final, answered_by,
                                answered_at)
SELECT main_connector_id, id, n, tenancy_id, 'x', false, 'x', now()
  FROM breach_help, generate_series(1, 5) AS n WHERE main_connector_id = $1 AND $2::integer > 0 AND $3::integer > 0
""",
)
TABLES = {"breach_report", "breach", "breach_entry", "breach_reminder", "breach_help", "breach_help_answer"}
TENANCY = uuid.UUID(int=7)
ONE = uuid.UUID(int=6)  # of that tenancy
MIDDLE = uuid.UUID(int=TENANCIES * EACH // 2)


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    await owner.execute("SET session_replication_role = replica")  # rows of tenancies that nobody asks for here
    for fill in _FILL:
        await owner.execute(fill, made.scope.main_connector_id, TENANCIES, EACH)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


@pytest.fixture
def callers(realm) -> list[Caller]:
    return [realm, someone(realm.scope.main_connector_id, TENANCY)]


async def read(
    database, caller: Caller, statement: Statement, **given: object
) -> list[tuple[set[str], float, set[str]]]:
    """Return by which indexes, how many rows and with which kinds of step it is executed: for these values, for any."""

    def literal(value: object) -> str:
        return "'{" + ",".join(map(str, value)) + "}'" if isinstance(value, list) else f"'{value}'"

    asked = {"main_connector_id": caller.scope.main_connector_id, "count": 51} | given
    arguments = ", ".join(literal(asked[name]) for name in statement.parameters)
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        async with database.transaction(caller) as tx:
            await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
            explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
            await tx.connection.execute("DEALLOCATE asked")
        steps = nodes(msgspec.json.decode(explained)[0]["Plan"])
        scans = [one for one in steps if one.get("Relation Name") in TABLES]
        assert [one["Relation Name"] for one in scans if one["Node Type"] == "Seq Scan"] == [], statement.name
        rows = sum((one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"] for one in scans)
        indexes = {one["Index Name"] for one in steps if "Index Name" in one}
        found.append((indexes, rows, {one["Node Type"] for one in steps}))
    return found


async def test_a_page_of_the_realm_is_read_in_its_order(database, realm):
    for statement, most in (
        (reports.PAGE, 51),
        (breaches.PAGE, 51),
        (breaches.PAGE_OPEN, 51),
        (helping.PAGE, 51),
    ):
        for _, rows, kinds in await read(database, realm, statement, before=MIDDLE):
            assert rows <= most, statement.name
            assert "Sort" not in kinds, statement.name


async def test_a_page_of_one_party_is_read_by_the_holder(database, callers):
    for caller in callers:
        for statement, index, asked in (
            (reports.PAGE_OF_HOLDER, "breach_report_by_holder", {"holder": TENANCY}),
            (breaches.PAGE_OF_HOLDER, "breach_by_holder", {"holder": TENANCY}),
            (breaches.PAGE_OPEN_OF_HOLDER, "breach_open_by_holder", {"holder": TENANCY}),
            (helping.PAGE_OF_TENANCY, "breach_help_by_tenancy", {"tenancy_id": TENANCY}),
        ):
            for indexes, rows, kinds in await read(database, caller, statement, before=MIDDLE, **asked):
                assert indexes == {index}, statement.name
                assert rows <= 51, statement.name
                assert "Sort" not in kinds, statement.name


async def test_what_names_a_disturbance_is_read_by_it(database, realm):
    asked = {"disturbance_id": uuid.UUID(int=3), "before": breaches.NEWEST}
    for indexes, rows, _ in await read(database, realm, reports.PAGE_OF_DISTURBANCE, **asked):
        assert (indexes, rows <= 10) == ({"breach_report_by_disturbance"}, True)


async def test_a_register_of_a_period_is_read_in_the_order_of_finding(database, callers):
    begin, end = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC)
    asked = {"holder": TENANCY, "after_found_at": begin, "after_id": uuid.UUID(int=0), "until": end}
    for caller in callers:
        for indexes, rows, kinds in await read(database, caller, breaches.FOUND_WITHIN, **asked):
            assert (indexes, "Sort" in kinds) == ({"breach_by_finding"}, False)
            assert rows <= 51


async def test_what_was_said_of_some_breaches_is_read_from_their_rows_alone(database, callers):
    for caller in callers:
        for statement, asked, most in (
            (entries.OF_BREACH, {"breach_id": ONE}, ENTRIES),
            (entries.OF_BREACHES, {"breach_ids": [ONE, uuid.UUID(int=206)]}, 2 * ENTRIES),
            (entries.REMINDERS, {"breach_id": ONE}, ENTRIES),
            (entries.REMINDERS_OF, {"breach_ids": [ONE, uuid.UUID(int=206)]}, 2 * ENTRIES),
            (helping.OF_BREACH, {"breach_id": ONE}, 1),
            (helping.ANSWERS, {"help_id": ONE}, ENTRIES),
            (breaches.OF_REPORT, {"report_id": ONE}, 1),
        ):
            for _, rows, _ in await read(database, caller, statement, **asked):
                assert 0 < rows <= most, statement.name


async def test_what_nobody_has_answered_is_read_apart_from_the_rest(database, realm):
    for indexes, rows, kinds in await read(database, realm, helping.OPEN, after=uuid.UUID(int=0)):
        assert (indexes, "Sort" in kinds) == ({"breach_help_open"}, False)
        assert rows <= 51
