"""What a timestamp costs besides the authority's own round trip, which nobody can do without."""

import asyncio
import http.client
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvloop
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import Signing, sign_for_verifier
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.timestamping.client import Authority, TimestampClient
from kanta_tenancy.machinery.upgrading import Sources, raise_level
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.bench import agreement
from tests.bench.alternating import alternate, middle_half
from tests.bench.results import Row, at_most
from tests.bench.signers import credential

_ROUNDS: Final = 200
_PART: Final = "/_xmlsignatures/sig1.xml"
_ROOT: Final = Path(__file__).parents[2]


def measure() -> list[Row]:
    template = agreement.template()
    documents = [template.fill(agreement.values(agreement.content(each))) for each in range(agreement.DIFFERENT)]
    signings = [Signing(credential=credential("Main connector", KeyKind.RSA_2048))]
    with _authority() as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = runner.get_loop()
        sources = Sources(
            client=TimestampClient(Outgoing(allowed=read_allowed(f"127.0.0.1:{port}")), SystemClock()),
            authorities=(Authority(url=f"http://127.0.0.1:{port}/"),),
        )
        mine, others = itertools.cycle(documents), itertools.cycle(documents)

        def stamped() -> None:
            signed = sign_for_verifier(next(mine), signings, at=agreement.AT)
            raised = loop.run_until_complete(raise_level(signed, _PART, Level.T, sources))
            if raised.level is not Level.T:
                raise ValueError(raised.reasons)

        def signed_and_asked() -> None:
            _ask(port, sign_for_verifier(next(others), signings, at=agreement.AT))

        time_taken = alternate(_timed(stamped), _timed(signed_and_asked), rounds=_ROUNDS)
    return [
        Row(
            name="XAdES-T signing against signing and the authority's round trip",
            ratio=statistics.median(time_taken.ratios),
            spread=middle_half(time_taken.ratios),
            goal=at_most(1.2),
            ours=f"{statistics.median(time_taken.ours) * 1e3:.2f} ms",
            theirs=f"{statistics.median(time_taken.theirs) * 1e3:.2f} ms",
        )
    ]


def _ask(port: int, octets: bytes) -> None:
    """Ask the authority with the standard library, and do nothing with the answer."""
    builder = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(
        "POST",
        "/",
        builder.cert_request(cert_request=True).build().as_bytes(),
        {"Content-Type": "application/timestamp-query"},
    )
    if connection.getresponse().read()[:1] != b"\x30":
        raise ValueError("the authority gave no answer")
    connection.close()


def _timed(work: Callable[[], None]) -> Callable[[], float]:
    def seconds() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return seconds


@contextmanager
def _authority() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.timestamp_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
