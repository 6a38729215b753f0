"""A worker in a process of its own that can be killed: `python -m tests.agreements.campaigns.worker URL`."""

import asyncio
import sys
from datetime import timedelta

from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect

LEASE = timedelta(seconds=1)  # so that what a killed one had claimed is soon free


async def main(url: str) -> None:
    models.builtin()  # what takes a second at the first use, and is not what is to be interrupted
    async with connect(url, size=5) as database:
        print("at work", flush=True)
        while True:
            await work(database, SystemClock(), lease=LEASE)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
