import pytest

from kanta_tenancy.kernel.acting import Caller
from tests.certificates.watching.examples import Watchman
from tests.machinery.probing.shown import NOW
from tests.parties.examples import a_realm


@pytest.fixture
def clock(clock):
    clock.at = NOW
    return clock


@pytest.fixture
async def realm(database, clock) -> Caller:
    return await a_realm(database, clock)


@pytest.fixture
def watchman(database, clock, realm) -> Watchman:
    return Watchman(database, clock, realm)
