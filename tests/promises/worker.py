"""A worker as `kanta-tenancy work` is one, with a keeper and a subscriber that leave a trace: there to be killed."""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec

from kanta_tenancy.assembly.background import Job, work
from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database, Transaction, connect
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.promises import Kept, NotNow, Outcome, Promise, pay_due

LEASE: Final = timedelta(seconds=0.5)  # what a killed worker had claimed waits so long, at most twice
RHYTHM: Final = timedelta(seconds=0.05)


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="test.ended"):
    key: str


async def end(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Do something in several steps, each of which a kill may come after."""
    await tx.connection.execute("INSERT INTO effect VALUES ($1)", promise.key)
    await asyncio.sleep(0.002)
    act = Act(action="test.ended", subject=promise.subject, at=clock.now(), facts={"key": promise.key})
    await record(tx, act, announce=Ended(key=promise.key))
    if promise.attempts == 0 and promise.facts["stubborn"]:
        raise NotNow("not at once")
    return Kept()


async def hear(tx: Transaction, message: outbox.Message) -> None:
    await tx.connection.execute("INSERT INTO heard VALUES ($1)", message.body["key"])
    await asyncio.sleep(0.001)


async def pay(db: Database, clock: Clock) -> int:
    return await pay_due(db, clock, {"test.end": end}, batch=20, lease=LEASE)


async def carry_on(db: Database, clock: Clock) -> int:
    return await outbox.carry_on(db, clock, {"test.ended": hear}, batch=20)


def run(url: str) -> None:
    """Work until killed."""
    asyncio.run(_run(url))


async def _run(url: str) -> None:
    jobs = (Job(name="promises", every=RHYTHM, run=pay), Job(name="outbox", every=RHYTHM, run=carry_on))
    async with connect(url, size=6) as db:
        await work(db, SystemClock(), Stop(), jobs)
