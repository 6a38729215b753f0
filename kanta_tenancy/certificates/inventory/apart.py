"""Many certificates examined in processes of their own, a few batches ahead of whoever keeps them."""

import asyncio
import multiprocessing
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Final

import msgspec

from kanta_tenancy.certificates.inventory.examining import Examined, examine
from kanta_tenancy.certificates.inventory.intake import Examination

_READ: Final = msgspec.msgpack.Decoder(list[Examined])  # a third of the time of what processes send by themselves


@contextmanager
def in_processes(count: int) -> Iterator[Examination]:
    """Lend an examination by so many processes; they are started when the first batch comes."""
    # Not forked: the process that asks has an event loop, and connections that are nobody else's.
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:

        async def examined(batches: Iterable[Sequence[bytes]]) -> AsyncIterator[Sequence[Examined]]:
            loop = asyncio.get_running_loop()
            ahead: deque[asyncio.Future[bytes]] = deque()
            for batch in batches:
                ahead.append(loop.run_in_executor(pool, _examined, batch))
                if len(ahead) > count:
                    yield _READ.decode(await ahead.popleft())
            while ahead:
                yield _READ.decode(await ahead.popleft())

        yield examined


def _examined(batch: Sequence[bytes]) -> bytes:
    return msgspec.msgpack.encode([examine(der) for der in batch])
