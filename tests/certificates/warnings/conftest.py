import pytest

from kanta_tenancy.parties import Function
from tests.certificates.inventory.examples import NOON
from tests.certificates.warnings.examples import Watch
from tests.parties.examples import a_realm


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


@pytest.fixture
async def watch(database, owner, clock) -> Watch:
    """A realm in which nobody is named for anything."""
    return Watch(database, owner, clock, await a_realm(database, clock))


@pytest.fixture
async def staffed(watch) -> Watch:
    """A realm with a technical contact, Tekla, and an administrator, Ada."""
    await watch.person("Tekla", Function.TECHNICAL)
    await watch.person("Ada", Function.ADMINISTRATOR)
    return watch
