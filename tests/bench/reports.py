"""Reports of disturbances over HTTP against pgbench, which calls one function that checks the key and does the same.

Both on 32 connections, each of another tenant, fsync on. Nobody does the work that follows, neither ours nor pgbench's.
"""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from kanta_tenancy.parties.tokens import Token
from tests.assembly.processes import Running, eventually, running
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.http_load import MARKER
from tests.bench.realm import Realm, make_realm
from tests.bench.report_script import PgbenchReports, prepare_pgbench, said
from tests.bench.results import Row, at_least, at_most
from tests.interop.desk import Desk
from tests.parties.examples import a_key, a_tenant

CLIENTS: Final = 32
_ROUNDS: Final = 5
_SECONDS: Final = 4.0
_FIRST_SERIAL: Final = 1500000
_GOALS: Final = {"1": ("each in a transaction of its own", 0.45), "64": ("those in flight in one transaction", 1.0)}


class Figures(Record, frozen=True, kw_only=True):
    rate: float
    p99_s: float


def measure(server: str) -> list[Row]:
    realm = asyncio.run(make_realm(server, "bench_reports", tenants=0))
    keys = asyncio.run(_tenants(realm))
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as folder:
        pgbench = asyncio.run(prepare_pgbench(realm, keys, Path(folder)))
        return [row for together in _GOALS for row in _measured(realm, keys, pgbench, together)]


def _measured(realm: Realm, keys: list[Token], pgbench: PgbenchReports, together: str) -> list[Row]:
    load = [sys.executable, "-m", "tests.bench.http_load"]
    requests = [_request(key.text) for key in keys]
    ours: list[Figures] = []
    theirs: list[Figures] = []
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="kanta-bench-"))
        settings = {"KANTA_DATABASE_URL": realm.service_url, "KANTA_HOME": home, "KANTA_REPORTS_TOGETHER": together}
        settings |= {"KANTA_LOG_LEVEL": "warning"}
        service = stack.enter_context(running("serve", "--no-work", **settings))
        client = stack.enter_context(Desk.running(load, patience_s=_SECONDS + 60))
        if not eventually(service.is_ready):
            raise TimeoutError(service.errors)
        rates = alternate(
            _noted(ours, lambda: _of_service(client, service, requests)),
            _noted(theirs, lambda: Figures(**pgbench.run(clients=CLIENTS, seconds=_SECONDS))),
            rounds=_ROUNDS,
        )
    slowest = Measured(ours=_slowest(ours), theirs=_slowest(theirs))
    how, bound = _GOALS[together]
    return [
        Row(
            name=f"reports, {how}, against pgbench with the same SQL in one function",
            ratio=statistics.median(rates.ratios),
            spread=middle_half(rates.ratios),
            goal=at_least(bound),
            ours=f"{statistics.median(rates.ours):,.0f}/s",
            theirs=f"{statistics.median(rates.theirs):,.0f}/s",
        ),
        Row(
            name=f"reports, {how}: 99 of 100 are answered within",
            ratio=statistics.median(slowest.ratios),
            spread=middle_half(slowest.ratios),
            goal=at_most(1.0),
            ours=f"{statistics.median(slowest.ours) * 1000:.0f} ms",
            theirs=f"{statistics.median(slowest.theirs) * 1000:.0f} ms",
        ),
    ]


def _noted(kept: list[Figures], measure_once: Callable[[], Figures]) -> Callable[[], float]:
    def measured() -> float:
        figures = measure_once()
        kept.append(figures)
        return figures.rate

    return measured


def _slowest(kept: list[Figures]) -> tuple[float, ...]:
    return tuple(one.p99_s for one in kept[1:])  # the first round does not count


def _of_service(client: Desk, service: Running, requests: list[str]) -> Figures:
    asked = {"port": service.port, "requests": requests, "seconds": _SECONDS}
    return Figures(**json.loads(client.ask(json.dumps(asked))))


def _request(token: str) -> str:
    body = json.dumps(said(MARKER))
    return (
        "POST /v1/disturbances HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    )


async def _tenants(realm: Realm) -> list[Token]:
    """Make a tenant with a key for each client."""
    clock = SystemClock()
    keys = []
    async with connect(realm.service_url, size=1) as database:
        for number in range(CLIENTS):
            tenant = await a_tenant(database, clock, realm.caller, _FIRST_SERIAL + 10 * number)
            organisation = tenant.organisation.id
            keys.append(await a_key(database, clock, tenant.caller, organisation, permissions=TENANT_PERMISSIONS))
    return keys
