"""A million agreements of one main connector, made by SQL."""

import asyncio
from typing import Final
from uuid import UUID

import asyncpg

from tests.bench.realm import Realm, make_realm

AGREEMENTS: Final = 1_000_000
_TENANTS: Final = 200

# Identifiers that rise with time, as UUIDv7 does; every third agreement is a draft, which its tenant does not see.
_FILL: Final = """
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, offered_at, content, content_sha256,
                       ended_at, withdrawn_because)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, ($2::uuid[])[1 + n % cardinality($2::uuid[])], '2026-' || n,
       CASE WHEN n % 3 = 0 THEN 'draft' ELSE 'withdrawn' END, 1, 'sv', 'main-connector-tenant', '1',
       ARRAY['prescription', 'patient_data'], ARRAY['patient_register'], 2, '[]', made.at,
       CASE WHEN n % 3 = 0 THEN NULL ELSE made.at END, CASE WHEN n % 3 = 0 THEN NULL ELSE '{}'::jsonb END,
       CASE WHEN n % 3 = 0 THEN NULL ELSE repeat('0', 64) END, CASE WHEN n % 3 = 0 THEN NULL ELSE made.at END,
       CASE WHEN n % 3 = 0 THEN NULL ELSE 'a mistake' END
  FROM generate_series(1, $3::integer) AS n
 CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01 00:00+00' + n * interval '1 second' AS at) AS made
"""


def make(server: str, name: str, count: int = AGREEMENTS) -> Realm:
    """Make a database with a realm that has so many agreements."""
    realm = asyncio.run(make_realm(server, name, tenants=_TENANTS))
    asyncio.run(fill(realm, count))
    return realm


async def fill(realm: Realm, count: int) -> None:
    connection = await asyncpg.connect(realm.owner_url)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET session_replication_role = replica")  # what is referred to is known to be there
        await connection.execute(_FILL, realm.caller.scope.main_connector_id, list(realm.tenancies), count)
        await connection.execute("VACUUM (ANALYZE) agreement")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def identifier(number: int) -> UUID:
    """Return the identifier of the agreement of that number."""
    return UUID(int=number)
