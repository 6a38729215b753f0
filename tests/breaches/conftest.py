from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.parties.access import LastUses
from tests.breaches.desk import Register
from tests.breaches.examples import NOON
from tests.disturbances.examples import Desk
from tests.disturbances.test_assessing import Person
from tests.journeys.conftest import Realm, a_whole_realm
from tests.parties.examples import Tenant, a_realm, a_tenant


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
async def neighbour(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm, 1300000)


@pytest.fixture
def ours(database, clock, realm) -> Register:
    """The register as the main connector sees it."""
    return Register(database, clock, realm)


@pytest.fixture
def theirs(database, clock, tenant) -> Register:
    """The register as the tenant sees it."""
    return Register(database, clock, tenant.caller)


@pytest.fixture
async def both(database, clock) -> AsyncIterator[Realm]:
    """A realm over HTTP: a client of the main connector and one of its tenant."""
    application = build_application(read_settings({}), database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


@pytest.fixture
def desk(database, clock, realm) -> Desk:
    return Desk(database, clock, realm)


@pytest.fixture
async def person(desk, tenant) -> Person:
    """The named person at work on a disturbance that a tenant reported."""
    person = Person(desk, (await desk.reported(tenant.caller)).disturbance_id)
    await person.acknowledges()
    return person
