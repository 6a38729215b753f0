import pytest

from kanta_tenancy.kernel.acting import Caller
from tests.certificates.inventory.examples import NOON, Inventory
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
def inventory(database, clock, realm) -> Inventory:
    """The inventory of the realm, as its main connector keeps it."""
    return Inventory(database, clock, realm)
