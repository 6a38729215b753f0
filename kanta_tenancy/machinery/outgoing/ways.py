"""Ways to servers, each with the guard that judges where it leads; some are kept a while for the next request.

A way leads to one host and port, with TLS or without, under one list of what is allowed. Its guard judges every
connection that is made on it. A kept connection is one that was judged, at most a minute before, under the list that
still holds: whatever a name means by then, it leads where it led. It carries no state from one request to another.
"""

import asyncio
import socket
import time
from collections.abc import Mapping
from ssl import SSLContext
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from kanta_tenancy.machinery.outgoing.guard import Guard
from kanta_tenancy.machinery.outgoing.targets import Target

IDLE_S: Final = 15.0  # then a kept connection is closed
LONGEST_S: Final = 60.0  # then a name is looked up again, and what it leads to judged, however busy the way is
MOST_KEPT: Final = 16
_NO_AUTOMATIC: Final = frozenset({"Accept", "Accept-Encoding", "User-Agent", "Content-Type"})


class Way:
    """A way to one server, for one request at a time."""

    def __init__(
        self, target: Target, guard: Guard, *, resolver: AbstractResolver, tls: SSLContext | None, once: bool
    ) -> None:
        """Make a way; nothing is connected yet.

        Args:
            once: no connection is used twice.
        """
        self._place = _place(target)
        self._guard = guard
        self._since = time.monotonic()
        self._has_connected = False  # for the request that is under way
        self._session = aiohttp.ClientSession(
            connector=_Connector(
                resolver=resolver,
                use_dns_cache=False,
                socket_factory=self._socket,
                force_close=once,
                keepalive_timeout=None if once else IDLE_S,
                limit=1,
                ssl=True if tls is None else tls,
            ),
            connector_owner=True,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_NO_AUTOMATIC,
            timeout=aiohttp.ClientTimeout(total=None),  # one limit for all of it is enough
            trust_env=False,
        )

    @property
    def refused(self) -> list[str]:
        """What each address would have led to that was refused to the request."""
        return self._guard.refused

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self._since > LONGEST_S

    def leads_to(self, target: Target) -> bool:
        return self._place == _place(target)

    async def send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        """Send a request and return the answer when its head is there.

        A server may close a kept connection at any time, so also while a request is on its way to it. What is lost
        like that, with nothing of an answer, is sent once more on a connection of its own.
        """
        self._guard.refused.clear()
        self._has_connected = False
        try:
            return await self._sent(method, url, body, headers)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as lost:
            if self._has_connected or _speaks_against_another(lost):
                raise
        return await self._sent(method, url, body, headers)

    async def close(self) -> None:
        await self._session.close()

    async def _sent(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        return await self._session.request(
            method,
            URL(url, encoded=True),
            data=body,
            headers={**headers, "Accept-Encoding": "identity"},
            allow_redirects=False,
        )

    def _socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        self._has_connected = True
        return self._guard(addr_info)


class KeptWays:
    """Ways that are not in use, of one owner and one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ways: list[Way] = []  # the newest last
        self._is_open = True

    @property
    def is_of_this_loop(self) -> bool:
        return self._loop is asyncio.get_running_loop()

    async def take(self, target: Target) -> Way | None:
        """Return a way to a server, if there is one; nobody else gets it until it is given back."""
        for way in [each for each in reversed(self._ways) if each.leads_to(target)]:
            self._ways.remove(way)
            if not way.is_old:
                return way
            await way.close()
        return None

    async def give_back(self, way: Way) -> None:
        """Keep a way whose request has ended well."""
        if not self._is_open:
            await way.close()
            return
        self._ways.append(way)
        if len(self._ways) > MOST_KEPT:
            await self._ways.pop(0).close()

    async def close(self) -> None:
        """Close those that are kept, and keep none from now on."""
        self._is_open = False
        while self._ways:
            await self._ways.pop().close()


class _Connector(aiohttp.TCPConnector):
    """Never sends on a connection on which something came that nobody asked for: it would pass for the answer."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- its name is aiohttp's
    ) -> aiohttp.connector.Connection:
        connection = await super().connect(req, traces, timeout)
        if connection.protocol is None or not connection.protocol.should_close:
            return connection
        connection.close()
        return await super().connect(req, traces, timeout)


def _place(target: Target) -> tuple[str, int, bool]:
    return target.host, target.port, target.plain


def _speaks_against_another(lost: aiohttp.ClientError) -> bool:
    """Tell whether there was no connection at all, or an answer had begun."""
    if isinstance(lost, aiohttp.ServerDisconnectedError):
        return not isinstance(lost.message, str)  # else it is as much of the answer as had come
    return isinstance(lost, aiohttp.ClientConnectorError)
