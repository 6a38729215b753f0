"""Renewal requests: taken in beside pgbench calling the same function, and a day of them; then lists of them."""

import asyncio
import json
import re
import statistics
import subprocess
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.renewals import working
from kanta_tenancy.renewals.actions import answers, intake
from kanta_tenancy.renewals.bodies.requests import ToldArrivals
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.store import requests as store
from tests.bench import renewal_lists
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.realm import make_realm
from tests.bench.results import Row, at_least, at_most
from tests.bench.surgery import Surgery
from tests.postgres_server import binaries

CLIENTS: Final = 8
BATCH: Final = 100
_TENANTS: Final = 20
_ROUNDS: Final = 5
_SECONDS: Final = 4.0
_DAY: Final = 100_000
_SECONDS_OF_A_DAY: Final = 86_400
_RATE: Final = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)$", re.MULTILINE)
_CALL: Final = """\\set number random(1, 1000000000000)
\\startpipeline
BEGIN;
SET LOCAL kanta.main_connector = '{realm}';
SET LOCAL kanta.tenancy = '*';
\\endpipeline
SELECT * FROM renewal_take_in('{realm}', now(), replace(
    replace(:said, '@', lpad(to_hex(:number::bigint), 12, '0')), '#', :client_id::text)::jsonb);
COMMIT;
"""


def measure(server: str) -> list[Row]:
    surgery = Surgery(asyncio.run(make_realm(server, "bench_renewals", tenants=_TENANTS)))
    asyncio.run(surgery.settle())
    rows = [_intake(surgery, BATCH), _intake(surgery, 1)]
    return [*rows, _day(surgery), *asyncio.run(renewal_lists.measured(server))]


def _intake(surgery: Surgery, batch: int) -> Row:
    """Hold the way from the bytes of a request to its commit against the function that it ends in."""
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as home:
        measured = alternate(
            lambda: asyncio.run(_taken_in(surgery, batch)),
            lambda: _called(surgery, batch, Path(home)),
            rounds=_ROUNDS,
        )
    what = "one at a time" if batch == 1 else f"{batch} at a time"
    return _row(f"intake of renewal requests, {what}, against pgbench calling the same function", measured)


async def _taken_in(surgery: Surgery, batch: int) -> float:
    """Return how many requests a second are taken in."""
    until = time.monotonic() + _SECONDS
    async with connect(surgery.realm.service_url, size=CLIENTS) as database:
        counts = await asyncio.gather(
            *(_client(surgery, database, batch, first=one, until=until) for one in range(CLIENTS))
        )
    return sum(counts) / _SECONDS


async def _client(surgery: Surgery, database: Database, batch: int, *, first: int, until: float) -> int:
    count = 0
    clock = SystemClock()
    while time.monotonic() < until:
        told = msgspec.json.decode(_body(surgery, batch, first), type=ToldArrivals)
        async with database.transaction(surgery.realm.caller) as tx:
            await intake.take_in(tx, clock, [one.arrival() for one in told.requests])
        count += batch
    return count


def _body(surgery: Surgery, batch: int, first: int = 0) -> bytes:
    """Return what a client tells of, its own tenant first: writers of one chain of the journal stand in line."""
    at = (SystemClock().now() - timedelta(minutes=1)).isoformat()
    requests = [
        {
            "request_id": str(new_id()),
            "prescription_id": "1.2.246.10.32213086.93.2026.118",
            "unit": surgery.units[(first + number) % len(surgery.units)],
            "prescriber_code": "123450",
            "kind": "two_years",
            "arrived_at": at,
        }
        for number in range(batch)
    ]
    return msgspec.json.encode({"requests": requests})


def _called(surgery: Surgery, batch: int, folder: Path) -> float:
    """Return how many requests a second pgbench has the function take in."""
    realm = surgery.realm
    said = [
        {
            "place": number,
            "id": f"{number:08x}-0000-7000-8000-@",
            "request_id": f"{number:08x}-0000-7000-8000-@",
            "prescription_id": "1.2.246.10.32213086.93.2026.118",
            "unit": surgery.units[number % len(surgery.units)] if number else "1.2.246.10.7#.10.1",
            "prescriber_code": "123450",
            "kind": "two_years",
            "arrived_at": _iso(0),
            "arrived_on": _iso(0)[:10],
            "lapses_at": _iso(192),
            "entry": json.dumps({"action": "renewal_request.taken_in", "subject": "renewal_request/@" + "x" * 200}),
        }
        for number in range(batch)
    ]
    file = folder / "call.sql"
    file.write_text(_CALL.format(realm=realm.caller.scope.main_connector_id))
    address = urlsplit(realm.service_url)
    command = [
        binaries() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2",
        f"--time={round(_SECONDS)}", f"--file={file}", "--exit-on-abort", f"--define=said={json.dumps(said)}",
        "-h", parse_qs(address.query)["host"][0], "-U", address.username or "", address.path.removeprefix("/"),
    ]  # fmt: skip
    told = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
    rate = _RATE.search(told)
    if rate is None:
        raise LookupError(f"pgbench told no rate: {told}")
    return float(rate[1]) * batch


def _day(surgery: Surgery) -> Row:
    """Take in a day's requests, give each to somebody, and answer each, with the work of two instances beside it."""
    seconds = asyncio.run(_through_a_day(surgery))
    ratio = seconds / _SECONDS_OF_A_DAY
    return Row(
        name=f"a day of {_DAY:,} requests taken in, routed and answered, in this process, against a day",
        ratio=ratio,
        spread=(ratio, ratio),
        goal=at_most(0.02),
        ours=f"{seconds:.0f} s",
        theirs=f"{_SECONDS_OF_A_DAY:,} s",
    )


async def _through_a_day(surgery: Surgery) -> float:
    clock = SystemClock()
    async with connect(surgery.realm.service_url, size=CLIENTS) as database:
        await _clear(surgery)
        start = time.perf_counter()
        left = [_DAY]

        async def tell() -> None:
            while left[0] > 0:
                left[0] -= BATCH
                told = msgspec.json.decode(_body(surgery, BATCH), type=ToldArrivals)
                async with database.transaction(surgery.realm.caller) as tx:
                    await intake.take_in(tx, clock, [one.arrival() for one in told.requests])

        await asyncio.gather(*(tell() for _ in range(2)))
        while await working.work(database, clock):
            pass
        await asyncio.gather(*(_answer(surgery, database, part) for part in range(CLIENTS)))
        seconds = time.perf_counter() - start
    await _check_day(surgery)
    return seconds


async def _answer(surgery: Surgery, database: Database, part: int) -> None:
    """Answer every open request of some tenants."""
    clock = SystemClock()
    for tenancy_id in surgery.realm.tenancies[part::CLIENTS]:
        while True:
            async with database.transaction(surgery.realm.caller) as tx:
                page = await store.open_page(tx, holder=tenancy_id, after=None, count=200)
            if not page:
                break
            for one in page:
                async with database.transaction(surgery.realm.caller) as tx:
                    await answers.answer(tx, clock, one.id, Move.RENEW, reason=None, told=None)


async def _clear(surgery: Surgery) -> None:
    owner = await asyncpg.connect(surgery.realm.owner_url)
    await owner.execute("TRUNCATE renewal_request, renewal_step, renewal_duty")
    await owner.close()


async def _check_day(surgery: Surgery) -> None:
    owner = await asyncpg.connect(surgery.realm.owner_url)
    answered = await owner.fetchval("SELECT count(*) FROM renewal_request WHERE state = 'renewed'")
    await owner.close()
    if answered != _DAY:
        raise LookupError(f"{answered} requests were answered where {_DAY} were told")


def _row(name: str, measured: Measured) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=at_least(0.5),
        ours=f"{statistics.median(measured.ours):,.0f}/s",
        theirs=f"{statistics.median(measured.theirs):,.0f}/s",
    )


def _iso(hours: int) -> str:
    at: datetime = SystemClock().now() - timedelta(minutes=1) + timedelta(hours=hours)
    return at.isoformat()
