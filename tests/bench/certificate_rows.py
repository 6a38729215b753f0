"""Certificates of one main connector by the million, made by SQL: some come to a level on one day, the others later."""

import asyncio
from datetime import date
from typing import Final

import asyncpg

from tests.bench.realm import Realm, make_realm

DUE: Final = 8_000  # of a million: what comes to one of three levels in a day when they end all through a year
BEFORE: Final = date(2026, 3, 2)  # up to this day everything was looked at
DAY: Final = date(2026, 3, 3)

# The first ones come to 60, 30 and 7 days in turns; of every tenth of them an earlier warning is open, of the others it
# was acknowledged. The rest end from a year and a half on.
_FILL: Final = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, profile, subject, issuer, common_name, authority,
                         seen, not_before, not_after, third_left_at, state, state_since, version, first_seen_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, content, encode(sha256(content), 'hex'), 'server', 'dvv-server',
       'CN=palvelin' || n || '.example.org', 'CN=DVV Service Certificates', 'palvelin' || n || '.example.org', false,
       '{"names": []}', made.ends - interval '730 days', made.ends, made.ends - interval '5840 hours', 'in_use', now(),
       1, now()
  FROM generate_series(1, $2::integer) AS n
 CROSS JOIN LATERAL (
       SELECT int4send(n) AS content,
              CASE WHEN n <= $3
                   THEN timestamptz '2026-03-03 09:00+00' + (ARRAY[60, 30, 7])[1 + n % 3] * interval '1 day'
                   ELSE timestamptz '2027-09-01 09:00+00' + n % 700 * interval '1 day' END AS ends) AS made
"""
_WARN: Final = """
INSERT INTO certificate_warning (main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at, told_at,
                                 settled_at, settled_by)
SELECT $1, id, 90, date '2026-01-01', not_after::date,
       CASE WHEN n % 10 = 0 THEN 'open' ELSE 'acknowledged' END, now(), now(), CASE WHEN n % 10 > 0 THEN now() END,
       CASE WHEN n % 10 > 0 THEN 'x' END
  FROM generate_series(1, $2::integer) AS n
  JOIN certificate ON id = lpad(to_hex(n), 32, '0')::uuid
"""
_MARK: Final = "INSERT INTO certificate_sweep (main_connector_id, swept_through, swept_at) VALUES ($1, $2, now())"


def make(server: str, name: str, count: int) -> Realm:
    """Make a database with a realm that has so many certificates."""
    realm = asyncio.run(make_realm(server, name, tenants=1))
    asyncio.run(_fill(realm, count))
    return realm


async def _fill(realm: Realm, count: int) -> None:
    own = realm.caller.scope.main_connector_id
    connection = await asyncpg.connect(realm.owner_url)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET session_replication_role = replica")  # what is referred to is known to be there
        await connection.execute(_FILL, own, count, DUE)
        await connection.execute(_WARN, own, DUE)
        await connection.execute(_MARK, own, BEFORE)
        await connection.execute("VACUUM (ANALYZE) certificate, certificate_warning, certificate_sweep")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
