"""One connection that speaks HTTP/1.1, one question at a time: what is asked, and of the answer as much as is wanted.

The answer is taken apart by llhttp, strictly. Nothing is followed, unpacked or remembered for the next question.

Source: RFC 9112.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble

MOST_HEAD: Final = 64 * 1024  # bytes before the body
_FINAL: Final = 200  # what is below comes before the answer


class Lost(NotAnswered):
    """The connection ended before the answer's head was there."""

    def __init__(self, *, answer_had_begun: bool) -> None:
        super().__init__(Trouble.CUT_OFF, "The connection ended before there was an answer.")
        self.answer_had_begun = answer_had_begun


class Exchange:
    """A question that was sent, and what has come of its answer; llhttp calls `on_…`."""

    def __init__(self, most: int) -> None:
        loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._most = most
        self._came = 0  # bytes
        self._says_its_end = False  # before the body
        self._may_leave = False
        self._head: asyncio.Future[None] = loop.create_future()
        self._end: asyncio.Future[bool] = loop.create_future()
        self.status = 0
        self.headers: dict[str, str] = {}  # by name in lower case, the first of each
        self.body = bytearray()
        self.leaves_connection = False  # to the next question

    async def begun(self) -> None:
        """Return when the head is there.

        Raises:
            NotAnswered: it never will be.
        """
        await self._head

    async def ended(self, until: float | None) -> bool:
        """Return whether all of the body has come, when no more of it will, or the time is over."""
        if not self._end.done():
            try:
                async with asyncio.timeout_at(until):
                    await self._end
            except TimeoutError:
                return False
        return self._end.result()

    def feed(self, data: bytes) -> None:
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._break_off(NotAnswered(Trouble.GARBLED, "What came back is no HTTP."))
        if self._came > MOST_HEAD and not self._head.done():
            self._break_off(NotAnswered(Trouble.GARBLED, "What came back is no HTTP."))

    def lose(self, trouble: Exception | None) -> None:
        """Take note that the connection has ended; a body whose end nobody announced ends with it."""
        if self._head.done() and not self._end.done():
            self._end.set_result(trouble is None and not self._says_its_end)
        self._break_off(Lost(answer_had_begun=self._came > 0))

    def on_message_begin(self) -> None:
        if self._head.done():
            self.leaves_connection = False  # another answer comes, which nobody asked for

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._head.done():  # else of a trailer
            self.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        if self._head.done():
            return
        self.status = self._parser.get_status_code()
        if self.status >= _FINAL:
            self._says_its_end = "content-length" in self.headers or "transfer-encoding" in self.headers
            self._may_leave = self._parser.should_keep_alive()
            self._head.set_result(None)

    def on_body(self, piece: bytes) -> None:
        if not self._end.done():
            self.body += piece[: self._most - len(self.body)]
            if len(self.body) >= self._most:
                self._end.set_result(False)

    def on_message_complete(self) -> None:
        if self.status < _FINAL:
            self.headers.clear()
        elif not self._end.done():
            self._end.set_result(True)
            self.leaves_connection = self._may_leave

    def _break_off(self, why: NotAnswered) -> None:
        self.leaves_connection = False
        if not self._head.done():
            self._head.set_exception(why)
        if not self._end.done():
            self._end.set_result(False)


class Connection(asyncio.Protocol):
    """What a transport hands what comes; what comes while nothing is asked ends it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None

    @property
    def is_usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing() and self._exchange is None

    async def ask(self, question: bytes, most: int) -> Exchange:
        """Send a question and return its exchange when the answer's head is there.

        Raises:
            NotAnswered: no answer came.
        """
        if self._transport is None:
            raise Lost(answer_had_begun=False)
        exchange = self._exchange = Exchange(most)
        self._transport.write(question)
        await exchange.begun()
        return exchange

    def end_exchange(self) -> None:
        """Make ready for the next question, or close when none may come."""
        exchange, self._exchange = self._exchange, None
        if exchange is None or not exchange.leaves_connection:
            self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._exchange is None:
            self.close()
            return
        self._exchange.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._exchange is not None:
            self._exchange.lose(exc)


def question(
    method: str, place: str, host: str, headers: Mapping[str, str], body: bytes | None, *, is_last: bool
) -> bytes:
    """Write a request.

    Args:
        place: path and query.
        host: with its port, when that is not the usual one.
        is_last: of its connection.
    """
    said = {"Host": host, **headers, "Accept-Encoding": "identity"}
    if body is not None:
        said["Content-Length"] = str(len(body))
    if is_last:
        said["Connection"] = "close"
    lines = [f"{method} {place} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    if any(not line.isprintable() for line in lines):
        raise ValueError("a header holds what cannot be shown")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + (body or b"")
