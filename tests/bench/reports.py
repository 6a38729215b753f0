"""Reports of disturbances over HTTP against pgbench, which calls one function that checks the key and does the same.

And against the same endpoint in FastAPI with SQLAlchemy's ORM. All on 32 connections, each of another tenant, fsync on,
in one database. Nobody does the work that follows, neither for ours nor for the others.
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
from tests.assembly.processes import eventually, running
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.http_load import MARKER
from tests.bench.realm import Realm, execute_each, make_realm
from tests.bench.report_peer import running_peer
from tests.bench.report_script import PgbenchReports, prepare_pgbench, said
from tests.bench.results import Row, at_least, at_most
from tests.interop.desk import Desk
from tests.parties.examples import a_key, a_tenant

CLIENTS: Final = 32
_ROUNDS: Final = 5
_SECONDS: Final = 4.0
_FILLING_S: Final = 2
_FIRST_SERIAL: Final = 1500000
_CONNECTIONS: Final = "16"  # to the database; pgbench has one for each client
_ROUNDS_OF_PEER: Final = 3
# By KANTA_REPORTS_TOGETHER, 16 of which is the default: how, and at least how many times pgbench's and the peer's rate.
_GOALS: Final = {
    "1": ("each in a transaction of its own", 0.45, 7.0),
    "16": ("those in flight in one transaction", 1.0, 12.0),
}


class Figures(Record, frozen=True, kw_only=True):
    rate: float
    p99_s: float


def measure(server: str) -> list[Row]:
    realm = asyncio.run(make_realm(server, "bench_reports", tenants=0))
    keys = asyncio.run(_tenants(realm))
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as folder, running_peer(realm.owner_url) as peer:
        pgbench = asyncio.run(prepare_pgbench(realm, keys, Path(folder)))
        pgbench.run(clients=CLIENTS, seconds=_FILLING_S)
        asyncio.run(execute_each(realm.owner_url, ["VACUUM ANALYZE"]))  # a database that is in use has statistics
        return [row for together in _GOALS for row in _measured(realm, keys, pgbench, peer, together)]


def _measured(realm: Realm, keys: list[Token], pgbench: PgbenchReports, peer: int, together: str) -> list[Row]:
    load = [sys.executable, "-m", "tests.bench.http_load"]
    requests = [_request(key.text) for key in keys]
    ours: list[Figures] = []
    theirs: list[Figures] = []
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="kanta-bench-"))
        settings = {"KANTA_DATABASE_URL": realm.service_url, "KANTA_HOME": home, "KANTA_REPORTS_TOGETHER": together}
        settings |= {"KANTA_LOG_LEVEL": "warning", "KANTA_POOL_SIZE": _CONNECTIONS}
        service = stack.enter_context(running("serve", "--no-work", **settings))
        client = stack.enter_context(Desk.running(load, patience_s=_SECONDS + 60))
        if not eventually(service.is_ready):
            raise TimeoutError(service.errors)
        rates = alternate(
            _noted(ours, lambda: _answered(client, service.port, requests)),
            _noted(theirs, lambda: Figures(**pgbench.run(clients=CLIENTS, seconds=_SECONDS))),
            rounds=_ROUNDS,
        )
        beside_peer = alternate(
            lambda: _answered(client, service.port, requests).rate,
            lambda: _answered(client, peer, requests).rate,
            rounds=_ROUNDS_OF_PEER,
        )
    how, of_pgbench, of_peer = _GOALS[together]
    return [
        _rates(f"reports, {how}, against pgbench with the same SQL in one function", rates, of_pgbench),
        _slowest(f"reports, {how}: 99 of 100 are answered within", ours, theirs),
        _rates(f"reports, {how}, against FastAPI with SQLAlchemy's ORM in two processes", beside_peer, of_peer),
    ]


def _rates(name: str, rates: Measured, bound: float) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(rates.ratios),
        spread=middle_half(rates.ratios),
        goal=at_least(bound),
        ours=f"{statistics.median(rates.ours):,.0f}/s",
        theirs=f"{statistics.median(rates.theirs):,.0f}/s",
    )


def _slowest(name: str, ours: list[Figures], theirs: list[Figures]) -> Row:
    slowest = Measured(ours=_p99(ours), theirs=_p99(theirs))
    return Row(
        name=name,
        ratio=statistics.median(slowest.ratios),
        spread=middle_half(slowest.ratios),
        goal=at_most(1.0),
        ours=f"{statistics.median(slowest.ours) * 1000:.0f} ms",
        theirs=f"{statistics.median(slowest.theirs) * 1000:.0f} ms",
    )


def _noted(kept: list[Figures], measure_once: Callable[[], Figures]) -> Callable[[], float]:
    def measured() -> float:
        figures = measure_once()
        kept.append(figures)
        return figures.rate

    return measured


def _p99(kept: list[Figures]) -> tuple[float, ...]:
    return tuple(one.p99_s for one in kept[1:])  # the first round does not count


def _answered(client: Desk, port: int, requests: list[str]) -> Figures:
    asked = {"port": port, "requests": requests, "seconds": _SECONDS}
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
