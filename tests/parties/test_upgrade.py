"""What was called something before the names of a day were kept is called so afterwards."""

import uuid
from datetime import UTC, date, datetime

import asyncpg

from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from tests.conftest import on

_BEFORE = """
BEGIN;
INSERT INTO main_connector (main_connector_id, organisation_id, business_id, created_at)
VALUES ('{id}', '{id}', '2000000-8', '{at}');
INSERT INTO organisation (id, main_connector_id, business_id, name, language, created_at)
VALUES ('{id}', '{id}', '2000000-8', 'Åke Oy', 'fi', '{at}');
COMMIT;
"""


async def test_an_upgrade_keeps_the_name_of_now_from_the_day_in_finland_on_which_it_was_registered(server):
    name, made = f"upgraded_{uuid.uuid4().hex}", uuid.uuid4()
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(on(server, name))
    migrations = read_migrations()
    (names,) = [place for place, one in enumerate(migrations) if "CREATE TABLE organisation_name" in one.sql]
    await migrate(owner, migrations[:names])
    at = datetime(2025, 6, 1, 21, 30, tzinfo=UTC)  # after midnight in Finland
    await owner.execute(_BEFORE.format(id=made, at=at.isoformat()))
    await migrate(owner, migrations)
    kept = await owner.fetchrow("SELECT organisation_id, main_connector_id, since, name FROM organisation_name")
    assert tuple(kept) == (made, made, date(2025, 6, 2), "Åke Oy")
    await owner.close()
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()
