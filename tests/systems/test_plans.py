"""How PostgreSQL answers the questions about systems: each from one index in its order, on any day, for any caller."""

import uuid
from datetime import date
from functools import partial

import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.systems.store import certificates, deployments, systems
from tests.conftest import someone
from tests.parties.examples import a_realm
from tests.plans import plans as plans_of

SYSTEMS, TENANCIES, YEARS = 1_000, 2_000, 3
SERVICES = ("imaging", "patient_data", "prescription", "will")
DAY = date(2026, 6, 1)
# Every tenancy has its four services on one of the systems each year, on another one the next year.
_FILL = """
INSERT INTO information_system (id, main_connector_id, kind, name, system_class, producer, state, in_use_on, version,
                                created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'information_system', 'System ' || n, 'A3', '{"name": "x"}', 'in_use',
       date '2024-01-01', 1, now()
  FROM generate_series(1, $2::integer) AS n
"""
_CERTIFY = """
INSERT INTO conformity_certificate (id, system_id, main_connector_id, kind, issuer, number, granted_on, last_day,
                                    recorded_at, stands_since, turns)
SELECT gen_random_uuid(), lpad(to_hex(n), 32, '0')::uuid, $1, 'security', 'x', k::text, date '2024-01-01',
       date '2026-01-01' + n * 3 + k, now(), CASE WHEN k = 5 THEN now() END, CASE WHEN k = 5 THEN 1 ELSE 0 END
  FROM generate_series(1, $2::integer) AS n, generate_series(1, 5) AS k
"""
_WARN = """
INSERT INTO conformity_warning (certificate_id, days_left, main_connector_id, due_at, decided_at, outcome, people)
SELECT id, days_left, $1, now(), now(), 'told', 1
  FROM conformity_certificate, unnest(ARRAY[90, 60, 30]) AS days_left
"""
_DEPLOY = """
INSERT INTO deployment (id, main_connector_id, system_id, service, tenancy_id, since, until, version, created_at)
SELECT gen_random_uuid(), $1, lpad(to_hex(1 + (n + y) % $3::integer), 32, '0')::uuid, service,
       lpad(to_hex(n), 32, '0')::uuid, date '2024-01-01' + 365 * y,
       CASE WHEN y < $4 - 1 THEN date '2024-01-01' + 365 * (y + 1) END, 1, now()
  FROM generate_series(1, $2::integer) AS n, generate_series(0, $4::integer - 1) AS y, unnest($5::text[]) AS service
"""
TABLES = {"deployment", "information_system", "conformity_certificate", "conformity_warning"}


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute("SET session_replication_role = replica")  # rows of tenancies that nobody asks for here
    await owner.execute(_FILL, own, SYSTEMS)
    await owner.execute(_CERTIFY, own, SYSTEMS)
    await owner.execute(_WARN, own)
    await owner.execute(_DEPLOY, own, TENANCIES, SYSTEMS, YEARS, list(SERVICES))
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


plans = partial(plans_of, tables=TABLES)


TENANCY = uuid.UUID(int=TENANCIES // 2)
SYSTEM = uuid.UUID(int=1 + (TENANCIES // 2) % SYSTEMS)  # it serves that tenancy in the first year


@pytest.fixture
def callers(realm) -> list[Caller]:
    return [realm, someone(realm.scope.main_connector_id, TENANCY)]


async def test_what_somebody_depends_on_is_read_by_the_holder(database, realm, callers):
    for caller in callers:
        for services in (list(SERVICES), ["prescription"]):
            asked = {"main_connector_id": realm.scope.main_connector_id, "holder": TENANCY, "services": services}
            for plan in await plans(database, caller, deployments.DEPENDENCIES, **asked, day=DAY):
                assert "deployment_by_holder" in plan.indexes("deployment")
                # What a tenant may see of other tables is found from its own deployments, once for each table.
                assert plan.read("deployment") <= 3 * YEARS * len(SERVICES)
                assert plan.read("conformity_certificate") <= len(services)


async def test_who_stands_behind_a_system_is_read_by_the_system_in_the_order_of_the_page(database, realm, callers):
    asked = {
        "main_connector_id": realm.scope.main_connector_id,
        "system_id": SYSTEM,
        "day": DAY,
        "after_holder": uuid.UUID(int=0),
        "after_service": "",
        "count": 51,
    }
    for plan in await plans(database, realm, deployments.BEHIND, **asked):
        assert plan.indexes("deployment") == {"deployment_by_system"}
        assert plan.read("deployment") <= 201 * YEARS
        assert "Sort" not in plan.kinds
    for plan in await plans(database, callers[1], deployments.BEHIND_OF, **asked, holder=TENANCY):
        assert plan.read("deployment") <= YEARS * len(SERVICES)


async def test_how_many_stand_behind_a_system_is_counted_from_its_own_deployments(database, realm):
    asked = {"main_connector_id": realm.scope.main_connector_id, "system_id": SYSTEM, "day": DAY}
    for statement in (deployments.REACH, deployments.LASTING):
        for plan in await plans(database, realm, statement, **asked):
            assert plan.indexes("deployment") == {"deployment_by_system"}
            assert plan.read("deployment") <= TENANCIES / SYSTEMS * YEARS * len(SERVICES)


async def test_what_runs_for_every_tenancy_is_read_page_by_page(database, realm):
    asked = {"main_connector_id": realm.scope.main_connector_id, "day": DAY, "after": uuid.UUID(int=7), "count": 200}
    for plan in await plans(database, realm, deployments.DEPLOYED, **asked):
        assert plan.indexes("deployment") == {"deployment_by_holder"}
        assert plan.read("deployment") <= 202 * YEARS * len(SERVICES)


async def test_certificates_that_end_are_read_by_last_day(database, realm):
    asked = {
        "main_connector_id": realm.scope.main_connector_id,
        "after_day": date(2026, 1, 10),
        "after_id": uuid.UUID(int=0),
        "count": 51,
    }
    for before in (date(2026, 2, 1), date(2030, 1, 1)):
        for plan in await plans(database, realm, certificates.ENDING, **asked, before=before):
            assert plan.indexes("conformity_certificate") == {"conformity_certificate_by_last_day"}
            assert plan.read("conformity_certificate") <= 201
            assert plan.read("information_system") <= 201
            assert "Sort" not in plan.kinds


async def test_the_list_of_systems_is_read_by_name(database, realm, callers):
    asked = {
        "main_connector_id": realm.scope.main_connector_id,
        "states": ["in_use"],
        "kinds": ["information_system"],
        "after_name": "system 2",
        "after_id": uuid.UUID(int=0),
        "count": 51,
    }
    for plan in await plans(database, realm, systems.PAGE, **asked):
        assert plan.indexes("information_system") == {"information_system_by_name"}
        assert plan.read("information_system") <= 51
    for plan in await plans(database, callers[1], systems.PAGE, **asked):
        assert plan.read("deployment") <= 2 * YEARS * len(SERVICES)


async def test_one_system_is_found_with_all_that_belongs_to_it(database, realm, callers):
    asked = {"main_connector_id": realm.scope.main_connector_id, "system_id": SYSTEM}
    for caller in callers:
        for plan in await plans(database, caller, systems.FIND, **asked):
            assert plan.read("information_system") == 1
            assert plan.read("conformity_certificate") == 5
            assert plan.read("deployment") <= 3 * YEARS * len(SERVICES)
