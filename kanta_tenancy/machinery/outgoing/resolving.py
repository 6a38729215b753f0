"""Names looked up in threads of their own: one that is never answered holds up nobody else."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Protocol, TypedDict


class Address(TypedDict):
    """One of the addresses that a name leads to."""

    host: str  # the number
    port: int
    family: int
    proto: int


class Resolver(Protocol):
    """Looks names up."""

    async def resolve(self, host: str, port: int = 0) -> Sequence[Address]:
        """Return where a name leads.

        Raises:
            OSError: nowhere.
        """
        ...


class OwnThreads:
    """Asks the system, one thread a question. The usual pools are shared with work that must not wait for strangers."""

    async def resolve(self, host: str, port: int = 0) -> Sequence[Address]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Any]] = loop.create_future()

        def tell(result: list[Any] | OSError) -> None:
            if found.done():  # nobody waits any more
                return
            if isinstance(result, OSError):
                found.set_exception(result)
            else:
                found.set_result(result)

        def look() -> None:
            result = _look_up(host, port)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(tell, result)

        Thread(target=look, name="look-up", daemon=True).start()
        return [
            Address(host=address[0], port=address[1], family=family, proto=protocol)
            for family, _, protocol, _, address in await found
        ]


def _look_up(host: str, port: int) -> list[Any] | OSError:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except OSError as error:
        return error
    except UnicodeError:
        return OSError("this is no name")
