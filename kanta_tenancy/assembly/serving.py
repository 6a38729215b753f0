"""The process that serves: its socket, its signals, its background work, and an orderly end within ten seconds."""

import asyncio
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
import uvloop

from kanta_tenancy.assembly.outcomes import CannotServe

GRACE_S: Final = 7  # how long requests and background work may take to finish after a request to stop


class Stop:
    """That the process has been asked to end, by a signal or by trouble."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self.trouble: BaseException | None = None

    def ask(self, trouble: BaseException | None = None) -> None:
        self.trouble = self.trouble or trouble
        self._asked.set()

    @property
    def is_asked(self) -> bool:
        return self._asked.is_set()

    async def wait(self, at_most_s: float | None = None) -> bool:
        """Return whether it was asked, after at most so many seconds."""
        try:
            async with asyncio.timeout(at_most_s):
                await self._asked.wait()
        except TimeoutError:
            return False
        return True


def run_until_stopped(main: Callable[[Stop], Coroutine[Any, Any, None]]) -> None:
    """Run `main` with SIGINT and SIGTERM asking it to stop; a second signal ends it at once.

    Raises:
        KeyboardInterrupt: it was ended at once.
        BaseException: the trouble that the stop was asked for, if any.
    """

    async def guarded() -> None:
        stop = Stop()
        with _signals(stop):
            await main(stop)
        if stop.trouble is not None:
            raise stop.trouble

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(guarded())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


@contextmanager
def _signals(stop: Stop) -> Generator[None]:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def asked() -> None:
        if stop.is_asked and task is not None:
            task.cancel()
        stop.ask()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """uvicorn, but for signals, which are ours, and a word when it has begun."""

    def __init__(self, config: uvicorn.Config, on_begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_begun = on_begun

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _settle()
        self._on_begun()


def _settle() -> None:
    """Keep what was made at the start out of later garbage collections.

    A full one would walk all of it, again and again: whatever is asked for meanwhile waits for some 80 milliseconds.
    """
    gc.collect()
    gc.freeze()


async def serve(
    application: Callable[..., Any], listener: socket.socket, stop: Stop, *, on_begun: Callable[[], None]
) -> None:
    """Answer requests until asked to stop; those in flight are then finished, or cut off after GRACE_S.

    Raises:
        CannotServe: the application did not start.
    """
    config = uvicorn.Config(
        application,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # headers of a proxy are text that anyone can send
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config, on_begun)

    async def end_when_asked() -> None:
        await stop.wait()
        server.should_exit = True

    ending = asyncio.create_task(end_when_asked())
    try:
        await server.serve(sockets=[listener])
    except SystemExit as error:  # uvicorn's way to say it
        raise CannotServe("The application did not start: the log says why.") from error
    finally:
        ending.cancel()
        stop.ask()


async def together(*parts: Awaitable[None]) -> None:
    """Run the parts of a service beside one another until all have ended; trouble in one cancels the others."""
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(_as_coroutine(part))


async def _as_coroutine(part: Awaitable[None]) -> None:
    await part
