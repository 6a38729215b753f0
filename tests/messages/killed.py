"""A worker in a process of its own, to be killed: sends what is due, over and over, at a real clock."""

import asyncio
import sys

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.messages import delivering, mailing
from tests.messages.examples import a_mailer, a_post


async def work(url: str, port: int) -> None:
    clock, mailer, post = SystemClock(), a_mailer(port, within_s=30.0, command_s=30.0), a_post(within_s=30.0)
    async with connect(url, size=4) as database:
        print("at work", flush=True)
        while True:
            await mailing.gather(database, clock)
            await asyncio.gather(
                *(mailing.send(database, clock, mailer, again=again) for again in (False, True)),
                *(delivering.send(database, clock, post, troubled=troubled) for troubled in (False, True)),
            )
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))
