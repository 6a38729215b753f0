"""What passing time does: the table of jobs, and when each is woken on every instance."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.serving import GRACE_S, Stop
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres import invariants, outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.scheduling.ticking import Tick, tick
from kanta_tenancy.machinery.web.repeatable import forget_answers

SUBSCRIBERS: Final[dict[str, outbox.Subscriber]] = {}  # message kind → who is woken by it

log: Final = structlog.get_logger("kanta_tenancy.work")


class Job(Record, frozen=True, kw_only=True):
    """Work that may run on several instances at once and twice in a row without harm."""

    name: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[int]]  # returns how much it did
    first_after: timedelta = timedelta(0)  # after the start of each instance


async def _carry_on_outbox(db: Database, clock: Clock) -> int:
    return await outbox.carry_on(db, clock, SUBSCRIBERS)


async def _check_invariants(db: Database, _: Clock) -> int:
    broken = await invariants.broken(db)
    for name, count in broken.items():
        log.error("invariant broken", invariant=name, rows=count)
    return len(broken)


# docs/jobs.md tells of each; a test compares.
JOBS: Final[tuple[Job, ...]] = (
    Job(name="outbox", every=timedelta(seconds=1), run=_carry_on_outbox),
    Job(name="promises", every=timedelta(seconds=1), run=promised.pay),
    Job(name="forget-answers", every=timedelta(hours=1), run=forget_answers),
    Job(name="forget-messages", every=timedelta(hours=1), run=outbox.forget),
    # It reads every document there is: not at each deployment, and not while an instance that fails starts over.
    Job(name="invariants", every=timedelta(hours=24), first_after=timedelta(hours=1), run=_check_invariants),
    Job(name="audit-promises", every=timedelta(hours=24), first_after=timedelta(hours=1), run=promised.audit_all),
)


async def work(db: Database, clock: Clock, stop: Stop, jobs: Sequence[Job] = JOBS) -> None:
    """Wake every job in its rhythm until asked to stop; one that is at work then may finish."""
    ticks = [
        Tick(name=job.name, every=job.every, first_after=job.first_after, run=partial(job.run, db, clock))
        for job in jobs
    ]
    await tick(ticks, stop.wait, now=clock.now(), grace_s=GRACE_S)
