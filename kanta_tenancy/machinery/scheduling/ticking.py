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

QUIET_S: Final = 60.0  # a job that keeps failing is told of no more often

log: Final = structlog.get_logger("kanta_tenancy.work")


class Tick(Record, frozen=True, kw_only=True):
    """Work that may run on several instances at once and twice in a row without harm."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[int]]  # returns how much it did
    first_after: timedelta = timedelta(0)  # the first run waits so long


class Failing:
    """How often in a row one job has failed, and when that was told last."""

    __slots__ = ("_told_at", "times")

    def __init__(self) -> None:
        self.times = 0
        self._told_at = 0.0

    def again(self, at_s: float) -> bool:
        """Count a failure; return whether to tell of it."""
        self.times += 1
        tell = self.times == 1 or at_s - self._told_at >= QUIET_S
        if tell:
            self._told_at = at_s
        return tell

    def no_more(self) -> int:
        """Return how often it had failed in a row, and begin anew."""
        times, self.times = self.times, 0
        return times


async def tick(ticks: Sequence[Tick], until: Callable[[], Awaitable[object]], *, now: datetime, grace_s: float) -> None:
    """Run each tick first when it says and then in its rhythm, until `until` returns; one at work then may finish.

    A run that comes late is made up for once, however many were missed, and no tick overlaps itself.

    Args:
        now: the instant from which `first_after` counts.
        grace_s: how long a run may go on after the end, before it is cut off.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that waits for itself is nothing to tell
    running: set[asyncio.Task[int]] = set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    for one in ticks:
        scheduler.add_job(
            _run,
            IntervalTrigger(seconds=one.every.total_seconds(), timezone=UTC),
            args=(one, running, Failing()),
            id=one.name,
            next_run_time=now + one.first_after,
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


async def _run(one: Tick, running: set[asyncio.Task[int]], failing: Failing) -> None:
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
        if failing.again(asyncio.get_running_loop().time()):
            log.error("job failed", job=one.name, error=type(error).__name__, times=failing.times)
    else:
        _tell_success(one.name, work.result(), failing.no_more())


def _tell_success(job: str, count: int, failed: int) -> None:
    if failed:
        log.info("job works again", job=job, failed=failed)
    if count:
        log.info("job done", job=job, count=count)
