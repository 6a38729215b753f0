"""How PostgreSQL answers the questions about the inventory: each from an index in its order, for any caller."""

import uuid
from datetime import UTC, date, datetime

import pytest

from kanta_tenancy.certificates.inventory.store import certificates, lists, sources, uses
from kanta_tenancy.kernel.acting import Caller
from tests import plans as shared
from tests.conftest import someone
from tests.parties.examples import a_realm

CERTIFICATES, TENANCIES, SYSTEMS, PEOPLE = 6_000, 200, 50, 40
TABLES = {"certificate", "certificate_place", "certificate_use", "certificate_replacement"}
_FILL = """
INSERT INTO certificate (id, main_connector_id, tenancy_id, content, sha256, kind, responsible_id, unreadable, subject,
                         not_before, not_after, third_left_at, authority, seen, state, state_since, state_because,
                         version, first_seen_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, CASE WHEN n % 3 = 0 THEN lpad(to_hex(n % $3::integer), 32, '0')::uuid END,
       n::text::bytea, encode(sha256(n::text::bytea), 'hex'), (ARRAY['server', 'saml', 'other'])[1 + n % 3],
       lpad(to_hex(n % $4::integer), 32, '0')::uuid, CASE WHEN n % 50 = 0 THEN 'x' END, 'CN=x',
       CASE WHEN n % 50 > 0 THEN timestamptz '2025-01-01' END,
       CASE WHEN n % 50 > 0 THEN timestamptz '2026-01-01' + n * interval '1 hour' END,
       CASE WHEN n % 50 > 0 THEN timestamptz '2025-09-01' + n * interval '1 hour' END,
       false, '{}', (ARRAY['in_use', 'in_use', 'replaced', 'retired'])[1 + n % 4], now(), 'x', 1, now()
  FROM generate_series(1, $2::integer) AS n
"""
_SOURCES = """
INSERT INTO certificate_source (id, main_connector_id, kind, name, certificates, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'import', 'source ' || n, 60, now() FROM generate_series(1, 100) AS n
"""
_PLACES = """
INSERT INTO certificate_place (id, main_connector_id, certificate_id, source_id, place, since, until)
SELECT gen_random_uuid(), $1, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 100), 32, '0')::uuid, 'place ' || k,
       timestamptz '2025-01-01', CASE WHEN k = 1 THEN now() END
  FROM generate_series(1, $2::integer) AS n, generate_series(1, 2) AS k
"""
_USES = """
INSERT INTO certificate_use (id, main_connector_id, certificate_id, system_id, since)
SELECT gen_random_uuid(), $1, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n % $3::integer), 32, '0')::uuid,
       date '2025-01-01'
  FROM generate_series(1, $2::integer) AS n
"""
_REPLACED = """
INSERT INTO certificate_replacement (replaced_id, main_connector_id, successor_id, recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(n + 1), 32, '0')::uuid, now()
  FROM generate_series(1, $2::integer - 1) AS n
"""
BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 9, 1, tzinfo=UTC)
NOBODY = uuid.UUID(int=0)
TENANCY = uuid.UUID(int=33)


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute(
        "SET session_replication_role = replica"
    )  # rows of tenancies and people that nobody asks for here
    await owner.execute(_FILL, own, CERTIFICATES, TENANCIES, PEOPLE)
    await owner.execute(_SOURCES, own)
    await owner.execute(_PLACES, own, CERTIFICATES)
    await owner.execute(_USES, own, CERTIFICATES, SYSTEMS)
    await owner.execute(_REPLACED, own, CERTIFICATES)
    for table in TABLES:
        await owner.execute(f"ANALYZE {table}")
    return made


@pytest.fixture
def plans(database, realm):
    async def asked(statement, caller=realm, **given):
        own = {"main_connector_id": realm.scope.main_connector_id}
        named = {name: value for name, value in (own | given).items() if name in statement.parameters}
        return await shared.plans(database, caller, statement, tables=TABLES, **named)

    return asked


def page(**said: object) -> dict[str, object]:
    return {"state": "in_use", "before": LATER, "after_end": BEGINNING, "after_id": NOBODY, "count": 51} | said


@pytest.mark.parametrize("state", ["in_use", "replaced"])
async def test_a_page_is_read_by_the_end_in_its_order(plans, state):
    for plan in await plans(lists.PAGE, **page(state=state)):
        assert plan.indexes("certificate") == {"certificate_by_end"}
        assert plan.read("certificate") <= 51
        assert "Sort" not in plan.kinds
    for plan in await plans(lists.PAGE_OF_KIND, **page(state=state, kind="saml")):
        assert plan.indexes("certificate") == {"certificate_by_kind_and_end"}
        assert plan.read("certificate") <= 51
        assert "Sort" not in plan.kinds


async def test_those_that_cannot_be_read_are_found_without_reading_the_others(plans):
    for plan in await plans(lists.PAGE_UNREADABLE, **page(count=9)):
        assert plan.read("certificate") <= CERTIFICATES / 50
    for plan in await plans(lists.PAGE_OF_KIND_UNREADABLE, **page(kind="other", count=9)):
        assert plan.read("certificate") <= CERTIFICATES / 50


async def test_what_belongs_to_somebody_is_read_from_their_own(plans, realm):
    asked = page(kind="server", responsible_id=uuid.UUID(int=7), tenancy_id=TENANCY, system_id=uuid.UUID(int=9))
    for plan in await plans(lists.PAGE_OF_RESPONSIBLE, **asked):
        assert plan.read("certificate") <= CERTIFICATES / PEOPLE
    for caller in (realm, someone(realm.scope.main_connector_id, TENANCY)):
        for plan in await plans(lists.PAGE_OF_TENANCY, caller, **asked):
            assert plan.read("certificate") <= CERTIFICATES / TENANCIES * 3
    for plan in await plans(lists.PAGE_OF_SYSTEM, **asked, day=date(2026, 3, 2)):
        assert plan.read("certificate") <= CERTIFICATES / SYSTEMS


async def test_what_is_known_and_what_belongs_to_one_is_read_by_its_key(plans):
    ids = [str(uuid.UUID(int=one)) for one in range(1, 21)]
    for statement in (certificates.FIND_MANY, certificates.CONTENTS):
        for plan in await plans(statement, certificate_ids=ids):
            assert plan.read("certificate") <= len(ids)
    for plan in await plans(certificates.KNOWN, sha256s=["0" * 64]):
        assert plan.indexes("certificate") == {"certificate_once"}
    one = {"certificate_id": uuid.UUID(int=9), "replaced_id": uuid.UUID(int=9), "successor_id": uuid.UUID(int=9)}
    for statement, table in (
        (sources.PLACES_OF, "certificate_place"),
        (uses.OF_CERTIFICATE, "certificate_use"),
        (uses.SUCCESSOR, "certificate_replacement"),
        (uses.PREDECESSORS, "certificate_replacement"),
    ):
        for plan in await plans(statement, **one):
            assert plan.read(table) <= 2


async def test_where_a_source_has_certificates_is_read_from_its_own_places(plans):
    for plan in await plans(sources.PLACES_STILL, source_id=uuid.UUID(int=1)):
        assert plan.read("certificate_place") <= CERTIFICATES / 100
