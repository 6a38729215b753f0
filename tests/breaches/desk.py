"""A register of breaches as one caller keeps it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.actions import helping, reporting, saying
from kanta_tenancy.breaches.actions.keeping import Standing
from kanta_tenancy.breaches.actions.reporting import Reported
from kanta_tenancy.breaches.model import (
    Breach,
    Concerned,
    Damage,
    Help,
    HelpAnswer,
    Item,
    Move,
    Movement,
    NewReport,
    Party,
    PartyKind,
    RegisterKind,
    Said,
)
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from tests.breaches.examples import NOON, stated
from tests.conftest import FrozenClock


def of_tenant(tenancy_id: UUID, register: RegisterKind = RegisterKind.CLIENT_DOCUMENTS) -> Concerned:
    return Concerned(register=register, producer=Party(kind=PartyKind.TENANT, tenancy_id=TenancyId(tenancy_id)))


def of_main_connector(register: RegisterKind = RegisterKind.OWN_REGISTER) -> Concerned:
    return Concerned(register=register, producer=Party(kind=PartyKind.MAIN_CONNECTOR))


def a_new_report(*concerned: Concerned, **said: Any) -> NewReport:
    return NewReport(
        **{
            "title": "A letter to the wrong house",
            "what": "A summary was posted to a neighbour.",
            "found_at": NOON - timedelta(hours=1),
            "concerned": concerned,
            "damage": (Damage.CONFIDENTIALITY,),
        }
        | said
    )


class Register:
    def __init__(self, database: Database, clock: FrozenClock, caller: Caller) -> None:
        self.database = database
        self.clock = clock
        self.caller = caller

    async def reported(self, *concerned: Concerned, **said: Any) -> Reported:
        async with self.database.transaction(self.caller) as tx:
            return await reporting.report(tx, self.clock, a_new_report(*concerned, **said))

    async def said(self, breach_id: UUID, *said: Said) -> Standing:
        """Say one thing after the other, each from the version in hand."""
        for one in said:
            breach = (await self.whole(breach_id)).breach
            async with self.database.transaction(self.caller) as tx:
                after = await saying.say(tx, self.clock, breach_id, one, version=breach.version)
        return after

    async def documented(self, breach_id: UUID, items: tuple[Item, ...] = tuple(Item)) -> Standing:
        return await self.said(breach_id, *stated(items))

    async def concerned(self, breach_id: UUID, *concerned: Concerned) -> Standing:
        breach = (await self.whole(breach_id)).breach
        async with self.database.transaction(self.caller) as tx:
            return await saying.concern(tx, self.clock, breach_id, concerned, version=breach.version)

    async def moved(self, breach_id: UUID, move: Move, reason: str = "Because") -> Standing:
        breach = (await self.whole(breach_id)).breach
        async with self.database.transaction(self.caller) as tx:
            said = Movement(move=move, reason=reason)
            return await saying.move(tx, self.clock, breach_id, said, version=breach.version)

    async def asked(self, breach_id: UUID, question: str = "What does the log say?", **said: Any) -> Help:
        async with self.database.transaction(self.caller) as tx:
            return await helping.ask(tx, self.clock, breach_id, question, **said)

    async def answered(self, asked: Help, text: str = "Nothing", *, is_final: bool = True) -> tuple[Help, HelpAnswer]:
        async with self.database.transaction(self.caller) as tx:
            return await helping.answer(tx, self.clock, asked.id, text, is_final=is_final, version=asked.version)

    async def taken_back(self, asked: Help, because: str = "It was found") -> Help:
        async with self.database.transaction(self.caller) as tx:
            return await helping.take_back(tx, self.clock, asked.id, because, version=asked.version)

    async def whole(self, breach_id: UUID) -> reading.Whole:
        async with self.database.transaction(self.caller) as tx:
            return await reading.whole(tx, breach_id)

    async def listed(self, **asked: Any) -> list[Breach]:
        async with self.database.transaction(self.caller) as tx:
            return await reading.newest(tx, before=None, count=99, **asked)

    async def owed(self, kind: str | None = None) -> list[promises.Promise]:
        async with self.database.transaction(self.caller) as tx:
            found = await promises.page(tx, promises.Wanted(kind=kind), after=None, count=99)
        return [one for one in found if one.kind.startswith("breach.")]

    async def owing(self) -> dict[str, str]:
        """Return what is owed or was, by kind, without the reminders."""
        return {one.kind.partition(".")[2]: one.state.value for one in await self.owed() if one.kind != "breach.remind"}

    async def carry_on(self) -> None:
        """Hand on what was announced, and have what is due paid."""
        await outbox.carry_on(self.database, self.clock, SUBSCRIBERS)
        await promised.pay(self.database, self.clock)

    async def amiss(self) -> list[promises.Finding]:
        async with self.database.transaction(self.caller) as tx:
            found = await promises.audit(tx, self.clock.now(), promised.EXPECTATIONS)
        return [one for one in found if one.what in promises.AMISS]
