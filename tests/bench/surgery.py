"""A realm whose tenants have a unit each that receives renewal requests, and people who prescribe."""

from uuid import UUID

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Database, connect
from tests.bench.realm import Realm
from tests.renewals.practice import Practice


class Surgery:
    """A realm whose tenants have a unit each that receives requests, and people who prescribe."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.units: list[str] = []
        self.first: Practice | None = None

    async def settle(self) -> None:
        async with connect(self.realm.service_url, size=2) as database:
            for number, tenancy_id in enumerate(self.realm.tenancies):
                await self._settle_one(database, number, tenancy_id)

    async def _settle_one(self, database: Database, number: int, tenancy_id: UUID) -> None:
        practice = Practice(database, SystemClock(), self.realm.caller, None)
        of_tenant = {"tenancy_id": tenancy_id}
        await practice.agree(TenancyId(tenancy_id))
        oid = f"1.2.246.10.7{number}.10.1"
        unit = await practice.a_unit(oid=oid, **of_tenant)
        for person in range(3):
            await practice.prescriber(code=f"12345{person}", units=(unit.id,), **of_tenant)
        if number == 0:
            await practice.prescriber(tenancy_id=None, code="900001", office="responsible_physician")
            practice.unit, self.first = unit, practice
        await practice.receiving(unit, on=day_in_finland(SystemClock().now()))
        self.units.append(oid)
