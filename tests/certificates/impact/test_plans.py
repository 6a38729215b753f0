"""How PostgreSQL answers the questions about impact: from indexes, however many there are of everything."""

import uuid
from datetime import UTC, date, datetime
from functools import partial

import pytest

from kanta_tenancy.certificates.impact import store
from kanta_tenancy.kernel.acting import Caller
from tests.conftest import someone
from tests.parties.examples import a_realm
from tests.plans import plans as plans_of

SYSTEMS, TENANCIES, CERTIFICATES, YEARS = 400, 2_000, 4_000, 2
SERVICES = ("imaging", "patient_data", "prescription", "will")
DAY = date(2026, 6, 1)
_SYSTEMS = """
INSERT INTO information_system (id, main_connector_id, kind, name, system_class, producer, state, in_use_on, version,
                                created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'information_system', 'System ' || n, 'A3', '{"name": "x"}', 'in_use',
       date '2024-01-01', 1, now()
  FROM generate_series(1, $2::integer) AS n
"""
_DEPLOY = """
INSERT INTO deployment (id, main_connector_id, system_id, service, tenancy_id, since, until, version, created_at)
SELECT gen_random_uuid(), $1, lpad(to_hex(1 + (n + y) % $3::integer), 32, '0')::uuid, service,
       lpad(to_hex(n), 32, '0')::uuid, date '2025-01-01' + 365 * y,
       CASE WHEN y < $4 - 1 THEN date '2025-01-01' + 365 * (y + 1) END, 1, now()
  FROM generate_series(1, $2::integer) AS n, generate_series(0, $4::integer - 1) AS y, unnest($5::text[]) AS service
"""
_CERTIFICATES = """
INSERT INTO certificate (id, main_connector_id, tenancy_id, content, sha256, kind, not_before, not_after, third_left_at,
                         authority, seen, state, state_since, version, first_seen_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, CASE WHEN n % 10 = 0 THEN lpad(to_hex(n / 10), 32, '0')::uuid END,
       convert_to(n::text, 'utf8'), encode(sha256(convert_to(n::text, 'utf8')), 'hex'), 'server', '2026-01-01',
       timestamptz '2026-06-01' + n * interval '1 hour', timestamptz '2026-05-01', false, '{}', 'in_use', now(), 1,
       now()
  FROM generate_series(1, $2::integer) AS n
"""
# Each certificate on two hosts of one system; an earlier use of each is over.
_USE = """
INSERT INTO certificate_use (id, main_connector_id, certificate_id, system_id, host, since, until)
SELECT gen_random_uuid(), $1, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % $3::integer), 32, '0')::uuid,
       'host' || k, date '2025-01-01', CASE WHEN k = 3 THEN date '2026-01-01' END
  FROM generate_series(1, $2::integer) AS n, generate_series(1, 3) AS k
"""
TABLES = {"deployment", "information_system", "certificate", "certificate_use"}
CERTIFICATE = uuid.UUID(int=SYSTEMS * 3)  # on the first system
ON_A_SYSTEM = TENANCIES // SYSTEMS * YEARS * len(SERVICES)  # deployments
USES = CERTIFICATES // SYSTEMS * 3  # of certificates on one system


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute("SET session_replication_role = replica")  # rows of tenancies that nobody asks for here
    await owner.execute(_SYSTEMS, own, SYSTEMS)
    await owner.execute(_DEPLOY, own, TENANCIES, SYSTEMS, YEARS, list(SERVICES))
    await owner.execute(_CERTIFICATES, own, CERTIFICATES)
    await owner.execute(_USE, own, CERTIFICATES, SYSTEMS)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


plans = partial(plans_of, tables=TABLES)


async def test_what_stands_behind_certificates_is_counted_once_for_those_on_the_same_systems(database, realm):
    same = [uuid.UUID(int=SYSTEMS * n) for n in range(1, 6)]  # all on the first system
    for plan in await plans(database, realm, store.REACH, certificate_ids=same, days=[DAY] * len(same)):
        assert plan.indexes("certificate_use") == {"certificate_use_by_certificate"}
        assert plan.read("certificate_use") <= 3 * len(same)
        assert plan.indexes("deployment") == {"deployment_by_system"}
        assert plan.read("deployment") <= ON_A_SYSTEM


async def test_the_systems_of_a_certificate_are_found_from_its_uses(database, realm):
    asked = {
        "certificate_id": CERTIFICATE,
        "kind": "server",
        "day": DAY,
        "holds_beyond": datetime(2026, 6, 2, tzinfo=UTC),
    }
    for plan in await plans(database, realm, store.SYSTEMS, **asked):
        assert plan.read("information_system") == 1
        assert plan.read("deployment") <= ON_A_SYSTEM
        assert plan.read("certificate_use") <= 3 + USES
        assert plan.read("certificate") <= USES


async def test_whom_a_certificate_hits_is_read_page_by_page(database, realm, owner):
    crowd = uuid.UUID(int=1)  # the first system gets thousands of holders, of which a page reads its own
    move = "UPDATE deployment SET system_id = $1 WHERE since > '2025-06-01'"
    await owner.execute(move, crowd)
    await owner.execute("ANALYZE deployment")
    asked = {"certificate_id": CERTIFICATE, "day": DAY, "after": uuid.UUID(int=500), "count": 51}
    for plan in await plans(database, realm, store.HOLDERS, **asked):
        assert "deployment_by_system" in plan.indexes("deployment")
        assert plan.read("certificate_use") <= 2 * 3
        # Up to the longest page to find whose it is, and the page's own again for their services.
        assert plan.read("deployment") <= (202 + 51) * len(SERVICES) * YEARS


async def test_what_a_tenant_depends_on_is_found_from_its_own_services(database, realm):
    tenancy = uuid.UUID(int=7)
    asked = {"holder": tenancy, "day": DAY, "after_end": datetime(2000, 1, 1, tzinfo=UTC), "after_id": uuid.UUID(int=0)}
    for caller in (realm, someone(realm.scope.main_connector_id, tenancy)):
        for plan in await plans(database, caller, store.UNDERLYING, **asked, count=51):
            assert "deployment_by_holder" in plan.indexes("deployment")
            assert plan.read("deployment") <= 3 * YEARS * len(SERVICES)
            assert plan.read("certificate_use") <= USES
            assert plan.read("certificate") <= 2 * USES
            assert plan.read("information_system") <= USES


async def test_one_certificate_is_found_by_its_id(database, realm):
    for plan in await plans(database, realm, store.SUBJECT, certificate_id=CERTIFICATE):
        assert plan.read("certificate") == 1
