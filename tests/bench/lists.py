"""Pages of a million agreements: under row-level security and without, the first and a deep one."""

import asyncio
import statistics
import time
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction, connect
from tests.bench import million
from tests.bench.alternating import Measured, middle_half
from tests.bench.realm import Realm
from tests.bench.results import Goal, Row, at_most

PAGE: Final = 50
_DEEP: Final = million.AGREEMENTS // 10  # nine tenths of all agreements come before it
_ROUNDS: Final = 2000  # of one page each
_WARM: Final = 50

_SERVICE: Final = "SET LOCAL ROLE kanta_service"
_OWNER: Final = "SET LOCAL ROLE NONE"


class Page(Record, frozen=True, kw_only=True):
    """A page to fetch, in the role of the service or of the tables' owner, whom row-level security does not concern."""

    role: str
    before: UUID = store.NEWEST_POSSIBLE

    async def seconds(self, tx: Transaction) -> float:
        """Fetch it and return how long that took.

        One connection serves both sides, so that both are served by the same process of PostgreSQL on the same core.
        The role is part of the text, so that each side has a prepared statement of its own.
        """
        await tx.connection.execute(self.role)
        sql = f"{store.NEWEST.sql} -- {self.role}"
        start = time.perf_counter()
        found = await tx.connection.fetch(sql, tx.scope.main_connector_id, self.before, PAGE)
        seconds = time.perf_counter() - start
        if len(found) != PAGE:
            raise LookupError(f"a page has {len(found)} rows where {PAGE} were expected")
        return seconds


def measure(server: str) -> list[Row]:
    return asyncio.run(_measured(million.make(server, "bench_lists")))


async def _measured(realm: Realm) -> list[Row]:
    first, deep = Page(role=_SERVICE), Page(role=_SERVICE, before=million.identifier(_DEEP))
    async with connect(realm.owner_url, size=1) as database, database.transaction(realm.caller) as tx:
        await _check_roles(tx.connection)
        return [
            _row(
                "list page of 50 from 1,000,000 agreements under RLS against the same query without",
                await _alternate(tx, first, Page(role=_OWNER)),
                at_most(1.2),
            ),
            _row("deep page against the first", await _alternate(tx, deep, first), at_most(1.2)),
        ]


async def _check_roles(connection: Connection) -> None:
    for role, expected in ((_SERVICE, True), (_OWNER, False)):
        await connection.execute(role)
        if await connection.fetchval("SELECT row_security_active('agreement')") is not expected:
            raise LookupError(f"after {role}, row-level security is {'not ' if expected else ''}active")


async def _alternate(tx: Transaction, ours: Page, theirs: Page) -> Measured:
    mine: list[float] = []
    others: list[float] = []
    for number in range(_WARM + _ROUNDS):
        for page, taken in ((ours, mine), (theirs, others))[:: 1 if number % 2 else -1]:
            taken.append(await page.seconds(tx))
    return Measured(ours=tuple(mine[_WARM:]), theirs=tuple(others[_WARM:]))


def _row(name: str, measured: Measured, goal: Goal) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=goal,
        ours=f"{statistics.median(measured.ours) * 1e3:.2f} ms",
        theirs=f"{statistics.median(measured.theirs) * 1e3:.2f} ms",
    )
