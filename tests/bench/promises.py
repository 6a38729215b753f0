"""What is owed by the million: finding what is due, finding nothing, and doing it without holding up requests."""

import asyncio
import statistics
from collections.abc import Callable
from typing import Final

import uvloop

from tests.bench import due_work, event_loop, queues
from tests.bench.alternating import Measured, alternate, middle_half
from tests.bench.promise_rows import DUE, make
from tests.bench.queues import MESSAGES
from tests.bench.realm import Realm
from tests.bench.results import Goal, Row, at_least, at_most

MANY: Final = 1_000_000
FEW: Final = 10_000
_ROUNDS: Final = 9
_FEWER_ROUNDS: Final = 5


def measure(server: str) -> list[Row]:
    many, few = make(server, "bench_promises", MANY), make(server, "bench_few_promises", FEW)
    return [_due(many), _idle(many, few), _gap(server), _outbox(server)]


def _due(many: Realm) -> Row:
    with due_work.Ledger(many) as ledger:
        measured = alternate(ledger.claim, ledger.insert, rounds=_ROUNDS)
    name = f"claiming {DUE:,} due of {MANY:,} promises against inserting the rows that come back"
    return _row(name, measured, at_most(5), _milliseconds)


def _idle(many: Realm, few: Realm) -> Row:
    with due_work.Sleeper(many) as ours, due_work.Sleeper(few) as theirs:
        measured = alternate(ours.wake, theirs.wake, rounds=_ROUNDS)
    name = f"an idle wake-up at {MANY:,} promises against one at {FEW:,}"
    return _row(name, measured, at_most(1.5), lambda seconds: f"{seconds * 1e6:.0f} µs")


def _gap(server: str) -> Row:
    realm = make(server, "bench_gap", 1)
    measured = alternate(
        lambda: uvloop.run(event_loop.ours(realm)), lambda: asyncio.run(event_loop.theirs()), rounds=_FEWER_ROUNDS
    ).inverted()
    name = f"event loop's longest gap with {event_loop.DUE:,} due at once, APScheduler's SQL job store against promises"
    return _row(name, measured, at_least(50), lambda rate: _milliseconds(1 / rate))


def _outbox(server: str) -> Row:
    with queues.Both(server) as both:
        measured = alternate(both.ours, both.theirs, rounds=_FEWER_ROUNDS).inverted()
    name = f"outbox, {MESSAGES:,} messages, against PgQueuer at its best batch ({both.best})"
    return _row(name, measured, at_least(2), lambda rate: f"{MESSAGES * rate:,.0f}/s")


def _row(name: str, measured: Measured, goal: Goal, said: Callable[[float], str]) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=goal,
        ours=said(statistics.median(measured.ours)),
        theirs=said(statistics.median(measured.theirs)),
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"
