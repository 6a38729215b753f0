from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.seals.keys import SealKeys
from tests.journeys.conftest import Realm, a_whole_realm
from tests.parties.examples import Tenant, a_realm, a_tenant
from tests.seals.examples import NOON, a_folder, a_seal


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


@pytest.fixture
def keys(tmp_path) -> SealKeys:
    """A folder for the keys of the seal, with none in it."""
    return a_folder(tmp_path)


@pytest.fixture
async def seal(database, keys, clock) -> SealKeys:
    """The same folder with a key that has the seal."""
    await a_seal(database, keys, clock)
    return keys


@pytest.fixture
async def realm(database, clock) -> Caller:
    return await a_realm(database, clock)


@pytest.fixture
async def tenant(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm)


@pytest.fixture
def pair(realm, tenant) -> tuple[Caller, Tenant]:
    """A main connector and a tenant of it."""
    return realm, tenant


@pytest.fixture
async def both(database, clock, keys) -> AsyncIterator[Realm]:
    """A realm over HTTP: a client of the main connector and one of its tenant."""
    settings = read_settings({"KANTA_SEAL_KEYS": str(keys.folder)})
    made = await a_whole_realm(database, clock, build_application(settings, database, clock, LastUses()), 2000000)
    async with made.main_connector, made.of_tenant:
        yield made
