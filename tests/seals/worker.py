"""A worker that writes into chains and makes checkpoints without pause: there to be killed."""

import asyncio
import random
import uuid
from pathlib import Path

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.seals.keys import SealKeys
from tests.conftest import someone
from tests.seals.examples import acted, checkpointed


def run(url: str, folder: str, realm: str, chains: list[str]) -> None:
    """Work until killed."""
    asyncio.run(_run(url, SealKeys(Path(folder)), uuid.UUID(realm), [uuid.UUID(chain) for chain in chains]))


async def _run(url: str, keys: SealKeys, realm: uuid.UUID, chains: list[uuid.UUID]) -> None:
    clock, caller = SystemClock(), someone(realm)
    async with connect(url, size=2) as database:
        while True:
            await acted(database, clock, caller, random.choice(chains))  # noqa: S311 -- chance, not secrecy
            await checkpointed(database, keys, clock, caller)
