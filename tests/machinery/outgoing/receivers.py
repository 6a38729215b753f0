"""Receivers of requests on loopback, good and bad: raw sockets, so that each can misbehave as it likes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

Behaviour = Callable[[asyncio.StreamWriter, "Received"], Awaitable[None]]


class Received:
    """One request as it came in."""

    def __init__(self, line: str, headers: Mapping[str, str], body: bytes) -> None:
        self.line = line
        self.headers = headers
        self.body = body


class Receiver:
    """Listens on loopback, keeps what it gets, and answers as it was told."""

    def __init__(
        self, behave: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", each: int = 1
    ) -> None:
        """Say how it answers, and how many requests it takes on each connection."""
        self.behave = behave
        self.each = each
        self.host = host
        self.received: list[Received] = []
        self._changed = asyncio.Condition()
        self.connections = 0
        self.port = 0
        self.written = 0  # bytes that the other side let us write
        self._tls = tls
        self._at_work: set[asyncio.Task[None]] = set()

    def url(self, path: str = "/hook", *, host: str | None = None) -> str:
        return f"{'https' if self._tls else 'http'}://{host or self.host}:{self.port}{path}"

    async def heard(self, count: int = 1) -> None:
        """Return as soon as so many requests have come."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.received) >= count)

    async def left_alone(self) -> None:
        """Return as soon as nobody has a connection to it."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._at_work)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Receiver"]:
        server = await asyncio.start_server(self._serve, self.host, 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._at_work:
                task.cancel()
            await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                for _ in range(self.each):
                    request = await _read(reader)
                    self.received.append(request)
                    async with self._changed:
                        self._changed.notify_all()
                    await self.behave(writer, request)
                    await writer.drain()
        finally:
            self._at_work.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            async with self._changed:
                self._changed.notify_all()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(line, headers, body)


def answer(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *(f"{n}: {v}" for n, v in headers.items())]

    async def behave(writer: asyncio.StreamWriter, _: Received) -> None:
        writer.write("\r\n".join((*lines, "", "")).encode() + body)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave in each way once, and in the last one from then on."""
    left = list(behaviours)

    async def behave(writer: asyncio.StreamWriter, request: Received) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer, request)

    return behave


async def never(_: asyncio.StreamWriter, __: Received) -> None:
    await asyncio.Event().wait()


async def hang_up(writer: asyncio.StreamWriter, _: Received) -> None:
    writer.close()


def begins(octets: bytes) -> Behaviour:
    """Begin an answer, and hang up."""

    async def behave(writer: asyncio.StreamWriter, _: Received) -> None:
        writer.write(octets)
        await writer.drain()
        writer.close()

    return behave


async def garbage(writer: asyncio.StreamWriter, _: Received) -> None:
    writer.write(b"\x00\xff SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def bomb_of_headers(writer: asyncio.StreamWriter, _: Received) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        writer.write(f"X-{number}: {'a' * 100}\r\n".encode())
        if number % 1000 == 0:
            await writer.drain()


async def endless_chunks(writer: asyncio.StreamWriter, _: Received) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\na\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


def huge(receiver_of: Callable[[], Receiver], size: int = 100_000_000) -> Behaviour:
    async def behave(writer: asyncio.StreamWriter, _: Received) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        piece = b"x" * 100_000
        for _ in range(size // len(piece)):
            writer.write(piece)
            await writer.drain()
            receiver_of().written += len(piece)

    return behave
