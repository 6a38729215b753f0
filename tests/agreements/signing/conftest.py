from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority
from tests.agreements.signing.authorities import World
from tests.timestamp_authority import TimestampAuthority


@pytest.fixture(scope="session")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture(scope="session")
def signers(stamps: TimestampAuthority) -> SampleAuthority:
    return sample_authority.found("Allekirjoittajat", at=stamps.since)


@pytest.fixture
def today(clock):
    """Timestamp authorities have the real time, so whoever asks them has it too."""
    clock.at = SystemClock().now().replace(microsecond=0)
    return clock


@pytest.fixture
async def world(today, desk, signers, stamps) -> AsyncIterator[World]:
    made = World(desk, signers, stamps)
    async with made.lists.listening(), made.clocks.listening():
        await made.trust()
        yield made
