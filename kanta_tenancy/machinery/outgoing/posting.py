"""One POST or GET to an address that somebody else chose: guarded, never redirected, within a time and a size."""

import asyncio
import enum
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed
from kanta_tenancy.machinery.outgoing.guard import Guard
from kanta_tenancy.machinery.outgoing.resolving import OwnThreads
from kanta_tenancy.machinery.outgoing.targets import Target, UnfitTarget, read_target
from kanta_tenancy.machinery.outgoing.ways import KeptWays, Way

MOST_READ: Final = 64_000  # bytes of an answer; what comes after them is left with whoever sent it
WITHIN_S: Final = 10.0
_PIECE: Final = 16_000


class Trouble(enum.StrEnum):
    """Why there was no answer."""

    ADDRESS_REFUSED = "address_refused"  # it leads inwards; nothing was sent
    NAME_UNKNOWN = "name_unknown"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls_failed"
    TOO_SLOW = "too_slow"
    GARBLED = "garbled"  # something came that is no HTTP
    CUT_OFF = "cut_off"  # the connection ended before an answer


class NotAnswered(Exception):
    """There was no answer; the sentence is ours and holds nothing of the other side's."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail


class Answer(Record, frozen=True, kw_only=True):
    status: int
    retry_after: str | None
    content_type: str  # lower case and without parameters; empty when nothing is said
    body: bytes  # its beginning, when there is more than is read or the time was over
    whole: bool  # the body is all that there was
    took_ms: int


# In order: the first class that fits speaks.
_TROUBLES: Final[tuple[tuple[type[BaseException], Trouble, str], ...]] = (
    (aiohttp.ClientConnectorDNSError, Trouble.NAME_UNKNOWN, "The host's name leads nowhere."),
    (aiohttp.ClientSSLError, Trouble.TLS_FAILED, "The host has no certificate that is trusted for its name."),
    (TimeoutError, Trouble.TOO_SLOW, "No answer within the time."),
    (aiohttp.ClientConnectorError, Trouble.UNREACHABLE, "The host does not let us connect."),
    (aiohttp.ServerDisconnectedError, Trouble.CUT_OFF, "The connection ended before there was an answer."),
    (aiohttp.ClientOSError, Trouble.CUT_OFF, "The connection ended before there was an answer."),
    (aiohttp.ClientError, Trouble.GARBLED, "What came back is no HTTP."),
)


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
        resolver: AbstractResolver | None = None,
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
            await kept.close()

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
        async with self._way(target) as way:
            try:
                return await self._sent(way, method, target.url, body, headers)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise _told(error, way.refused) from error

    async def _sent(self, way: Way, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        began = time.monotonic()
        async with asyncio.timeout(self._within_s) as limit:
            response = await way.send(method, url, body, headers)
            try:
                content, whole = await _beginning(response.content, limit.when(), self._most_read)
            finally:
                response.close()  # whatever is still to come is not read
        return Answer(
            status=response.status,
            retry_after=response.headers.get("Retry-After"),
            content_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            body=content,
            whole=whole,
            took_ms=round((time.monotonic() - began) * 1000),
        )

    @asynccontextmanager
    async def _way(self, target: Target) -> AsyncGenerator[Way]:
        """Lend a way for one request, and keep it when that has ended well and ways are kept."""
        kept = self._kept if self._kept is not None and self._kept.is_of_this_loop else None
        way = None if kept is None else await kept.take(target)
        if way is None:
            guard = Guard(target, self._allowed, without_tls=self._without_tls)
            way = Way(target, guard, resolver=self._resolver, tls=self._tls, once=kept is None)
        ended_well = False
        try:
            yield way
            ended_well = True
        finally:
            if ended_well and kept is not None:
                await kept.give_back(way)
            else:
                await way.close()


async def _beginning(stream: aiohttp.StreamReader, until: float | None, most: int) -> tuple[bytes, bool]:
    """Read what comes until the time is nearly over: the status has been said already, and is what counts.

    Returns:
        What came, and whether that was all.
    """
    read = bytearray()
    try:
        async with asyncio.timeout_at(None if until is None else until - 0.1):
            while len(read) < most:
                piece = await stream.read(min(_PIECE, most - len(read)))
                if not piece:
                    return bytes(read), True
                read += piece
    except (aiohttp.ClientError, TimeoutError):
        pass
    return bytes(read), False


def _told(error: BaseException, refused: Sequence[str]) -> NotAnswered:
    if refused and not isinstance(error, TimeoutError):
        return NotAnswered(Trouble.ADDRESS_REFUSED, f"Nothing is sent to an address that leads to {refused[0]}.")
    return next(NotAnswered(trouble, detail) for kind, trouble, detail in _TROUBLES if isinstance(error, kind))
