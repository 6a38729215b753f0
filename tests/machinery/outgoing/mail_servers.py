"""Mail servers on loopback: a real one that can be told to refuse, and raw ones that do what no server should."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from kanta_tenancy.machinery.outgoing.smtp import MailServer, Protection

SENDER = "kanta@main-connector.example"


class Got(EmailMessage):
    """A mail that was taken, as the receiver's program reads it."""

    recipient: str
    raw: bytes


class MailRoom:
    """A real SMTP server (aiosmtpd), with what it took and how it answers."""

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, from_the_start: bool = False, password: str | None = None
    ) -> None:
        self.mails: list[Got] = []
        self.port = 0
        self.refused: dict[str, str] = {}  # recipient → reply
        self.reply = "250 Taken"
        self.sender_reply = "250 OK"
        self.before_reply: Callable[[], Awaitable[object]] | None = None  # before it has the mail
        self.once_taken: Callable[[], Awaitable[object]] | None = None  # when it has, and has not said so
        self.logged_in: list[str] = []
        self._tls = tls
        self._from_the_start = from_the_start
        self._password = password

    async def handle_MAIL(  # noqa: N802 -- the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_reply

    async def handle_RCPT(  # noqa: N802 -- the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.before_reply is not None:
            await self.before_reply()
        if self.reply.startswith("2"):
            raw = envelope.original_content or b""
            got: Any = message_from_bytes(raw, _class=Got, policy=default)
            got.recipient, got.raw = envelope.rcpt_tos[0], raw
            self.mails.append(got)
        if self.once_taken is not None:
            await self.once_taken()
        return self.reply

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: Any) -> AuthResult:
        self.logged_in.append(said.login.decode())
        return AuthResult(success=said.password.decode() == self._password, handled=False)

    def _smtp(self) -> SMTP:
        asks = self._password is not None
        return SMTP(
            self,
            hostname="mail.example",
            enable_SMTPUTF8=True,
            tls_context=None if self._from_the_start else self._tls,
            require_starttls=self._tls is not None and not self._from_the_start,
            auth_required=asks and not self._from_the_start,  # it warns of what it takes for no TLS
            auth_require_tls=asks and not self._from_the_start,
            authenticator=self._authenticate if asks else None,
            loop=asyncio.get_running_loop(),
        )

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["MailRoom"]:
        loop = asyncio.get_running_loop()
        tls = self._tls if self._from_the_start else None
        server = await loop.create_server(self._smtp, "127.0.0.1", port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()


def at(port: int, **said: Any) -> MailServer:
    told: dict[str, Any] = {"host": "127.0.0.1", "port": port, "protection": Protection.STARTTLS, "sender": SENDER}
    return MailServer(**told | said)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(talk: Talk) -> AsyncIterator[int]:
    """Talk as was told to whoever connects; lend the port."""
    at_work: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        at_work.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            at_work.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in at_work:
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)


async def hangs_after_connect(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hangs_after_greeting(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example\r\n")
    await asyncio.Event().wait()


async def speaks_no_smtp(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await asyncio.Event().wait()


def closes_after_data(taken: list[bytes], then: bytes = b"") -> Talk:
    """Take the whole mail, keep it, and end without a word: nobody can tell whether it was delivered."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while (line := await reader.readline()).rstrip().upper() != b"DATA":
            if not line:
                return
            writer.write(b"250 OK\r\n")
        writer.write(b"354 go on\r\n")
        taken.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(then)
        await writer.drain()

    return talk
