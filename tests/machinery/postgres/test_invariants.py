import uuid
from datetime import UTC, datetime

import pytest

from kanta_tenancy.machinery.postgres import invariants, journal
from kanta_tenancy.machinery.postgres.journal import Act
from tests.conftest import someone

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
async def journalled(database):
    async with database.transaction(someone(uuid.uuid4())) as tx:
        await journal.record(tx, Act(action="thing.done", subject="thing/1", at=NOON))


async def test_a_healthy_database_breaks_nothing(database, journalled):
    assert await invariants.broken(database) == {}


@pytest.mark.parametrize(
    ("mischief", "name"),
    [
        ("DELETE FROM journal_entry", "chain that does not end at its head"),
        (
            "INSERT INTO outbox (id, main_connector_id, kind, body, at, next_at, state)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'x', '{}', now(), now(), 'dead')",
            "message given up",
        ),
    ],
)
async def test_what_must_never_be_is_counted_by_name(database, owner, journalled, mischief, name):
    await owner.execute(mischief)
    assert await invariants.broken(database) == {name: 1}


async def test_counting_may_take_longer_than_any_request(database, owner):
    await owner.execute(
        "CREATE OR REPLACE FUNCTION invariants_broken() RETURNS TABLE (name text, rows bigint) LANGUAGE sql"
        " AS $$ SELECT current_setting('statement_timeout'), 1 $$"
    )
    assert await invariants.broken(database) == {"2h": 1}
    async with database.unscoped() as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "20s"
