"""Sends one request after the other on many connections, in a process of its own, and counts the answers.

Reads a line of JSON for each turn, and answers it with how many requests a second were answered with 201.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

_END_OF_HEADERS = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the last one is answered."""

    def __init__(self, request: bytes, until: float, ended: "asyncio.Future[int]") -> None:
        self._request = request
        self._until = until
        self._ended = ended
        self._unread = b""
        self._count = 0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head = self._unread.find(_END_OF_HEADERS)
        if head < 0:
            return
        at = self._unread.find(_LENGTH, 0, head) + len(_LENGTH)
        size = head + len(_END_OF_HEADERS) + int(self._unread[at : self._unread.find(b"\r", at)])
        if len(self._unread) >= size:
            self._answered(self._unread[:size])

    def _answered(self, answer: bytes) -> None:
        self._unread = b""
        if not answer.startswith(b"HTTP/1.1 201 "):
            self._end(ConnectionError(answer.decode(errors="replace")))
        elif time.monotonic() < self._until:
            self._count += 1
            self._transport.write(self._request)
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._end(exc or ConnectionError("the service closed the connection"))

    def _end(self, trouble: Exception | None) -> None:
        if self._ended.done():
            return
        if trouble is None:
            self._ended.set_result(self._count)
        else:
            self._ended.set_exception(trouble)
        self._transport.close()


async def rate(port: int, requests: list[str], seconds: float) -> float:
    """Return how many requests a second are answered; each of `requests` has a connection of its own."""
    loop = asyncio.get_running_loop()
    start = time.monotonic()
    ended: list[asyncio.Future[int]] = []
    for request in requests:
        end: asyncio.Future[int] = loop.create_future()
        ended.append(end)
        client = Client(request.encode(), start + seconds, end)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    return sum(await asyncio.gather(*ended)) / seconds


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            answered = runner.run(rate(asked["port"], asked["requests"], asked["seconds"]))
        print(json.dumps(answered), flush=True)


if __name__ == "__main__":
    main()
