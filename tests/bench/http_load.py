"""Sends one request after the other on many connections, in a process of its own, and counts the answers.

Reads a line of JSON for each turn, and answers it with how many requests a second were answered with 201, and with the
time in which 99 of 100 were. Where a request holds the marker, that becomes another number each time.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import uvloop

MARKER = "000000000000"
_END_OF_HEADERS = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the last one is answered."""

    def __init__(
        self, request: bytes, numbers: Iterator[int], until: float, ended: "asyncio.Future[list[float]]"
    ) -> None:
        self._request = request.partition(MARKER.encode())
        self._numbers = numbers
        self._until = until
        self._ended = ended
        self._unread = b""
        self._took: list[float] = []
        self._sent_at = 0.0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        before, marker, after = self._request
        number = b"%012d" % next(self._numbers) if marker else b""
        self._sent_at = time.monotonic()
        self._transport.write(before + number + after)

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
        elif (now := time.monotonic()) < self._until:
            self._took.append(now - self._sent_at)
            self._send()
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._end(exc or ConnectionError("the service closed the connection"))

    def _end(self, trouble: Exception | None) -> None:
        if self._ended.done():
            return
        if trouble is None:
            self._ended.set_result(self._took)
        else:
            self._ended.set_exception(trouble)
        self._transport.close()


async def load(port: int, requests: list[str], seconds: float) -> dict[str, float]:
    """Return how many requests a second are answered; each of `requests` has a connection of its own."""
    loop = asyncio.get_running_loop()
    start = time.monotonic()
    numbers = itertools.count(time.time_ns() // 1_000 % 10**11)  # others than in an earlier turn
    ended: list[asyncio.Future[list[float]]] = []
    for request in requests:
        end: asyncio.Future[list[float]] = loop.create_future()
        ended.append(end)
        client = Client(request.encode(), numbers, start + seconds, end)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    took = sorted(itertools.chain.from_iterable(await asyncio.gather(*ended)))
    return {"rate": len(took) / seconds, "p99_s": took[len(took) * 99 // 100]}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            answered = runner.run(load(asked["port"], asked["requests"], asked["seconds"]))
        print(json.dumps(answered), flush=True)


if __name__ == "__main__":
    main()
