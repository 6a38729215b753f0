from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Connection
from tests.parties.examples import Tenant, a_realm, a_tenant


@pytest.fixture
async def realm(database, clock) -> Caller:
    """A main connector with a realm of its own."""
    return await a_realm(database, clock)


@pytest.fixture
async def tenant(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm)


@pytest.fixture
async def effects(owner) -> AsyncIterator[Connection]:
    """A table for what keepers do: in the transaction of the promise, and twice if they do it twice."""
    await owner.execute("CREATE TABLE effect (key text NOT NULL); GRANT ALL ON effect TO kanta_service")
    return owner
