"""The daily sweep over a million certificates: against fewer of them, the plain insert, and loading them all."""

import statistics
import time
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.warnings import levels, thresholds, weighing
from kanta_tenancy.certificates.warnings.model import THIRD, Lifetime, Window
from kanta_tenancy.kernel.calendar import HELSINKI
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.certificate_rows import BEFORE, DAY, DUE, make
from tests.bench.due_work import Connected
from tests.bench.results import Goal, Row, at_least, at_most

MANY: Final = 1_000_000
FEW: Final = 10_000
_ROUNDS: Final = 9
_FEWER_ROUNDS: Final = 3
_NOW: Final = datetime(2026, 3, 3, 6, 0, tzinfo=HELSINKI)

_RESET: Final = """
DELETE FROM certificate_warning WHERE level <> 90;
UPDATE certificate_warning SET state = 'open', settled_at = NULL WHERE state = 'superseded';
UPDATE certificate_sweep SET swept_through = '2026-03-02'
"""
_PLAIN: Final = """
DROP TABLE IF EXISTS bench_plain;
CREATE TABLE bench_plain (main_connector_id uuid NOT NULL, certificate_id uuid NOT NULL, level smallint NOT NULL,
                          due_on date NOT NULL, ends_on date NOT NULL, state text NOT NULL,
                          decided_at timestamptz NOT NULL, PRIMARY KEY (main_connector_id, certificate_id, level));
"""
_ROWS: Final = """
SELECT main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at
  FROM certificate_warning
 WHERE level <> 90
"""
_INSERT: Final = """
INSERT INTO bench_plain (main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at)
SELECT main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at
  FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::date[], $5::date[], $6::text[], $7::timestamptz[])
       AS came (main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at)
"""
_LOAD: Final = "SELECT id, kind, not_before, not_after, third_left_at FROM certificate WHERE state = 'in_use'"
_AT_ONCE: Final = 50_000


class _Loaded(Lifetime, frozen=True, kw_only=True):
    id: UUID
    kind: str


def measure(server: str) -> list[Row]:
    many, few = make(server, "bench_certificates", MANY), make(server, "bench_few_certificates", FEW)
    with Sweeper(many) as ours, Sweeper(few) as fewer:
        growth = alternate(ours.sweep, fewer.sweep, rounds=_ROUNDS)
        floor = alternate(ours.sweep, ours.insert, rounds=_ROUNDS)
        load = alternate(ours.load, ours.sweep, rounds=_FEWER_ROUNDS)
    return [
        _row(f"a sweep that finds {DUE:,} of {MANY:,} certificates against one of {FEW:,}", growth, at_most(1.5)),
        _row("the sweep against inserting the rows that it writes", floor, at_most(5)),
        _row(f"loading {MANY:,} certificates into Python against the sweep", load, at_least(80)),
    ]


class Sweeper(Connected):
    """Sweeps one day of a realm, again and again."""

    _rows: list[tuple[object, ...]]

    def sweep(self) -> float:
        self.run(self.owner.execute(_RESET))
        self.run(self.owner.execute("VACUUM (ANALYZE) certificate_warning"))
        return float(self.run(self._sweep()))

    def insert(self) -> float:
        self.run(self.owner.execute(_PLAIN))
        self._rows = [tuple(row) for row in self.run(self.owner.fetch(_ROWS))]
        if len(self._rows) != DUE:
            raise LookupError(f"{len(self._rows)} warnings where {DUE} were expected")
        return float(self.run(self._insert()))

    def load(self) -> float:
        return float(self.run(self._load()))

    async def _sweep(self) -> float:
        began = time.perf_counter()
        async with self.database.transaction(self.realm.caller) as tx:
            if await weighing.catch_up(tx, _NOW) != DAY:
                raise LookupError("the day was not swept")
        return time.perf_counter() - began

    async def _insert(self) -> float:
        began = time.perf_counter()
        await self.owner.execute(_INSERT, *(list(column) for column in zip(*self._rows, strict=True)))
        return time.perf_counter() - began

    async def _load(self) -> float:
        """Load all certificates, as rows are read here, and see which come to a level on the day; write nothing."""
        began = time.perf_counter()
        by_kind: dict[str, list[Window]] = {}
        for window in levels.windows(thresholds.thresholds_on(DAY, kinds()), BEFORE, DAY):
            by_kind.setdefault(window.kind, []).append(window)
        found = 0
        async with self.database.transaction(self.realm.caller) as tx:
            cursor = await tx.connection.cursor(_LOAD)
            while rows := await cursor.fetch(_AT_ONCE):
                every = [msgspec.convert(dict(row), _Loaded) for row in rows]
                found += sum(_comes(one, by_kind[one.kind]) for one in every)
        if found != DUE:
            raise LookupError(f"{found} certificates come to a level where {DUE} were expected")
        return time.perf_counter() - began


def _comes(one: _Loaded, windows: list[Window]) -> bool:
    return any(
        each.since <= (one.third_left_at if each.level == THIRD else one.not_after) < each.until for each in windows
    )


def _row(name: str, measured: Measured, goal: Goal) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=goal,
        ours=_milliseconds(statistics.median(measured.ours)),
        theirs=_milliseconds(statistics.median(measured.theirs)),
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"
