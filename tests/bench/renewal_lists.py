"""Work lists of very many renewal requests against the same of few, and what an act costs that changes all of them."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NoReturn
from uuid import UUID

import asyncpg

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import Database, Transaction, connect
from kanta_tenancy.renewals.actions import policies
from kanta_tenancy.renewals.model import Policy
from kanta_tenancy.renewals.store import requests as store
from tests.bench.alternating import Measured, middle_half
from tests.bench.realm import Realm, make_realm
from tests.bench.results import Row, at_most
from tests.bench.surgery import Surgery

_OPEN: Final = (100_000, 1_000)
_CLOSED: Final = (1_000_000, 0)
_PAGE: Final = 51
_PAGES: Final = 400
_CHANGES: Final = 11
_FILL: Final = """
INSERT INTO renewal_request (id, main_connector_id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code,
                             kind, arrived_at, received_at, lapses_at, state, version, next_at, person, ground, since,
                             hand_over_at, closed_at, answered_by)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, $2, $3, '1.2.' || n, '1.2.246.93.' || n, '123456', 'two_years', arrived,
       arrived, arrived + interval '192 hours',
       CASE WHEN closed THEN 'renewed' WHEN handed_over THEN 'with_physician' ELSE 'with_prescriber' END, 1,
       arrived + interval '190 hours', CASE WHEN handed_over THEN $5::uuid ELSE $4::uuid END,
       CASE WHEN handed_over THEN 'said' ELSE 'original' END, arrived,
       CASE WHEN NOT closed AND NOT handed_over THEN arrived + interval '144 hours' END,
       CASE WHEN closed THEN arrived + interval '7 hours' END, CASE WHEN closed THEN 'tenant' END
  FROM generate_series(1, $6::bigint + $7::bigint) AS n,
       LATERAL (SELECT n > $6 AS closed, n % 2 = 0 AS handed_over) AS state_,
       LATERAL (SELECT now() - CASE WHEN closed THEN (n - $6) * interval '20 seconds' ELSE n * interval '6 seconds' END
                       AS arrived) AS time_
"""


class Side:
    """A realm with so many requests, half of those that are open with a prescriber, half with the physician."""

    def __init__(self, realm: Realm, prescriber: UUID) -> None:
        self.realm = realm
        self.prescriber = prescriber

    @property
    def lists(self) -> dict[str, dict[str, Any]]:
        return {
            "tenant": {"holder": self.realm.tenancies[0]},
            "prescriber": {"person": self.prescriber},
            "responsible physician": {"with_physician": True},
        }


class UndoneError(Exception):
    """What was measured is not to stay."""


async def measured(server: str) -> list[Row]:
    many, few = [await _side(server, *numbers) for numbers in zip((0, 1), _OPEN, _CLOSED, strict=True)]
    async with connect(many.realm.service_url, size=1) as ours, connect(few.realm.service_url, size=1) as theirs:
        async with ours.transaction(many.realm.caller) as mine, theirs.transaction(few.realm.caller) as other:
            rows = [
                _row(
                    f"the work list of a {whose} at 100,000 open and 1,000,000 closed requests against 1,000 open",
                    await _alternated(_page(mine, many.lists[whose]), _page(other, few.lists[whose]), _PAGES),
                    bound=1.5,
                )
                for whose in many.lists
            ]
        changes = await _alternated(_change(ours, many.realm), _change(theirs, few.realm), _CHANGES)
    return [*rows, _row("choosing a policy at 100,000 open requests against 1,000", changes, bound=4)]


def _page(tx: Transaction, asked: dict[str, Any]) -> Callable[[], Awaitable[float]]:
    async def read() -> float:
        start = time.perf_counter()
        page = await store.open_page(tx, **asked, after=None, count=_PAGE)
        seconds = time.perf_counter() - start
        if len(page) != _PAGE:
            raise LookupError("the list is shorter than a page")
        return seconds

    return read


def _change(database: Database, realm: Realm) -> Callable[[], Awaitable[float]]:
    async def choose() -> float:
        start = time.perf_counter()
        try:
            async with database.transaction(realm.caller) as tx:
                await policies.choose(tx, SystemClock(), Policy(warn_after_hours=(72,), hand_over_after_hours=144))
                _undo()
        except UndoneError:
            return time.perf_counter() - start

    return choose


def _undo() -> NoReturn:
    raise UndoneError


async def _alternated(
    ours: Callable[[], Awaitable[float]], theirs: Callable[[], Awaitable[float]], rounds: int
) -> Measured:
    taken: dict[bool, list[float]] = {True: [], False: []}
    warm = rounds // 10
    for number in range(warm + rounds):
        sides = [(True, ours), (False, theirs)]
        for is_ours, measure in sides if number % 2 else reversed(sides):
            taken[is_ours].append(await measure())
    return Measured(ours=tuple(taken[True][warm:]), theirs=tuple(taken[False][warm:]))


async def _side(server: str, number: int, opened: int, closed: int) -> Side:
    realm = await make_realm(server, f"bench_renewal_lists_{number}", tenants=1)
    surgery = Surgery(realm)
    await surgery.settle()
    practice = surgery.first
    if practice is None:
        raise LookupError("nobody has settled")
    owner = await asyncpg.connect(realm.owner_url)
    prescriber = await owner.fetchval("SELECT id FROM prescriber WHERE tenancy_id IS NOT NULL ORDER BY id LIMIT 1")
    physician = await owner.fetchval("SELECT id FROM prescriber WHERE tenancy_id IS NULL")
    await owner.execute("SET synchronous_commit = off")
    await owner.execute("SET session_replication_role = replica")
    own: Sequence[object] = (realm.caller.scope.main_connector_id, realm.tenancies[0], practice.unit.id)
    await owner.execute(_FILL, *own, prescriber, physician, opened, closed, timeout=600)
    await owner.execute("VACUUM (ANALYZE) renewal_request", timeout=600)
    await owner.close()
    return Side(realm, prescriber)


def _row(name: str, measured: Measured, *, bound: float) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=at_most(bound),
        ours=f"{statistics.median(measured.ours) * 1e3:,.2f} ms",
        theirs=f"{statistics.median(measured.theirs) * 1e3:,.2f} ms",
    )
