"""How PostgreSQL reads lists of messages: from an index in their order, by one plan for every page."""

import uuid

import pytest

from kanta_tenancy.messages.store import messages as store
from tests.parties.examples import a_realm

MANY = 20_000
FILL = """
INSERT INTO message (id, main_connector_id, channel, state, attempts, next_at, since, made_at, ended_at, name, email,
                     language, urgent)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'mail', CASE WHEN n % 50 = 0 THEN 'dead' ELSE 'sent' END, 1, now(), now(),
       now(), now(), 'Aino', 'aino@example.org', 'fi', false
  FROM generate_series(1, $2::integer) AS n
"""


@pytest.fixture
async def realm(database, clock, owner):
    made = await a_realm(database, clock)
    await owner.execute(FILL, made.scope.main_connector_id, MANY)
    await owner.execute("ANALYZE message")
    return made


async def test_every_page_is_read_by_one_plan_however_many_there_are(database, realm):
    async with database.transaction(realm) as tx:
        for number in range(9):
            before = uuid.UUID(int=MANY - 100 * number)
            found = await store.page(tx, before=before, limit=51, state=None, channel=None)
            assert [one.id.int for one in found] == list(range(before.int - 1, before.int - 52, -1))
        planned = await tx.connection.fetch("SELECT statement, custom_plans FROM pg_prepared_statements")
    made = {row["statement"]: row["custom_plans"] for row in planned}
    assert made[store.PAGE.sql] <= 5  # PostgreSQL tries so often what it would gain by planning for the values
