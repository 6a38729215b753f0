import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.seals import SealKeys
from tests.papers.examples import NOON
from tests.parties.examples import a_realm
from tests.seals.examples import a_folder, a_seal


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


@pytest.fixture
async def realm(database, clock) -> Caller:
    return await a_realm(database, clock)


@pytest.fixture
async def keys(database, clock, tmp_path) -> SealKeys:
    """The keys of a seal that has taken over."""
    made = a_folder(tmp_path)
    await a_seal(database, made, clock)
    return made
