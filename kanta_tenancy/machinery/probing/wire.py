"""A connection whose bytes are counted, made to an address that the guard has looked at."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from kanta_tenancy.machinery.outgoing.guard import AddressRefused, Guard
from kanta_tenancy.machinery.probing.endpoint import Failed, Trouble

MOST_READ: Final = 512 * 1024  # of one connection; a handshake with ten usual certificates takes a thirtieth of it
MOST_ADDRESSES: Final = 4  # of one name
_PIECE: Final = 16 * 1024


class Wire:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._left = MOST_READ
        self._waiting = bytearray()  # what came together with something else that was read

    @property
    def own_address(self) -> str:
        host: str = self._socket.getsockname()[0]
        return host

    async def piece(self) -> bytes:
        """Return what has come, at least one byte.

        Raises:
            Failed: the connection has ended, or too much has come.
        """
        if self._waiting:
            found = bytes(self._waiting)
            self._waiting.clear()
            return found
        try:
            found = await self._loop.sock_recv(self._socket, _PIECE)
        except OSError as trouble:
            raise Failed(Trouble.CUT_OFF, "The server broke the connection off.") from trouble
        if not found:
            raise Failed(Trouble.CUT_OFF, "The server ended the connection.")
        self._left -= len(found)
        if self._left < 0:
            raise Failed(Trouble.TOO_MUCH, f"The server sent more than {MOST_READ} bytes.")
        return found

    async def exactly(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            found += await self.piece()
        self._waiting[:0] = found[count:]
        return bytes(found[:count])

    async def line(self, most: int) -> bytes:
        """Return a line without the line break that ends it."""
        found = bytearray()
        while b"\n" not in found:
            if len(found) > most:
                raise Failed(Trouble.GARBLED, f"The server sent a line of more than {most} bytes.")
            found += await self.piece()
        line, _, rest = found.partition(b"\n")
        self._waiting[:0] = rest
        return bytes(line).removesuffix(b"\r")

    def check_nothing_waits(self) -> None:
        """Refuse what came before TLS and would be taken for something that came within it (CVE-2021-23222)."""
        if self._waiting:
            raise Failed(Trouble.GARBLED, "The server went on without TLS after it had agreed to TLS.")

    async def send(self, content: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._socket, content)
        except OSError as trouble:
            raise Failed(Trouble.CUT_OFF, "The server broke the connection off.") from trouble

    def close(self, goodbye: bytes = b"") -> None:
        """End the connection, with a last word if it goes out without waiting."""
        with suppress(OSError):
            if goodbye:
                self._socket.send(goodbye)
        self._socket.close()


async def connect(addresses: Sequence[Any], guard: Guard, until: float) -> tuple[Wire, str]:
    """Connect to the first address that answers; each gets its share of the time that is left.

    Args:
        addresses: as a resolver tells them; they are not looked up again.
        until: in the loop's time.

    Raises:
        Failed: none does, or none may be connected to.
    """
    loop = asyncio.get_running_loop()
    tried = addresses[:MOST_ADDRESSES]
    failed = Failed(Trouble.NAME_UNKNOWN, "The host's name leads nowhere.")
    for number, one in enumerate(tried):
        now = loop.time()
        try:
            async with asyncio.timeout_at(now + (until - now) / (len(tried) - number)):
                return await _connected(one, guard), str(one["host"])
        except AddressRefused:
            failed = Failed(Trouble.ADDRESS_REFUSED, f"It leads to {guard.refused[-1]}, where no operator allowed it.")
        except ConnectionRefusedError:
            failed = Failed(Trouble.REFUSED, "Nothing listens on this port, or it turns us away.")
        except TimeoutError:
            failed = Failed(Trouble.TIMED_OUT, "No connection within the time.")
        except OSError:
            failed = Failed(Trouble.UNREACHABLE, "The host cannot be reached.")
    raise failed


async def _connected(address: Any, guard: Guard) -> Wire:
    family = address["family"]
    made = guard((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ()))
    try:
        made.settimeout(0)
        await asyncio.get_running_loop().sock_connect(made, (address["host"], address["port"]))
    except BaseException:
        made.close()
        raise
    return Wire(made)
