"""What a timestamp costs besides the authority's own round trip, which nobody can do without."""

import asyncio
import gc
import http.client
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvloop
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import Signing, sign_all
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.timestamping.client import Authority, TimestampClient
from kanta_tenancy.machinery.upgrading import Sources, raise_level
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.bench import agreement
from tests.bench.alternating import middle_half
from tests.bench.results import Row, at_most
from tests.bench.signers import credential

_ROUNDS: Final = 200
_PART: Final = "/_xmlsignatures/sig1.xml"
_ROOT: Final = Path(__file__).parents[2]


def measure() -> list[Row]:
    return [
        _measured("what a timestamp adds to signing, against the round trip of an authority on the same machine", 0),
        _measured("the same, of an authority 20 ms away", 20),
    ]


def _measured(name: str, on_its_way_ms: int) -> Row:
    with _authority(on_its_way_ms) as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        added, round_trip = runner.run(_both(port))
    ratios = tuple(mine / theirs for mine, theirs in zip(added, round_trip, strict=True))
    return Row(
        name=name,
        ratio=statistics.median(ratios),
        spread=middle_half(ratios),
        goal=at_most(1.2),
        ours=f"{statistics.median(added) * 1e3:.2f} ms",
        theirs=f"{statistics.median(round_trip) * 1e3:.2f} ms",
    )


async def _both(port: int) -> tuple[list[float], list[float]]:
    """Measure what stamping adds to signing, and the bare round trip; both keep their connection to the authority."""
    template = agreement.template()
    documents = [template.fill(agreement.values(agreement.content(each))) for each in range(agreement.DIFFERENT)]
    signings = [Signing(credential=credential("Main connector", KeyKind.RSA_2048))]
    signed = [sign_all(document, signings, at=agreement.AT) for document in documents]
    mine, others, asked = itertools.cycle(documents), itertools.cycle(documents), itertools.cycle(signed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    async with Outgoing(allowed=read_allowed(f"127.0.0.1:{port}")) as outgoing:
        sources = Sources(
            client=TimestampClient(outgoing, SystemClock()),
            authorities=(Authority(url=f"http://127.0.0.1:{port}/"),),
        )

        async def stamped() -> None:
            raised = await raise_level(sign_all(next(mine), signings, at=agreement.AT), _PART, Level.T, sources)
            if raised.level is not Level.T:
                raise ValueError(raised.reasons)

        async def only_signed() -> None:
            sign_all(next(others), signings, at=agreement.AT)

        async def only_asked() -> None:
            _ask(connection, next(asked))

        try:
            return await _added(stamped, only_signed, only_asked)
        finally:
            connection.close()


Work = Callable[[], Awaitable[None]]


async def _added(stamped: Work, only_signed: Work, only_asked: Work) -> tuple[list[float], list[float]]:
    """Measure all three in every round."""
    works = (stamped, only_asked, only_signed)  # signing always follows waiting, as stamping does
    for work in works:
        await work()
    gc.collect()
    gc.freeze()  # what was prepared is not to be gone through again and again
    added, round_trip = [], []
    for _ in range(_ROUNDS):
        with_timestamp, asked, without = [await _seconds(work) for work in works]
        added.append(with_timestamp - without)
        round_trip.append(asked)
    return added, round_trip


def _ask(connection: http.client.HTTPConnection, octets: bytes) -> None:
    """Ask the authority with the standard library, and do nothing with the answer."""
    builder = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256)
    connection.request(
        "POST",
        "/",
        builder.cert_request(cert_request=True).build().as_bytes(),
        {"Content-Type": "application/timestamp-query"},
    )
    if connection.getresponse().read()[:1] != b"\x30":
        raise ValueError("the authority gave no answer")


async def _seconds(work: Work) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


@contextmanager
def _authority(on_its_way_ms: int) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.timestamp_server", str(on_its_way_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
