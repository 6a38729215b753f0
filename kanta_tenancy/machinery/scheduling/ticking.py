"""A clock that wakes jobs. It holds no state: each job finds in the database what is due, and runs again if missed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from kanta_tenancy.kernel.records import Record

log: Final = structlog.get_logger("kanta_tenancy.work")


class Tick(Record, frozen=True, kw_only=True):
    """Work that may run on several instances at once and twice in a row without harm."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[int]]  # returns how much it did


async def tick(ticks: Sequence[Tick], until: Callable[[], Awaitable[object]], *, now: datetime, grace_s: float) -> None:
    """Run each tick at once and then in its rhythm, until `until` returns; one that is at work then may finish.

    A run that comes late is made up for once, however many were missed, and no tick overlaps itself.

    Args:
        now: the instant of the first run.
        grace_s: how long a run may go on after the end, before it is cut off.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that waits for itself is nothing to tell
    running: set[asyncio.Task[object]] = set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    for one in ticks:
        scheduler.add_job(
            _run,
            IntervalTrigger(seconds=one.every.total_seconds(), timezone=UTC),
            args=(one, running),
            id=one.name,
            next_run_time=now,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        await until()
    finally:
        scheduler.pause()
        if running:
            await asyncio.wait(running, timeout=grace_s)
        scheduler.shutdown(wait=False)  # cuts off what is still at work


async def _run(one: Tick, running: set[asyncio.Task[object]]) -> None:
    work = asyncio.ensure_future(one.run())
    running.add(work)
    try:
        await asyncio.wait({work})
    finally:
        work.cancel()
        running.discard(work)
    if work.cancelled():
        log.warning("job cut off", job=one.name)
    elif (error := work.exception()) is not None:  # whatever it is: other jobs and the next run go on
        log.error("job failed", job=one.name, error=type(error).__name__)
    elif work.result():
        log.info("job done", job=one.name, count=work.result())
