"""A tenant with a unit that receives renewal requests, who is there, and what they and the service do with them."""

import itertools
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.endings import notices
from kanta_tenancy.agreements.endings.model import NewNotice, Notice
from kanta_tenancy.agreements.model import Agreement, Earlier, Form, Party
from kanta_tenancy.assembly import background, promised
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.promises import Promise, Wanted, page
from kanta_tenancy.renewals import reading, working
from kanta_tenancy.renewals.actions import answers, intake, prescribers, units
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Arrival, Entitlement, Kind, Office, Outcome, Reason, Request, Way
from kanta_tenancy.renewals.reading import Whole
from kanta_tenancy.renewals.reception import Unit
from kanta_tenancy.renewals.staff import KnownPrescriber, SaidPrescriber
from tests.parties.examples import Tenant
from tests.renewals.examples import AUTHOR, PRESCRIPTION

UNIT_OID = "1.2.246.10.12345671.10.1"
MARCH_2 = date(2026, 3, 2)
_numbers = itertools.count(1)


def an_arrival(clock: Clock, **said: Any) -> Arrival:
    return Arrival(
        **{
            "request_id": f"1.2.246.10.32213086.10.77.{next(_numbers)}",
            "prescription_id": PRESCRIPTION,
            "unit": UNIT_OID,
            "prescriber_code": AUTHOR,
            "kind": Kind.TWO_YEARS,
            "arrived_at": clock.now(),
        }
        | said
    )


def a_said_prescriber(**said: Any) -> SaidPrescriber:
    return SaidPrescriber(
        **{
            "name": "Lea Lääkäri",
            "email": "lea@example.org",
            "office": Office.PRESCRIBER,
            "entitlement": Entitlement.FULL,
            "since": date(2020, 1, 1),
            "until": None,
            "shifts": (),
            "units": (),
        }
        | said
    )


class Practice:
    """What people and the patient information system do, each in a transaction of its own."""

    def __init__(self, database: Database, clock: Any, realm: Caller, tenant: Tenant | None) -> None:
        self.database = database
        self.clock = clock
        self.realm = realm
        self.tenant = tenant

    async def settle(self) -> None:
        self.agreement = await self.agree(self.tenant.tenancy.id)
        self.unit = await self.a_unit()
        self.author = await self.prescriber(units=(self.unit.id,))
        self.physician = await self.prescriber(
            tenancy_id=None,
            code="900001",
            office=Office.RESPONSIBLE_PHYSICIAN,
            name="Vesa Vastuu",
            email="vesa@example.org",
        )
        self.unit = await self.receiving(self.unit)

    async def agree(self, tenancy_id: TenancyId, *services: str) -> Agreement:
        said = Earlier(
            in_force_on=date(2025, 1, 1),
            model_version="1.3",
            form=Form.PAPER,
            language=Language.FINNISH,
            services=services or ("prescription",),
        )
        async with self.database.transaction(self.realm) as tx:
            return await earlier.bring_in(tx, self.clock, tenancy_id=tenancy_id, said=said)

    async def a_unit(self, **said: Any) -> Unit:
        tenancy_id = said.pop("tenancy_id") if "tenancy_id" in said else self.tenant.tenancy.id
        new = {"tenancy_id": tenancy_id, "oid": UNIT_OID, "name": "Saaren asema", "changes_on": None} | said
        async with self.database.transaction(self.realm) as tx:
            return await units.register(tx, self.clock, **new)

    async def receiving(self, unit: Unit, *, receives: bool = True, on: date | None = None) -> Unit:
        async with self.database.transaction(self.realm) as tx:
            return await units.decide(
                tx, self.clock, unit.id, version=unit.version, receives=receives, effective_on=on or MARCH_2
            )

    async def changing(self, unit: Unit, on: date | None) -> Unit:
        async with self.database.transaction(self.realm) as tx:
            return await units.amend(tx, self.clock, unit.id, version=unit.version, name=unit.name, changes_on=on)

    async def prescriber(self, **said: Any) -> KnownPrescriber:
        tenancy_id = said.pop("tenancy_id") if "tenancy_id" in said else self.tenant.tenancy.id
        code = said.pop("code", AUTHOR)
        async with self.database.transaction(self.realm) as tx:
            return await prescribers.name(
                tx, self.clock, tenancy_id=tenancy_id, code=code, said=a_said_prescriber(**said)
            )

    async def amended(self, who: KnownPrescriber, **said: Any) -> KnownPrescriber:
        now = {name: getattr(who, name) for name in SaidPrescriber.__struct_fields__} | said
        async with self.database.transaction(self.realm) as tx:
            return await prescribers.amend(tx, self.clock, who.id, version=who.version, said=SaidPrescriber(**now))

    async def absent(self, who: KnownPrescriber, since: datetime, until: datetime | None = None) -> KnownPrescriber:
        async with self.database.transaction(self.realm) as tx:
            return await prescribers.be_absent(tx, self.clock, who.id, since=since, until=until)

    async def prevented(self, by: Caller | None = None) -> UUID:
        async with self.database.transaction(by or self.tenant.caller) as tx:
            found = await prescribers.be_prevented(
                tx, self.clock, tenancy_id=self.tenant.tenancy.id, since=None, until=None
            )
        return found.id

    async def take_in(self, *said: Arrival) -> list[Outcome]:
        async with self.database.transaction(self.realm) as tx:
            return await intake.take_in(tx, self.clock, said)

    async def arrived(self, **said: Any) -> Request:
        async with self.database.transaction(self.realm) as tx:
            request, _ = await intake.take_in_one(tx, self.clock, an_arrival(self.clock, **said))
        return request

    async def followed(self, **said: Any) -> Request:
        """Return a request that has arrived and was given to somebody."""
        request = await self.arrived(**said)
        await self.work()
        return (await self.read(request)).request

    async def answer(
        self,
        request: Request,
        move: Move = Move.RENEW,
        *,
        by: Caller | None = None,
        reason: Reason | None = None,
        told: Way | None = None,
    ) -> Request:
        async with self.database.transaction(by or self.tenant.caller) as tx:
            return await answers.answer(tx, self.clock, request.id, move, reason=reason, told=told)

    async def tell_patient(self, request: Request, way: Way = Way.CALL, *, by: Caller | None = None) -> Request:
        async with self.database.transaction(by or self.tenant.caller) as tx:
            return await answers.tell_patient(tx, self.clock, request.id, way)

    async def told(self, request_id: UUID) -> None:
        """Have the main connector put down that a patient was told."""
        async with self.database.transaction(self.realm) as tx:
            await answers.tell_patient(tx, self.clock, request_id, Way.CALL)

    async def give_notice(self) -> Notice:
        """Have the tenant give notice of its agreement, delivered today: it ends in a month."""
        said = NewNotice(party=Party.TENANT, given_on=MARCH_2, message="We leave")
        async with self.database.transaction(self.tenant.caller) as tx:
            notice = await notices.give(tx, self.clock, agreement_id=self.agreement.id, said=said)
        await self.carry_on()
        return notice

    async def withdraw_notice(self, notice: Notice) -> None:
        """Have both withdraw it, so that the end falls away."""
        for version, by in enumerate((self.tenant.caller, self.realm), notice.version):
            async with self.database.transaction(by) as tx:
                await notices.agree_to_withdraw(tx, self.clock, notice_id=notice.id, version=version)
        await self.carry_on()

    async def read(self, request: Request) -> Whole:
        async with self.database.transaction(self.realm) as tx:
            return await reading.whole(tx, request.id)

    async def work(self) -> int:
        return await working.work(self.database, self.clock)

    async def carry_on(self) -> None:
        """Let other rooms' messages reach this one, and what they owe be kept."""
        await outbox.carry_on(self.database, self.clock, background.SUBSCRIBERS)
        await self.pay()

    async def pay(self) -> int:
        return await promised.pay(self.database, self.clock)

    async def owed(self, kind: str) -> list[Promise]:
        async with self.database.transaction(self.realm) as tx:
            return await page(tx, Wanted(kind=kind), after=None, count=100)
