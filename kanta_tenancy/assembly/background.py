"""What passing time does: the table of jobs, and the loop that runs each again and again on every instance."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from kanta_tenancy.assembly.serving import GRACE_S, Stop
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.web.trouble import described

SUBSCRIBERS: Final[dict[str, outbox.Subscriber]] = {}  # message kind → who is woken by it

log: Final = structlog.get_logger("kanta_tenancy.work")


class Job(Record, frozen=True, kw_only=True):
    """Work that may run on several instances at once and twice in a row without harm."""

    name: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[int]]  # returns how much it did


async def _carry_on_outbox(db: Database, clock: Clock) -> int:
    return await outbox.carry_on(db, clock, SUBSCRIBERS)


JOBS: Final[tuple[Job, ...]] = (Job(name="outbox", every=timedelta(seconds=1), run=_carry_on_outbox),)


async def work(db: Database, clock: Clock, stop: Stop, jobs: Sequence[Job] = JOBS) -> None:
    """Run every job in its rhythm until asked to stop; one that is at work then may finish.

    Nothing is remembered between runs: each job finds in the database what is due.
    """
    await asyncio.gather(*(_repeat(job, db, clock, stop) for job in jobs))


async def _repeat(job: Job, db: Database, clock: Clock, stop: Stop) -> None:
    while not stop.is_asked:
        run = asyncio.ensure_future(job.run(db, clock))
        asked = asyncio.ensure_future(stop.wait())
        await asyncio.wait({run, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not run.done():
            await asyncio.wait({run}, timeout=GRACE_S)
            run.cancel()
        await asyncio.wait({run})
        _tell(job, run)
        await stop.wait(job.every.total_seconds())


def _tell(job: Job, run: "asyncio.Future[int]") -> None:
    if run.cancelled():
        log.warning("job cut off", job=job.name)
    elif (error := run.exception()) is not None:  # whatever it is: other jobs and the next run go on
        log.error("job failed", job=job.name, **described(error))
    elif run.result():
        log.info("job done", job=job.name, count=run.result())
