"""Many certificates examined in processes of their own, a few batches ahead of whoever keeps them."""

import asyncio
import queue
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Final

from kanta_tenancy.certificates.inventory import examiner
from kanta_tenancy.certificates.inventory.examining import Examined
from kanta_tenancy.certificates.inventory.intake import Examination

# Not multiprocessing, whose processes import first all that the program which starts them has imported.
_COMMAND: Final = (sys.executable, "-P", "-m", examiner.__name__)  # -P: nothing from the folder that somebody stands in

_Pipes = tuple[IO[bytes], IO[bytes]]


@contextmanager
def in_processes(count: int) -> Iterator[Examination]:
    """Lend an examination by so many processes, which end with it."""
    idle: queue.SimpleQueue[_Pipes] = queue.SimpleQueue()

    def asked(batch: Sequence[bytes]) -> Sequence[Examined]:
        pipes = idle.get()
        try:
            return examiner.ask(*pipes, list(batch))
        finally:
            idle.put(pipes)  # also of one that has ended: whoever asks it next is told so, and waits for nobody

    async def examined(batches: Iterable[Sequence[bytes]]) -> AsyncIterator[Sequence[Examined]]:
        loop = asyncio.get_running_loop()
        ahead: deque[asyncio.Future[Sequence[Examined]]] = deque()
        for batch in batches:
            ahead.append(loop.run_in_executor(threads, asked, batch))
            if len(ahead) > count:
                yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()

    with ExitStack() as stack:
        for _ in range(count):
            idle.put(stack.enter_context(_process()))
        # Behind the processes, so that it ends before them: none of its threads still asks one that was ended.
        threads = stack.enter_context(ThreadPoolExecutor(count))
        yield examined


@contextmanager
def _process() -> Iterator[_Pipes]:
    """Start a process; it ends when its input does, also when this one is killed."""
    # In a session of its own: an interrupt at the keyboard is for this process alone.
    with subprocess.Popen(  # noqa: S603 -- every word of the command is ours
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise LookupError("a process that was started with pipes has none")
        try:
            yield process.stdin, process.stdout
        finally:
            with suppress(BrokenPipeError):  # it has ended before it read all
                process.stdin.close()
