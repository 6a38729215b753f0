"""One attempt at work that may fail in whatever way, so that its failure can be written down and others go on."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class Sayable(Exception):
    """An error whose sentence may be kept with the work; the text of any other could hold data."""


class Attempt(Generic[R]):
    """How an attempt ended: with a result, or with an error."""

    __slots__ = ("_work",)

    def __init__(self, work: "asyncio.Task[R]") -> None:
        self._work = work

    @property
    def failure(self) -> str | None:
        """Say why it failed, without data; None when it did not."""
        if self._work.cancelled():
            return asyncio.CancelledError.__name__
        error = self._work.exception()
        if error is None:
            return None
        return str(error) if isinstance(error, Sayable) else type(error).__name__

    @property
    def error(self) -> BaseException | None:
        """Return what it raised; None when it did not fail."""
        return asyncio.CancelledError() if self._work.cancelled() else self._work.exception()

    def result(self) -> R:
        """Return what the work returned, or raise what it raised."""
        return self._work.result()


async def attempt(work: Coroutine[Any, Any, R]) -> Attempt[R]:
    """Do the work to its end, whatever it raises; when we are cut off, undo it before that goes on."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    return Attempt(task)
