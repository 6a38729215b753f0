"""What callers ask of the database at the same time, asked together: one round trip, or one flush, serves them all."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Generic, TypeVar

import asyncpg

from kanta_tenancy.machinery.postgres.attempt import attempt

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE: Final = 2  # groups: while one waits for the disk, the next is worked on
# The server may have committed before it said so; whatever else it says of a transaction means that it was undone.
_UNCERTAIN: Final = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


class Grouping(Generic[Item, Result]):
    """Asks for the items of callers together, as many as came while others were asked for; a lone one at once.

    When the database refuses a group, each of its items is asked for anew by itself, so that a bad one fails alone.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[Item]], Coroutine[Any, Any, Sequence[Result]]],
        *,
        most: int,
    ) -> None:
        """Set up.

        Args:
            ask: asks for all items; what it writes, it writes in one transaction. It returns what came of each.
            most: items in one group.
        """
        self._ask = ask
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._working: set[asyncio.Task[None]] = set()

    async def done(self, item: Item) -> Result:
        """Ask for an item and return what came of it; what was written for it is committed then.

        Raises:
            OSError, asyncpg.PostgresError, TimeoutError: it was not done, or nobody knows.
        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if len(self._working) < AT_ONCE:
            task = asyncio.ensure_future(self._work())
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        return await done

    async def _work(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            if await self._attempt(taken):
                continue
            for one in taken:
                await self._attempt([one])

    async def _attempt(self, taken: Sequence[tuple[Item, "asyncio.Future[Result]"]]) -> bool:
        """Ask for items and tell whoever waits; False, and nobody was told, when each is to be tried by itself."""
        attempted = await attempt(self._ask([item for item, _ in taken]))
        error = attempted.error
        if error is None:
            for (_, done), result in zip(taken, attempted.result(), strict=True):
                if not done.done():
                    done.set_result(result)
            return True
        if len(taken) > 1 and isinstance(error, asyncpg.PostgresError) and not isinstance(error, _UNCERTAIN):
            return False
        for _, done in taken:
            if not done.done():
                done.set_exception(error)
        return True
