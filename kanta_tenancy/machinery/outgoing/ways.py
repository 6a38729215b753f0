"""Ways to servers, each with the guard that judges where it leads; some are kept a while for the next question.

A way leads to one host and port, with TLS or without, under one list of what is allowed. Its guard judges every
connection that is made on it. A kept connection is one that was judged, at most a minute before, under the list that
still holds: whatever a name means by then, it leads where it led. It carries no state from one question to another.
"""

import asyncio
import functools
import socket
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any, Final
from urllib.parse import urlsplit

from kanta_tenancy.machinery.outgoing.addresses import literal
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.exchange import Connection, Exchange, Lost, question
from kanta_tenancy.machinery.outgoing.guard import Guard
from kanta_tenancy.machinery.outgoing.resolving import Address, Resolver
from kanta_tenancy.machinery.outgoing.targets import Target

IDLE_S: Final = 15.0  # then a kept connection is closed
LONGEST_S: Final = 60.0  # then a name is looked up again, and what it leads to judged, however busy the way is
MOST_KEPT: Final = 16
_NEXT_AFTER_S: Final = 2.0  # of the addresses of a name, when the one before does not answer
_USUAL: Final = {True: 80, False: 443}


class Way:
    """A way to one server, for one question at a time."""

    def __init__(
        self, target: Target, guard: Guard, *, resolver: Resolver, tls: ssl.SSLContext | None, once: bool
    ) -> None:
        """Make a way; nothing is connected yet.

        Args:
            once: no connection is used twice.
        """
        self._target = target
        self._guard = guard
        self._resolver = resolver
        self._tls = tls
        self._once = once
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._connection: Connection | None = None
        self._closing: asyncio.TimerHandle | None = None

    @property
    def is_old(self) -> bool:
        return self._loop.time() - self._since > LONGEST_S

    def leads_to(self, target: Target) -> bool:
        return _place(self._target) == _place(target)

    async def ask(
        self, method: str, target: Target, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> Exchange:
        """Send a question and return its exchange when the answer's head is there.

        A server may close a kept connection at any time, so also while a question is on its way to it. What is lost
        like that, with nothing of an answer, is asked once more on a connection of its own.

        Raises:
            NotAnswered: no answer came, or nothing was sent.
        """
        said = question(method, *_place_and_host(target), headers, body, is_last=self._once)
        if self._connection is not None and self._connection.is_usable:
            try:
                return await self._connection.ask(said, most)
            except Lost as lost:
                if lost.answer_had_begun:
                    raise
        self._connection = await self._connected()
        return await self._connection.ask(said, most)

    def end_exchange(self) -> None:
        """Make ready for the next question."""
        if self._connection is not None:
            self._connection.end_exchange()

    def rest(self) -> None:
        """Let nobody use it for a while; then it is closed."""
        self._closing = self._loop.call_later(IDLE_S, self.close)

    def wake(self) -> None:
        if self._closing is not None:
            self._closing.cancel()

    def close(self) -> None:
        self.wake()
        if self._connection is not None:
            self._connection.close()

    async def _connected(self) -> Connection:
        """Connect to the first address that lets us."""
        self._guard.refused.clear()
        addresses = await self._addresses()
        for number, address in enumerate(addresses, start=1):
            try:
                async with asyncio.timeout(_NEXT_AFTER_S if number < len(addresses) else None):
                    return await self._connected_to(address)
            except (TimeoutError, OSError):
                continue
        if self._guard.refused:
            detail = f"Nothing is sent to an address that leads to {self._guard.refused[0]}."
            raise NotAnswered(Trouble.ADDRESS_REFUSED, detail)
        raise NotAnswered(Trouble.UNREACHABLE, "The host does not let us connect.")

    async def _addresses(self) -> Sequence[Address]:
        host, port = self._target.host, self._target.port
        number = literal(host)
        if number is not None:
            family = socket.AF_INET if isinstance(number, IPv4Address) else socket.AF_INET6
            return ({"host": host, "port": port, "family": family, "proto": socket.IPPROTO_TCP},)
        try:
            return await self._resolver.resolve(host, port)
        except OSError as trouble:
            raise NotAnswered(Trouble.NAME_UNKNOWN, "The host's name leads nowhere.") from trouble

    async def _connected_to(self, address: Address) -> Connection:
        made = self._guard((address["family"], socket.SOCK_STREAM, address["proto"], "", ()))
        try:
            made.settimeout(0)
            await self._loop.sock_connect(made, (address["host"], address["port"]))
            return await self._speaking_on(made)
        except BaseException:
            made.close()
            raise

    async def _speaking_on(self, made: socket.socket) -> Connection:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        encrypted: dict[str, Any] = {}
        if not self._target.plain:
            encrypted = {"ssl": self._tls or _usual_trust(), "server_hostname": self._target.host}
        try:
            _, connection = await self._loop.create_connection(Connection, sock=made, **encrypted)
        except ssl.SSLError as trouble:
            detail = "The host has no certificate that is trusted for its name."
            raise NotAnswered(Trouble.TLS_FAILED, detail) from trouble
        except ConnectionError as trouble:
            raise Lost(answer_had_begun=False) from trouble
        return connection


class KeptWays:
    """Ways that are not in use, of one owner and one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ways: list[Way] = []  # the newest last
        self._is_open = True

    @property
    def is_of_this_loop(self) -> bool:
        return self._loop is asyncio.get_running_loop()

    def take(self, target: Target) -> Way | None:
        """Return a way to a server, if there is one; nobody else gets it until it is given back."""
        for way in [each for each in reversed(self._ways) if each.leads_to(target)]:
            self._ways.remove(way)
            if not way.is_old:
                way.wake()
                return way
            way.close()
        return None

    def give_back(self, way: Way) -> None:
        """Keep a way whose question was answered."""
        if not self._is_open:
            way.close()
            return
        way.rest()
        self._ways.append(way)
        if len(self._ways) > MOST_KEPT:
            self._ways.pop(0).close()

    def close(self) -> None:
        """Close those that are kept, and keep none from now on."""
        self._is_open = False
        while self._ways:
            self._ways.pop().close()


def _place(target: Target) -> tuple[str, int, bool]:
    return target.host, target.port, target.plain


@functools.lru_cache(maxsize=256)  # the same few addresses are asked again and again
def _place_and_host(target: Target) -> tuple[str, str]:
    """Return path and query of an address, and its host with the port, when that is not the usual one."""
    parts = urlsplit(target.url)
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = f"[{target.host}]" if ":" in target.host else target.host
    return place, host if target.port == _USUAL[target.plain] else f"{host}:{target.port}"


@functools.cache
def _usual_trust() -> ssl.SSLContext:
    """Trust whom the system trusts."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
