"""Renewal requests: taken in beside pgbench calling the same function, a day of them, and lists beside many closed."""

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
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Database, Transaction, connect
from kanta_tenancy.renewals import working
from kanta_tenancy.renewals.actions import answers, intake
from kanta_tenancy.renewals.bodies.requests import ToldArrivals
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.store import requests as store
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.realm import Realm, make_realm
from tests.bench.results import Goal, Row, at_least, at_most
from tests.postgres_server import binaries
from tests.renewals.practice import Practice

CLIENTS: Final = 8
BATCH: Final = 100
_TENANTS: Final = 20
_ROUNDS: Final = 5
_SECONDS: Final = 4.0
_DAY: Final = 100_000
_SECONDS_OF_A_DAY: Final = 86_400
_OPEN: Final = (1_000, 100_000)
_CLOSED: Final = 1_000_000
_PAGE: Final = 51
_PAGES: Final = 400
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
_FILL: Final = """
INSERT INTO renewal_request (id, main_connector_id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code,
                             kind, arrived_at, received_at, lapses_at, state, version, next_at, person, ground, since,
                             hand_over_at, closed_at, answered_by)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, $2, $3, '1.2.' || n, '1.2.246.93.' || n, '123456', 'two_years', arrived,
       arrived, arrived + interval '192 hours', CASE WHEN closed THEN 'renewed' ELSE 'with_prescriber' END, 1,
       arrived + interval '72 hours', $4, 'original', arrived,
       CASE WHEN NOT closed THEN arrived + interval '144 hours' END,
       CASE WHEN closed THEN arrived + interval '7 hours' END, CASE WHEN closed THEN 'tenant' END
  FROM generate_series(1, $5::bigint + $6::bigint) AS n,
       LATERAL (SELECT n > $5 AS closed) AS state_,
       LATERAL (SELECT now() - CASE WHEN closed THEN (n - $5) * interval '20 seconds' ELSE n * interval '6 seconds' END
                       AS arrived) AS time_
"""


class Surgery:
    """A realm whose tenants have a unit each that receives requests, and people who prescribe."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.units: list[str] = []
        self.first: Practice | None = None

    async def settle(self) -> None:
        async with connect(self.realm.service_url, size=2) as database:
            for number, tenancy_id in enumerate(self.realm.tenancies):
                await self._settle_one(database, number, tenancy_id)

    async def _settle_one(self, database: Database, number: int, tenancy_id: UUID) -> None:
        practice = Practice(database, SystemClock(), self.realm.caller, None)
        of_tenant = {"tenancy_id": tenancy_id}
        await practice.agree(TenancyId(tenancy_id))
        oid = f"1.2.246.10.7{number}.10.1"
        unit = await practice.a_unit(oid=oid, **of_tenant)
        for person in range(3):
            await practice.prescriber(code=f"12345{person}", units=(unit.id,), **of_tenant)
        if number == 0:
            await practice.prescriber(tenancy_id=None, code="900001", office="responsible_physician")
            practice.unit, self.first = unit, practice
        await practice.receiving(unit, on=day_in_finland(SystemClock().now()))
        self.units.append(oid)


def measure(server: str) -> list[Row]:
    surgery = Surgery(asyncio.run(make_realm(server, "bench_renewals", tenants=_TENANTS)))
    asyncio.run(surgery.settle())
    rows = [_intake(surgery, BATCH), _intake(surgery, 1)]
    rows.append(_day(surgery))
    return [*rows, asyncio.run(_lists(server))]


def _intake(surgery: Surgery, batch: int) -> Row:
    """Hold the way from the bytes of a request to its commit against the function that it ends in."""
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as home:
        measured = alternate(
            lambda: asyncio.run(_taken_in(surgery, batch)),
            lambda: _called(surgery, batch, Path(home)),
            rounds=_ROUNDS,
        )
    what = "one at a time" if batch == 1 else f"{batch} at a time"
    return _row(
        f"intake of renewal requests, {what}, against pgbench calling the same function", measured, at_least(0.5)
    )


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


async def _lists(server: str) -> Row:
    """Hold a work list beside a million closed requests against one of a small realm."""
    realms = []
    for number, (opened, closed) in enumerate(((_OPEN[1], _CLOSED), (_OPEN[0], 0))):
        realm = await make_realm(server, f"bench_renewal_lists_{number}", tenants=1)
        surgery = Surgery(realm)
        await surgery.settle()
        await _fill(surgery, opened, closed)
        realms.append(realm)
    async with (
        connect(realms[0].service_url, size=1) as many,
        connect(realms[1].service_url, size=1) as few,
        many.transaction(realms[0].caller) as ours,
        few.transaction(realms[1].caller) as theirs,
    ):
        measured = await _alternated(ours, realms[0], theirs, realms[1])
    return _row(
        "a work list of 100,000 open and 1,000,000 closed requests against one of 1,000 open", measured, at_most(1.5)
    )


async def _alternated(ours: Transaction, mine: Realm, theirs: Transaction, other: Realm) -> Measured:
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(_PAGES):
        sides = [(True, ours, mine), (False, theirs, other)]
        for is_ours, tx, realm in sides if number % 2 else reversed(sides):
            start = time.perf_counter()
            page = await store.open_page(tx, holder=realm.tenancies[0], after=None, count=_PAGE)
            taken[is_ours].append(time.perf_counter() - start)
            if len(page) != _PAGE:
                raise LookupError("the list is shorter than a page")
    warm = _PAGES // 10
    return Measured(ours=tuple(taken[True][warm:]), theirs=tuple(taken[False][warm:]))


async def _fill(surgery: Surgery, opened: int, closed: int) -> None:
    practice = surgery.first
    if practice is None:
        raise LookupError("nobody has settled")
    owner = await asyncpg.connect(surgery.realm.owner_url)
    person = await owner.fetchval("SELECT id FROM prescriber WHERE tenancy_id IS NOT NULL ORDER BY id LIMIT 1")
    await owner.execute("SET synchronous_commit = off")
    await owner.execute("SET session_replication_role = replica")
    realm, tenancy = surgery.realm.caller.scope.main_connector_id, surgery.realm.tenancies[0]
    await owner.execute(_FILL, realm, tenancy, practice.unit.id, person, opened, closed, timeout=600)
    await owner.execute("VACUUM (ANALYZE) renewal_request", timeout=600)
    await owner.close()


def _row(name: str, measured: Measured, goal: Goal) -> Row:
    costs = goal.comparison == "<="
    unit = "ms" if costs else "/s"
    scale = 1e3 if costs else 1

    def told(values: tuple[float, ...]) -> str:
        return (
            f"{statistics.median(values) * scale:,.2f} {unit}" if costs else f"{statistics.median(values):,.0f}{unit}"
        )

    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=goal,
        ours=told(measured.ours),
        theirs=told(measured.theirs),
    )


def _iso(hours: int) -> str:
    at: datetime = SystemClock().now() - timedelta(minutes=1) + timedelta(hours=hours)
    return at.isoformat()
