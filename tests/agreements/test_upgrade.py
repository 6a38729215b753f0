"""An agreement that was in force before agreements had a life goes on, with its instant and its annex."""

import uuid
from datetime import UTC, date, datetime

import asyncpg

from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from tests.conftest import on

SIGNED = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 3 March in Finland
BEFORE = """
INSERT INTO main_connector VALUES ($1, $1, '0246246-0', now());
INSERT INTO organisation (id, main_connector_id, business_id, name, language, created_at)
VALUES ($1, $1, '0246246-0', 'Oy', 'fi', now());
INSERT INTO tenancy VALUES ($1, $1, $1, 'T', now());
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, offered_at, content, content_sha256,
                       in_force_on)
VALUES ($1, $1, $1, 'R', 'in_force', 4, 'fi', 'm', '1', '{imaging}', '{}', 2, '[]', now(), now(), '{}', '',
        '2026-03-03');
INSERT INTO agreement_signature VALUES ($1, 'tenant', 1, 1, $1, $1, '2026-03-02 12:00Z', now(), '', '');
INSERT INTO agreement_signature VALUES ($1, 'main_connector', 1, 2, $1, $1, '2026-03-02 22:30Z', now(), '', '');
"""


async def test_what_was_in_force_goes_on(server):
    name, own = f"old_{uuid.uuid4().hex}", uuid.uuid4()
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(on(server, name))
    migrations = read_migrations()
    await migrate(owner, [one for one in migrations if one.name < "0005"])
    async with owner.transaction():
        await owner.execute(BEFORE.replace("$1", f"'{own}'"))
    await migrate(owner, migrations)
    agreement = await owner.fetchrow("SELECT status, origin, in_force_from, in_force_until FROM agreement")
    assert tuple(agreement) == ("in_force", "here", SIGNED, None)
    period = await owner.fetchrow("SELECT said_by, services, since, until FROM annex_period")
    assert tuple(period) == (own, ["imaging"], date(2026, 3, 3), None)
    await owner.close()
    await administrator.execute(f"DROP DATABASE {name}")
    await administrator.close()
