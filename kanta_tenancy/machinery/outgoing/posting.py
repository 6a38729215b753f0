"""One POST or GET to an address that somebody else chose: guarded, never redirected, within a time and a size."""

import asyncio
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from ssl import SSLContext
from typing import Final, Self

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.guard import Guard
from kanta_tenancy.machinery.outgoing.resolving import OwnThreads, Resolver
from kanta_tenancy.machinery.outgoing.targets import Target, UnfitTarget, read_target
from kanta_tenancy.machinery.outgoing.ways import KeptWays, Way

MOST_READ: Final = 64_000  # bytes of an answer; what comes after them is left with whoever sent it
WITHIN_S: Final = 10.0
_FOR_THE_REST_S: Final = 0.1


class Answer(Record, frozen=True, kw_only=True):
    status: int
    retry_after: str | None
    content_type: str  # lower case and without parameters; empty when nothing is said
    body: bytes  # its beginning, when there is more than is read or the time was over
    whole: bool  # the body is all that there was
    took_ms: int


class Outgoing:
    """Sends to addresses that others chose.

    No connection is used twice, but by whoever asks questions that can as well be asked twice: `async with outgoing`
    keeps connections for the next question until its end.

    Proxies of the environment are not used: a proxy would connect for us to what the guard refuses.
    """

    def __init__(
        self,
        *,
        allowed: Allowed = NOTHING,
        resolver: Resolver | None = None,
        tls: SSLContext | None = None,
        within_s: float = WITHIN_S,
        without_tls: bool = False,
        most_read: int = MOST_READ,
    ) -> None:
        """Say what may be reached.

        Args:
            within_s: for all of it, from the first look-up to the last byte.
            most_read: bytes of an answer; what comes after them is left with whoever sent it.
            without_tls: http:// may be used, since nothing secret is sent and what comes back is signed.
        """
        self._allowed = allowed
        self._resolver = resolver or OwnThreads()
        self._tls = tls
        self._within_s = within_s
        self._without_tls = without_tls
        self._most_read = most_read
        self._kept: KeptWays | None = None

    async def __aenter__(self) -> Self:
        if self._kept is not None:
            raise RuntimeError("connections are kept by one owner at a time")
        self._kept = KeptWays()
        return self

    async def __aexit__(self, *_: object) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send `body` and return what came back, whatever its status.

        Raises:
            NotAnswered: nothing came back, or nothing was sent.
        """
        return await self._send("POST", url, body, headers)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Fetch what is at an address, whatever the status of the answer.

        Raises:
            NotAnswered: nothing came back, or nothing was sent.
        """
        return await self._send("GET", url, None, headers)

    async def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            target = read_target(url, self._allowed, without_tls=self._without_tls)
        except UnfitTarget as unfit:
            raise NotAnswered(Trouble.ADDRESS_REFUSED, str(unfit)) from None
        with self._way(target) as way:
            try:
                return await self._sent(way, method, target, body, headers)
            except TimeoutError as error:
                raise NotAnswered(Trouble.TOO_SLOW, "No answer within the time.") from error

    async def _sent(
        self, way: Way, method: str, target: Target, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        began = time.monotonic()
        async with asyncio.timeout(self._within_s) as limit:
            exchange = await way.ask(method, target, body, headers, self._most_read)
            # The status has been said, and is what counts: of the body, what comes until the time is nearly over.
            until = limit.when()
            whole = await exchange.ended(None if until is None else until - _FOR_THE_REST_S)
            way.end_exchange()
        return Answer(
            status=exchange.status,
            retry_after=exchange.headers.get("retry-after"),
            content_type=exchange.headers.get("content-type", "").partition(";")[0].strip().lower(),
            body=bytes(exchange.body),
            whole=whole,
            took_ms=round((time.monotonic() - began) * 1000),
        )

    @contextmanager
    def _way(self, target: Target) -> Generator[Way]:
        """Lend a way for one request, and keep it when that has ended well and ways are kept."""
        kept = self._kept if self._kept is not None and self._kept.is_of_this_loop else None
        way = None if kept is None else kept.take(target)
        if way is None:
            guard = Guard(target, self._allowed, without_tls=self._without_tls)
            way = Way(target, guard, resolver=self._resolver, tls=self._tls, once=kept is None)
        ended_well = False
        try:
            yield way
            ended_well = True
        finally:
            if ended_well and kept is not None:
                kept.give_back(way)
            else:
                way.close()
