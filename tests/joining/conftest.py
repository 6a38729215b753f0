from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.parties.access import LastUses
from tests.joining.examples import NOON
from tests.journeys.conftest import Realm, a_whole_realm
from tests.parties.examples import Tenant, a_realm, a_tenant

Period = tuple[UUID, Sequence[str], date, date | None]


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


@pytest.fixture
async def realm(database, clock) -> Caller:
    """A main connector with a realm of its own."""
    return await a_realm(database, clock)


@pytest.fixture
async def tenant(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm)


@pytest.fixture
async def both(database, clock) -> AsyncIterator[Realm]:
    """A realm over HTTP: a client of the main connector and one of its tenant."""
    application = build_application(read_settings({}), database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


async def has_services(owner: Connection, realm: Caller, *periods: Period) -> None:
    """Say which services tenancies have in which periods, without the agreements that nobody asks for here."""
    await owner.execute("SET session_replication_role = replica")
    for tenancy_id, services, since, until in periods:
        await owner.execute(
            "INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since, until)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, $3, $4, $5)",
            realm.scope.main_connector_id,
            tenancy_id,
            list(services),
            since,
            until,
        )
    await owner.execute("SET session_replication_role = origin")
