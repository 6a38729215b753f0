"""One instance that offers and signs, in a process of its own: `python -m tests.bench.issuing_worker URL KEY CHAIN`."""

import asyncio
import sys
from pathlib import Path

from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.assembly import promised
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.x509.credentials import Credential, from_pem


async def main(url: str, credential: Credential) -> None:
    """Work whenever there is work, as the jobs of an instance do, until killed."""
    models.builtin()  # what every instance does once
    clock = SystemClock()

    async def offer() -> None:
        while True:
            await work(database, clock)
            await asyncio.sleep(0.1)

    async def sign() -> None:
        while True:
            await promised.pay_signatures(database, clock, own_key=lambda _: credential)
            await asyncio.sleep(0.1)

    async with connect(url, size=10) as database:
        print("at work", flush=True)
        sys.stdin.readline()
        await asyncio.gather(offer(), sign())


if __name__ == "__main__":
    key, chain = (Path(name).read_bytes() for name in sys.argv[2:])
    asyncio.run(main(sys.argv[1], from_pem(chain, key)))
