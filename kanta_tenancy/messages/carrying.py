"""Many messages under way at once, within bounds: one that is slow takes a place of its own and holds up no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

C = TypeVar("C")

_LOOK_AGAIN_S: Final = 1.0  # while some are under way, for new ones that free places could take


async def carry_out(
    claim: Callable[[int], Awaitable[Sequence[C]]],
    do: Callable[[C], Awaitable[int]],
    *,
    places: int,
    may_go_on: Callable[[], bool],
) -> int:
    """Claim and do what is due until there is no more.

    Args:
        claim: returns at most as many as it is asked for.
        do: does one, and returns how much that counts.
        may_go_on: asked before each claim; once it says no, what is under way is ended and no more begun.

    Returns:
        What `do` returned, in all.

    Raises:
        Exception: what `claim` or `do` raised first, such as a database that is away; what is under way is ended
            before.
    """
    carriage = _Carriage(claim, do, places, may_go_on)
    try:
        return await carriage.run()
    finally:
        await carriage.cut_off()


class _Carriage:
    def __init__(
        self,
        claim: Callable[[int], Awaitable[Sequence[C]]],
        do: Callable[[C], Awaitable[int]],
        places: int,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._claim = claim
        self._do = do
        self._places = places
        self._may_go_on = may_go_on
        self._under_way: set[asyncio.Task[int]] = set()
        self._trouble: BaseException | None = None
        self._done = 0

    async def run(self) -> int:
        while True:
            await self._fill()
            if not self._under_way:
                break
            ended, self._under_way = await asyncio.wait(
                self._under_way, timeout=_LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                self._note(task)
        if self._trouble is not None:
            raise self._trouble
        return self._done

    async def cut_off(self) -> None:
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _fill(self) -> None:
        free = self._places - len(self._under_way)
        if not free or self._trouble is not None or not self._may_go_on():
            return
        looking = asyncio.ensure_future(self._claim(free))
        try:
            await asyncio.wait({looking})
        finally:
            looking.cancel()
        if (trouble := looking.exception()) is not None:
            self._trouble = trouble
        else:
            self._under_way |= {asyncio.ensure_future(self._do(one)) for one in looking.result()}

    def _note(self, task: "asyncio.Task[int]") -> None:
        if (trouble := task.exception()) is not None:
            self._trouble = self._trouble or trouble
        else:
            self._done += task.result()
