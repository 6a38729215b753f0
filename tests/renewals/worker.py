"""A worker that follows renewal requests as `kanta-tenancy work` does: there to be killed."""

import asyncio
from datetime import timedelta
from typing import Final

from kanta_tenancy.assembly.background import SUBSCRIBERS, Job, work
from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.renewals import working

RHYTHM: Final = timedelta(seconds=0.02)
BATCH: Final = 7  # many transactions, and so many moments to be killed at


async def follow(db: Database, clock: Clock) -> int:
    return await working.work(db, clock, batch=BATCH)


async def carry_on(db: Database, clock: Clock) -> int:
    return await outbox.carry_on(db, clock, SUBSCRIBERS, batch=20)


def run(url: str) -> None:
    """Work until killed."""
    asyncio.run(_run(url))


async def _run(url: str) -> None:
    jobs = (Job(name="renewals", every=RHYTHM, run=follow), Job(name="outbox", every=RHYTHM, run=carry_on))
    async with connect(url, size=4) as db:
        await work(db, SystemClock(), Stop(), jobs)
