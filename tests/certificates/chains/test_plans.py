"""What is asked of an inventory to examine it is answered by indexes, however large the inventory is."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest

from kanta_tenancy.certificates.chains.store import certificates, revocation
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.certificates.inventory.examples import NOON
from tests.parties.examples import a_realm

CERTIFICATES, AUTHORITIES, WAITING = 20_000, 50, 40
# Every authority issued 400 certificates, in lines of two; each is known to be good. A few wait to be examined.
_FILL = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, subject, issuer, subject_sha256,
                         issuer_name_sha256, not_before, not_after, third_left_at, authority, issuer_sha256, seen,
                         line_sha256, examined_at, examine_at, state, state_since, version, first_seen_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, n::text::bytea, encode(sha256(n::text::bytea), 'hex'), 'server',
       'CN=' || n, 'CN=' || n % $3, 'name ' || n, 'name ' || n % $3, $4::timestamptz,
       $4::timestamptz + make_interval(days => 300 + n % 300), $4, n < $3,
       CASE WHEN n % 500 > 0 THEN encode(sha256((n % $3)::text::bytea), 'hex') END, '{}',
       'line ' || n / 2, $4, CASE WHEN n < $5 THEN $4 ELSE $4::timestamptz + make_interval(days => 30) END,
       'in_use', $4, 1, $4
  FROM generate_series(0, $2::integer - 1) AS n
"""
_SAY = """
INSERT INTO certificate_revocation (certificate_id, main_connector_id, status, since, because, asked_at)
SELECT id, main_connector_id, 'good', $1, 'x', $1 FROM certificate
"""
_LINK = """
INSERT INTO certificate_replacement (replaced_id, main_connector_id, successor_id, recorded_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, lpad(to_hex(n + 1), 32, '0')::uuid, $3
  FROM generate_series(0, $2::integer - 2, 4) AS n
"""
SOME = [uuid.UUID(int=number) for number in range(1_000, 1_010)]
NAMES, FINGERPRINTS = ["name 7", "name 8"], [hashlib.sha256(name).hexdigest() for name in (b"7", b"8")]
QUESTIONS: list[tuple[Statement, dict[str, Any], int]] = [
    (certificates.TAKE_WAITING, {"now": NOON, "count": 20}, 30),
    (certificates.TAKE, {"ids": SOME}, 20),
    (certificates.FIND, {"certificate_id": SOME[0]}, 2),
    (certificates.AUTHORITIES_NAMED, {"names": NAMES}, 10),
    (certificates.AUTHORITIES, {"sha256s": FINGERPRINTS}, 10),
    (certificates.PREDECESSORS, {"ids": SOME}, 60),
    (certificates.SUCCESSORS, {"ids": SOME}, 60),
    (certificates.EXAMINE_ORPHANS, {"names": NAMES, "at": NOON}, 10),
    (certificates.EXAMINE_CHILDREN, {"issuers": FINGERPRINTS, "at": NOON}, 2 * 400 + 10),
    (certificates.PUT_OFF, {"id": SOME[0], "at": NOON}, 3),
    (revocation.OF, {"ids": SOME}, 20),
    (revocation.PAIR, {"certificate_id": SOME[1]}, 4),
    (revocation.EXPECTED, {"at": NOON, "after": SOME[0], "count": 100}, 130),
]
ABOUT_ONE: list[tuple[Statement, dict[str, Any], int]] = [
    (certificates.CHAIN, {"certificate_id": SOME[1]}, 10),
    (certificates.LINE, {"certificate_id": SOME[1]}, 20),
]
_READ = """
SELECT coalesce(sum(seq_scan), 0) AS whole,
       coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) AS rows
  FROM pg_stat_xact_user_tables
 WHERE relname LIKE 'certificate%'
"""


@pytest.fixture
async def realm(database, clock, owner) -> Caller:
    made = await a_realm(database, clock)
    own = made.scope.main_connector_id
    await owner.execute(_FILL, own, CERTIFICATES, AUTHORITIES, NOON, WAITING)
    await owner.execute(_SAY, NOON)
    await owner.execute(_LINK, own, CERTIFICATES, NOON - timedelta(days=1))
    for table in ("certificate", "certificate_revocation", "certificate_replacement"):
        await owner.execute(f"ANALYZE {table}")
    return made


async def read(database, caller: Caller, statement: Statement, given: dict[str, Any], mode: str) -> tuple[int, int]:
    """Return how many tables were read whole, and how many rows were looked at."""
    async with database.transaction(caller) as tx:
        await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        before = await tx.connection.fetchrow(_READ)
        await statement.all(tx, **given)
        after = await tx.connection.fetchrow(_READ)
    return after["whole"] - before["whole"], after["rows"] - before["rows"]


async def test_no_question_reads_more_than_it_is_about(database, realm):
    own = {"main_connector_id": realm.scope.main_connector_id}
    asked = [(one, own | given, most) for one, given, most in QUESTIONS] + ABOUT_ONE
    for mode in ("force_custom_plan", "force_generic_plan"):
        found = {one.name: (await read(database, realm, one, given, mode), most) for one, given, most in asked}
        assert {name: one for name, one in found.items() if one[0][0] or one[0][1] > one[1]} == {}


async def test_which_realms_wait_is_asked_of_the_index(database, realm):
    async with database.unscoped() as connection, connection.transaction():
        before = await connection.fetchrow(_READ)
        assert await certificates.waiting_realms(connection, NOON) == [realm.scope.main_connector_id]
        after = await connection.fetchrow(_READ)
    assert after["rows"] - before["rows"] <= 2
    assert after["whole"] == before["whole"]


def test_every_question_is_held_to_it():
    others = {"certificates/chain.waiting_realms", "certificates/chain.alone", "certificates/chain.become_alone"}
    writes = {"certificates/chain.examined", "certificates/revocation.put"}  # by key, as many as are given
    every = {
        one.name for module in (certificates, revocation) for one in vars(module).values() if isinstance(one, Statement)
    }
    assert {one.name for one, _, _ in (*QUESTIONS, *ABOUT_ONE)} | others | writes == every
