"""Reports that are in flight at the same time, taken in together: when much is out of order, everybody reports."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from kanta_tenancy.disturbances.actions.reporting import Reported, prepared
from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import TakenInWithSimilar
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.grouping import Grouping

_KEY_CLOSED: Final = "KT001"  # as disturbance_take_in() says it
_EACH_BY_ITSELF: Final = 16  # reports that travel together when each has a transaction of its own


class KeyClosed(Exception):
    """The key that a report came with was good when it was looked up, and is not any more."""


class Storm:
    """Takes in reports that open a disturbance by themselves; each in the scope that it came from."""

    def __init__(self, db: Database, clock: Clock, *, together: int) -> None:
        """Set up.

        Args:
            together: so many in one transaction. 1: each has its own; they travel, and wait for the disk, together.
        """
        self._db = db
        self._clock = clock
        self._write = store.take_in if together > 1 else store.take_in_each
        self._grouping = Grouping(self._take_in, most=together if together > 1 else _EACH_BY_ITSELF)

    async def take_in(self, report: Reported) -> TakenInWithSimilar:
        """Take a report in; it is on the disk then.

        Raises:
            KeyClosed: its key is good no more; nothing was written.
            OSError, asyncpg.PostgresError, TimeoutError: it was not taken in, or nobody knows.
        """
        try:
            return await self._grouping.done(report)
        except asyncpg.PostgresError as error:
            if error.sqlstate == _KEY_CLOSED:
                raise KeyClosed from error
            raise

    async def _take_in(self, reports: Sequence[Reported]) -> Sequence[TakenInWithSimilar]:
        at = self._clock.now()
        intakes = [prepared(one, at) for one in reports]
        async with self._db.unscoped() as connection:
            return await self._write(connection, intakes)
