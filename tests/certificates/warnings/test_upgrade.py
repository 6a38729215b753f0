"""What was told before it could be acknowledged is told once more; that of which everybody heard is not."""

import uuid

import asyncpg

from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from tests.conftest import on

_BEFORE = """
SET session_replication_role = replica;    -- a realm is not needed here
INSERT INTO certificate_finding (id, main_connector_id, rule, severity, source, certainty, subject, certificate_id,
                                 sentence, facts, first_at, last_at, cleared_at, told_at)
SELECT gen_random_uuid(), '{realm}', rule, 'error', 'x', 'read', 'certificate/{certificate}', '{certificate}', '{{}}',
       '{{}}', now(), now(), CASE WHEN cleared THEN now() END, now()
  FROM (VALUES ('lint.key', false), ('lint.key', true), ('revocation.revoked', false)) AS row (rule, cleared);
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, authority, seen, state, state_since, version,
                         first_seen_at, responsible_id, unreadable)
VALUES ('{certificate}', '{realm}', 'x', encode(sha256('x'), 'hex'), 'server', false, '{{}}', 'in_use', now(), 1, now(),
        '{aino}', 'x');
SET session_replication_role = DEFAULT;
"""


async def test_an_upgrade_has_open_findings_told_again_but_for_revocations(server):
    name, aino = f"upgraded_{uuid.uuid4().hex}", uuid.uuid4()
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(on(server, name))
    migrations = read_migrations()
    (passed_on,) = [place for place, one in enumerate(migrations) if "certificate_digest_finding" in one.sql]
    await migrate(owner, migrations[:passed_on])
    await owner.execute(_BEFORE.format(realm=uuid.uuid4(), certificate=uuid.uuid4(), aino=aino))
    await migrate(owner, migrations)
    kept = await owner.fetch(
        "SELECT rule, cleared_at IS NULL AS open, told_at IS NULL AS untold, rung, told_to FROM certificate_finding"
        " ORDER BY rule, open"
    )
    assert [tuple(row) for row in kept] == [
        ("lint.key", False, False, 0, None),
        ("lint.key", True, True, 0, None),
        ("revocation.revoked", True, False, 2, aino),
    ]
    await owner.close()
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()
