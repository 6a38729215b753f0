from collections.abc import AsyncIterator

import asyncpg
import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.parties.access import LastUses
from tests.certificates.impact.examples import Inventory
from tests.conftest import FrozenClock
from tests.journeys.conftest import Realm, a_whole_realm
from tests.parties.examples import Tenant, a_realm, a_tenant
from tests.systems.examples import Register


@pytest.fixture
async def realm(database, clock) -> Caller:
    return await a_realm(database, clock)


@pytest.fixture
async def tenant(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm)


@pytest.fixture
def inventory(database: Database, clock: FrozenClock, owner: asyncpg.Connection, realm: Caller) -> Inventory:
    return Inventory(database, owner, realm, Register(database, clock, realm))


@pytest.fixture
def application(database, clock):
    return build_application(read_settings({}), database, clock, LastUses())


@pytest.fixture
async def both(database, clock, application) -> AsyncIterator[Realm]:
    """A realm over HTTP: a client of the main connector and one of its tenant."""
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made
