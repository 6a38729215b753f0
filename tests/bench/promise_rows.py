"""Promises of one main connector by the million, made by SQL."""

import asyncio
from typing import Final

import asyncpg

from tests.bench.realm import Realm, make_realm

_TENANTS: Final = 200
DUE: Final = 8_000  # of a million: what falls due in a day when they are spread over a third of a year
KIND: Final = "bench.end"

# All are the system's and owed; the first ones fall due second by second, the others later.
FILL: Final = """
INSERT INTO promise (id, main_connector_id, tenancy_id, key, kind, subject, owner, due_at, rule, title, facts,
                     explanation, made_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, ($2::uuid[])[1 + n % cardinality($2::uuid[])], 'bench.end/' || n,
       'bench.end', 'bench/' || n / 5, 'system', made.due_at, 'K20.2',
       '{"fi": "Sopimus päättyy", "sv": "Avtalet upphör", "en": "The agreement ends"}', '{"number": 7}',
       '{"rule": "K20.2", "sources": ["clause 20"], "inputs": {"delivered_on": "2026-02-02"}, "steps": [],
         "result": "2026-03-02"}', timestamptz '2026-01-01 00:00+00'
  FROM generate_series($3::integer, $4::integer) AS n
 CROSS JOIN LATERAL (SELECT timestamptz '2026-03-02 00:00+00' + n * interval '1 second' AS due_at) AS made
"""
_WORK: Final = """
INSERT INTO promise_work (promise_id, main_connector_id, kind, due_at, next_at)
SELECT id, main_connector_id, kind, due_at, due_at
  FROM promise
 ORDER BY due_at
"""


def make(server: str, name: str, count: int) -> Realm:
    """Make a database with a realm that owes so many promises."""
    realm = asyncio.run(make_realm(server, name, tenants=_TENANTS))
    asyncio.run(fill(realm, count))
    return realm


async def fill(realm: Realm, count: int) -> None:
    connection = await asyncpg.connect(realm.owner_url)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET session_replication_role = replica")  # what is referred to is known to be there
        await connection.execute(FILL, realm.caller.scope.main_connector_id, list(realm.tenancies), 1, count)
        await connection.execute(_WORK)  # a trigger of the table does it otherwise
        await connection.execute("VACUUM (ANALYZE) promise, promise_work")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
