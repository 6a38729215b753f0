"""The process keeps its connections to authorities from one question to the next, whoever asks it."""

import asyncio

import pytest

from kanta_tenancy.assembly.asking import outside, ways_out
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.timestamping.client import Authority
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.machinery.timestamping.authorities import stamping
from tests.timestamp_authority import TimestampAuthority

SETTINGS = read_settings({"KANTA_OUTGOING_ALLOWED": "127.0.0.0/8"})
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


async def test_one_connection_serves_every_timestamp_and_is_closed_with_the_process(stamps):
    ways = ways_out(SETTINGS)
    async with Receiver(stamping(stamps), each=100).listening() as receiver:
        async with ways.kept():
            for octets in (b"a signature", b"a checkpoint"):
                authorities = [Authority(url=receiver.url("/tsa"))]
                stamped = await outside(ways, CLOCK).stamps.stamp(octets, authorities)
                assert stamped.timestamp.covers(octets)
            assert (receiver.connections, len(receiver.received)) == (1, 2)
        async with asyncio.timeout(10):
            await receiver.left_alone()


async def test_timestamps_and_lists_are_asked_for_by_ways_of_their_own():
    """They read answers of different sizes; each is as tight as its answers are small."""
    ways = ways_out(SETTINGS)
    async with Receiver(answer(200, bytes(100_000)), each=100).listening() as receiver, ways.kept():
        stamped = await ways.stamps.get(receiver.url(), {})
        listed = await ways.lists.get(receiver.url(), {})
        assert (stamped.whole, listed.whole, receiver.connections) == (False, True, 2)
