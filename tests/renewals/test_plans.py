"""How PostgreSQL answers the questions about requests: from one index in its order, however many are closed."""

import uuid
from datetime import UTC, datetime
from functools import partial

import msgspec
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.renewals.store import duties, figures, prescribers, requests, units
from tests.conftest import someone
from tests.parties.examples import a_realm
from tests.plans import Plan
from tests.plans import plans as plans_of

OPEN, CLOSED, TENANCIES, PEOPLE = 8_000, 40_000, 40, 80
HOUSES = 2_000  # of most of them there are no requests
_UNITS = """
INSERT INTO renewal_unit (id, main_connector_id, tenancy_id, oid, name, version, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(1 + n % $2::integer), 32, '0')::uuid, '1.2.246.10.' || n, 'x', 1,
       now()
  FROM generate_series(1, $2::integer * 3) AS n
"""
_DECIDE = """
INSERT INTO renewal_decision (id, main_connector_id, tenancy_id, unit_id, receives, effective_on, decided_at,
                              change_notice_id, version)
SELECT gen_random_uuid(), $1, unit.tenancy_id, unit.id, k = 4, date '2020-01-01' + k, now(), gen_random_uuid(), 1
  FROM renewal_unit AS unit, generate_series(1, 4) AS k
"""
_PEOPLE = """
INSERT INTO prescriber (id, main_connector_id, tenancy_id, code, name, office, entitlement, since, shifts, version,
                        created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(1 + n % $2::integer), 32, '0')::uuid, lpad(n::text, 6, '0'), 'x',
       'prescriber', 'full', date '2020-01-01', '[]', 1, now()
  FROM generate_series(1, $3::integer) AS n
"""
_FILL = """
INSERT INTO renewal_request (id, main_connector_id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code,
                             kind, arrived_at, received_at, lapses_at, state, version, next_at, person, ground, since,
                             hand_over_at, closed_at, answered_by)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(1 + n % $2::integer), 32, '0')::uuid,
       lpad(to_hex(1 + n % $2::integer), 32, '0')::uuid, '1.2.' || n, '1.2.246.93.' || n, '123456', 'two_years',
       arrived, arrived, arrived + interval '192 hours',
       CASE WHEN closed THEN 'renewed' WHEN n % 20 = 0 THEN 'with_physician' ELSE 'with_prescriber' END, 1,
       arrived + interval '72 hours', lpad(to_hex(1 + n % $3::integer), 32, '0')::uuid, 'original', arrived,
       CASE WHEN NOT closed AND n % 20 <> 0 THEN arrived + interval '144 hours' END,
       CASE WHEN closed THEN arrived + interval '7 hours' END, CASE WHEN closed THEN 'tenant' END
  FROM generate_series(1, $4::integer + $5::integer) AS n,
       LATERAL (SELECT n > $4::integer AS closed) AS state_,
       LATERAL (SELECT CASE WHEN closed THEN timestamptz '2025-06-01 00:00Z' + (n - $4) * interval '8 minutes'
                            ELSE timestamptz '2026-02-25 00:00Z' + n * interval '1 minute' END AS arrived) AS time_
"""
_STEPS = """
INSERT INTO renewal_step (id, request, main_connector_id, tenancy_id, at, done, state)
SELECT gen_random_uuid(), id, $1, tenancy_id, arrived_at, done, state
  FROM renewal_request, unnest(ARRAY['routed', 'warned', 'renewed']) AS done
"""
_DUTIES = """
INSERT INTO renewal_duty (request, main_connector_id, tenancy_id, owed_by, outcome, opened_at, due_at, told_at, told_by,
                          way)
SELECT id, $1, tenancy_id, 'tenant', 'rejected', closed_at, closed_at + interval '1 day',
       CASE WHEN number % 50 <> 0 THEN closed_at END, CASE WHEN number % 50 <> 0 THEN 'tenant' END,
       CASE WHEN number % 50 <> 0 THEN 'call' END
  FROM (SELECT *, row_number() OVER () AS number FROM renewal_request WHERE closed_at IS NOT NULL) AS closed
"""
_FIGURES = """
INSERT INTO renewal_figure (main_connector_id, tenancy_id, month, outcome, handed_over, hours, requests)
SELECT $1, lpad(to_hex(n), 32, '0')::uuid, date '2024-01-01' + k * interval '1 month', 'renewed', false, 7, 1
  FROM generate_series(1, $2::integer) AS n, generate_series(0, 9) AS k
"""
TABLES = {"renewal_request", "renewal_duty", "renewal_step", "renewal_unit", "renewal_decision", "prescriber",
          "renewal_figure"}  # fmt: skip
TENANCY = uuid.UUID(int=7)


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute("SET session_replication_role = replica")  # rows of tenancies that nobody asks for here
    await owner.execute(_UNITS, own, HOUSES)
    await owner.execute(_DECIDE, own)
    await owner.execute(_PEOPLE, own, HOUSES, 2 * HOUSES)
    await owner.execute(_FILL, own, TENANCIES, PEOPLE, OPEN, CLOSED)
    await owner.execute(_STEPS, own)
    await owner.execute(_DUTIES, own)
    await owner.execute(_FIGURES, own, HOUSES)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


plans = partial(plans_of, tables=TABLES)


PAGE = {"after_at": "2026-03-04 00:00Z", "after_id": uuid.UUID(int=0), "count": 51}


@pytest.mark.parametrize(
    ("statement", "index", "asked"),
    [
        (requests.OPEN_OF_REALM, "renewal_request_open", {}),
        (requests.OPEN_OF_HOUSE, "renewal_request_open_of_house", {"holder": TENANCY}),
        (requests.OPEN_OF_PERSON, "renewal_request_open_of_person", {"person": TENANCY}),
        (requests.OPEN_WITH_PHYSICIAN, "renewal_request_open_with_physician", {}),
    ],
)
async def test_a_work_list_is_read_in_its_order_from_open_requests_alone(database, realm, statement, index, asked):
    for plan in await plans(database, realm, statement, **PAGE, **asked):
        assert plan.indexes() == {index}
        assert plan.read("renewal_request") <= 51
        assert "Sort" not in plan.kinds
    if "holder" in asked:
        tenant = someone(realm.scope.main_connector_id, TENANCY)
        for plan in await plans(database, tenant, statement, **PAGE, **asked):
            assert plan.read("renewal_request") <= 51


async def test_every_page_of_a_list_is_read_by_one_plan_however_many_are_open(database, realm):
    """Where the length of a page is not known, a longer list is planned anew each time: that costs half a page more."""
    by_house, by_state = {"holder": TENANCY}, {"state": "renewed"}
    lists = {
        requests.OPEN_OF_REALM: {},
        requests.OPEN_OF_HOUSE: by_house,
        requests.OPEN_OF_PERSON: {"person": TENANCY},
        requests.OPEN_WITH_PHYSICIAN: {},
        requests.CLOSED_OF_REALM: by_state,
        requests.CLOSED_OF_HOUSE: by_state | by_house,
        duties.OPEN_OF_REALM: {},
        duties.OPEN_OF_HOUSE: {"holder": uuid.UUID(int=11)},
    }
    page = PAGE | {"after_at": datetime(2025, 7, 1, tzinfo=UTC)}
    async with database.transaction(realm) as tx:
        for statement, asked in lists.items():
            for _ in range(9):
                assert await statement.all(tx, main_connector_id=realm.scope.main_connector_id, **page, **asked)
        planned = await tx.connection.fetch("SELECT statement, custom_plans FROM pg_prepared_statements")
    plans_made = {row["statement"]: row["custom_plans"] for row in planned}
    # PostgreSQL tries five times what it would gain by planning for the values.
    assert {statement.name: plans_made[statement.sql] for statement in lists} == {one.name: 5 for one in lists}


@pytest.mark.parametrize(
    ("statement", "index", "asked"),
    [
        (requests.CLOSED_OF_REALM, "renewal_request_closed", {}),
        (requests.CLOSED_OF_HOUSE, "renewal_request_closed_of_house", {"holder": TENANCY}),
    ],
)
async def test_what_was_closed_is_read_by_outcome_in_its_order(database, realm, statement, index, asked):
    page = PAGE | {"after_at": "2025-07-01 00:00Z"}
    for plan in await plans(database, realm, statement, **page, **asked, state="renewed"):
        assert plan.indexes() == {index}
        assert plan.read("renewal_request") <= 51
        assert "Sort" not in plan.kinds


async def test_what_is_due_is_looked_at_in_its_order_and_nothing_else_is(database, realm):
    for now, most in (("2026-02-27 00:00Z", 0), ("2026-02-28 00:30Z", 31)):
        for plan in await plans(database, realm, requests.DUE, now=now, count=500):
            assert plan.indexes() == {"renewal_request_next"}
            assert plan.read("renewal_request") <= most
    for plan in await plans(database, realm, requests.DUE, now="2030-01-01 00:00Z", count=500):
        assert plan.read("renewal_request") <= 500


async def test_in_which_realms_time_has_something_to_do_is_one_look_each(database, realm, owner):
    explained = await owner.fetchval(
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT realm.main_connector_id FROM main_connector AS realm"
        " WHERE EXISTS (SELECT FROM renewal_request AS waiting"
        " WHERE waiting.main_connector_id = realm.main_connector_id AND waiting.closed_at IS NULL"
        " AND waiting.next_at <= '2026-02-27 00:00Z')"
    )
    plan = Plan(msgspec.json.decode(explained)[0]["Plan"], TABLES)
    assert plan.read("renewal_request") <= 1
    async with database.unscoped() as connection:
        assert await requests.REALMS_DUE.all(connection, now=datetime(2026, 2, 27, tzinfo=UTC)) == []


async def test_a_request_is_found_by_what_the_national_service_calls_it(database, realm):
    for plan in await plans(database, realm, requests.KNOWN, request_ids=["1.2.77"]):
        assert plan.indexes() == {"renewal_request_once"}
    for plan in await plans(database, realm, requests.OF_PRESCRIPTION, prescription_id="1.2.246.93.77", count=9):
        assert plan.indexes() == {"renewal_request_by_prescription"}
    for plan in await plans(database, realm, requests.STEPS, id=uuid.UUID(int=77)):
        assert plan.read("renewal_step") == 3


@pytest.mark.parametrize(
    ("statement", "index", "asked"),
    [
        (requests.STEP_OF_REALM, "renewal_request_open", {}),
        (requests.STEP_OF_HOUSE, "renewal_request_open_of_house", {"holder": TENANCY}),
        (requests.STEP_OF_PERSON, "renewal_request_open_of_person", {"person": TENANCY}),
    ],
)
async def test_looking_again_goes_on_from_where_it_stands(database, realm, statement, index, asked):
    for plan in await plans(database, realm, statement, **PAGE, **asked):
        assert plan.indexes() == {index}
        assert plan.read("renewal_request") <= 51


async def test_what_is_looked_at_again_is_found_by_its_name(database, realm):
    ids = [uuid.UUID(int=number) for number in range(1, 201)]
    for plan in await plans(database, realm, requests.WAKE, at="2026-02-26 00:00Z", ids=ids):
        assert plan.read("renewal_request") <= len(ids)


@pytest.mark.parametrize(
    ("statement", "index", "asked"),
    [
        (duties.OPEN_OF_REALM, "renewal_duty_open", {}),
        (duties.OPEN_OF_HOUSE, "renewal_duty_open_of_house", {"holder": TENANCY}),
    ],
)
async def test_who_is_to_be_told_is_read_from_open_duties_alone(database, realm, statement, index, asked):
    page = PAGE | {"after_at": "2025-07-01 00:00Z"}
    for plan in await plans(database, realm, statement, **page, **asked):
        assert plan.indexes() == {index}
        assert plan.read("renewal_duty") <= 51


async def test_a_months_report_reads_the_months_requests(database, realm):
    month = {
        "states": ["renewed", "rejected", "returned", "lapsed"],
        "since": "2025-07-01 00:00Z",
        "until": "2025-08-01 00:00Z",
        "month": "2025-07-01",
    }
    inside = 31 * 24 * 60 / 8
    for plan in await plans(database, realm, figures.OF_MONTH, **month):
        assert plan.read("renewal_request") <= inside + 4
    for plan in await plans(database, realm, figures.OF_MONTH_OF_HOUSE, **month, holder=TENANCY):
        assert plan.read("renewal_request") <= inside / TENANCIES + 4


async def test_whom_routing_looks_at_is_read_by_the_house(database, realm):
    asked = {"holders": [TENANCY], "day": "2026-03-02", "after": "2026-03-02 00:00Z"}
    for plan in await plans(database, realm, prescribers.OF_HOUSES, **asked):
        assert plan.read("prescriber") <= 2
        assert plan.read("renewal_request") <= OPEN / TENANCIES


async def test_units_are_read_page_by_page_with_the_decision_that_counts(database, realm):
    asked = {"after_holder": uuid.UUID(int=0), "after_id": uuid.UUID(int=0), "day": "2026-03-02", "count": 51}
    for plan in await plans(database, realm, units.PAGE, **asked):
        assert plan.read("renewal_unit") <= 201
        assert plan.read("renewal_decision") <= 201
        assert "Sort" not in plan.kinds
    for plan in await plans(database, realm, units.OF_HOUSE, holder=TENANCY, day="2026-03-02"):
        assert plan.read("renewal_unit") <= 3
