"""Disturbances to test with. Say only what matters to the test."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.case import Answered, Carried, Disturbance, DutyState, KeptDuty, SaidReport
from kanta_tenancy.disturbances.model import Fact, Matter
from kanta_tenancy.disturbances.store import disturbances, duties
from kanta_tenancy.disturbances.store.reports import TakenIn
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from tests.conftest import FrozenClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_said_report(**said: Any) -> SaidReport:
    return SaidReport(**{"what": "Prescriptions do not open", "since": NOON, "ongoing": True} | said)


def a_carried(**said: Any) -> Carried:
    given = {"carrier": "breach/x", "matter": Matter.AUTHORITY, "state": DutyState.PENDING, "note": "x"}
    return Carried(**{"tenancy_id": None, "said_by": "a test", "said_at": NOON} | given | said)


class Desk:
    """A realm's disturbances, as its main connector sees them."""

    def __init__(self, database: Database, clock: FrozenClock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def taken_in(self, by: Caller | None = None, *, join: UUID | None = None, **said: Any) -> TakenIn:
        """Take a report in, and do nothing of what follows."""
        async with self.database.transaction(by or self.caller) as tx:
            return await reporting.report(tx, self.clock, a_said_report(**said), join=join)

    async def reported(self, by: Caller | None = None, *, join: UUID | None = None, **said: Any) -> TakenIn:
        taken = await self.taken_in(by, join=join, **said)
        await self.carry_on()
        return taken

    async def read(self, disturbance_id: UUID) -> Disturbance:
        async with self.database.transaction(self.caller) as tx:
            return await disturbances.find(tx, disturbance_id)

    async def answers(self, disturbance_id: UUID) -> dict[Fact, Answered]:
        async with self.database.transaction(self.caller) as tx:
            return await disturbances.answers(tx, disturbance_id)

    async def duties(self, disturbance_id: UUID, by: Caller | None = None) -> dict[str, KeptDuty]:
        """Return the latest round of each duty, by its rule."""
        async with self.database.transaction(by or self.caller) as tx:
            found = await duties.of_disturbance(tx, disturbance_id)
        return {one.rule: one for one in sorted(found, key=lambda one: one.round)}

    async def ledger(self, kind: str, **wanted: Any) -> list[promises.Promise]:
        async with self.database.transaction(self.caller) as tx:
            return await promises.page(tx, promises.Wanted(kind=kind, **wanted), after=None, count=200)

    async def owed(self, kind: str) -> list[promises.Promise]:
        return await self.ledger(kind, states=(promises.State.OWED,))

    async def pay(self) -> int:
        return await promised.pay(self.database, self.clock)

    async def carry_on(self) -> None:
        await outbox.carry_on(self.database, self.clock, SUBSCRIBERS)

    async def amiss(self) -> list[promises.Finding]:
        async with self.database.transaction(self.caller) as tx:
            found = await promises.audit(tx, self.clock.now(), promised.EXPECTATIONS)
        return [one for one in found if one.what in promises.AMISS]
