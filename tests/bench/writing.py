"""Drafting agreements over HTTP against pgbench running the same SQL on the same database, fsync on."""

import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final
from uuid import UUID

from tests.assembly.processes import Running, eventually, running
from tests.bench.alternating import alternate, middle_half
from tests.bench.pgbench import TENANCIES, Script, transactions_per_second
from tests.bench.realm import Realm, execute, execute_each, make_realm
from tests.bench.recording import recorded, said
from tests.bench.results import Row, at_least
from tests.interop.desk import Desk

CLIENTS: Final = 32
_ROUNDS: Final = 5
_SECONDS: Final = 4.0


def measure(server: str) -> list[Row]:
    realm = asyncio.run(make_realm(server, "bench_writing", tenants=CLIENTS))
    asyncio.run(_number_tenancies(realm))
    load = [sys.executable, "-m", "tests.bench.http_load"]
    with (
        tempfile.TemporaryDirectory(prefix="kanta-bench-") as home,
        running("serve", KANTA_DATABASE_URL=realm.service_url, KANTA_HOME=home) as service,
        Desk.running(load, patience_s=_SECONDS + 60) as client,
    ):
        if not eventually(service.is_ready):
            raise TimeoutError(service.errors)
        script = Script(asyncio.run(recorded(realm, Path(home))))
        requests = [_request(realm, tenancy) for tenancy in realm.tenancies]
        measured = alternate(
            lambda: _rate_of_service(client, service, requests),
            lambda: transactions_per_second(
                script, url=realm.service_url, folder=Path(home), clients=CLIENTS, seconds=_SECONDS
            ),
            rounds=_ROUNDS,
        )
    return [
        Row(
            name="API write (draft an agreement) against pgbench running the same SQL",
            ratio=statistics.median(measured.ratios),
            spread=middle_half(measured.ratios),
            goal=at_least(0.3),
            ours=f"{statistics.median(measured.ours):,.0f}/s",
            theirs=f"{statistics.median(measured.theirs):,.0f}/s",
        )
    ]


def _rate_of_service(client: Desk, service: Running, requests: list[str]) -> float:
    asked = {"port": service.port, "requests": requests, "seconds": _SECONDS}
    return float(json.loads(client.ask(json.dumps(asked)))["rate"])


def _request(realm: Realm, tenancy_id: UUID) -> str:
    body = json.dumps(said(tenancy_id))
    return (
        "POST /v1/agreements HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {realm.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    )


async def _number_tenancies(realm: Realm) -> None:
    await execute_each(
        realm.owner_url,
        [
            f"CREATE TABLE {TENANCIES} (client integer PRIMARY KEY, tenancy_id uuid NOT NULL)",
            f"GRANT SELECT ON {TENANCIES} TO kanta_service",
        ],
    )
    await execute(
        realm.owner_url,
        f"INSERT INTO {TENANCIES} SELECT number - 1, id FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, number)",  # noqa: S608
        list(realm.tenancies),
    )
