"""One mail handed to the operator's own mail server: with TLS or not at all, and what became of it told exactly."""

import asyncio
import enum
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import aiosmtplib

from kanta_tenancy.kernel.records import Record

COMMAND_S: Final = 20.0  # for one answer of the server
WITHIN_S: Final = 60.0  # for all of it, so that a lease on the mail can be longer
_ADDRESS: Final = re.compile(r"[^\s<>@\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+")
_NO_ADDRESS: Final = 553  # what a server would say
_GOODBYE_S: Final = 2.0
_LOWEST: Final = 200  # an answer below is none of SMTP's
_FINAL: Final = 500  # codes from here on are not worth another try


class Protection(enum.StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"  # from the first byte
    NONE = "none"  # for a server on this machine; never with a password


class MailServer(Record, frozen=True, kw_only=True):
    host: str
    port: int
    protection: Protection
    sender: str  # the address that mails come from
    username: str | None = None
    password: str | None = None
    authorities: Path | None = None  # PEM, trusted besides those of the system

    def __repr__(self) -> str:
        return f"MailServer(host={self.host!r}, …)"  # the password stays out of whatever prints this


class Stage(enum.StrEnum):
    """How far it came."""

    CONNECTING = "connecting"
    PROTECTING = "protecting"  # STARTTLS, or that there is none
    LOGGING_IN = "logging_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class NotSent(Exception):
    """The mail server did not take the mail.

    `reply` is the server's own text, which may hold the recipient's address: it is kept with the mail, never logged.
    """

    def __init__(self, stage: Stage, reply: str, *, code: int | None = None, may_have_arrived: bool = False) -> None:
        super().__init__(stage.value)
        self.stage = stage
        self.reply = reply
        self.code = code
        self.may_have_arrived = may_have_arrived

    @property
    def is_final(self) -> bool:
        """Whether the server said that it will never take this mail to this recipient.

        A 5xx at any other stage is about us: the sender's address, the password. The operator mends that.
        """
        about_this_mail = self.stage in {Stage.RECIPIENT, Stage.CONTENT}
        return about_this_mail and self.code is not None and self.code >= _FINAL


class Mailer:
    """Hands mails to one server, each over a connection of its own."""

    def __init__(
        self, server: MailServer, *, tls: ssl.SSLContext | None = None, command_s: float = COMMAND_S,
        within_s: float = WITHIN_S,
    ) -> None:  # fmt: skip
        self.server = server
        self._tls = tls or _trusting(server.authorities)
        self._command_s = command_s
        self._within_s = within_s

    async def send(self, recipient: str, content: bytes) -> str:
        """Hand over one mail and return what the server answered.

        Raises:
            NotSent: it was not taken, or nobody knows.
        """
        if not _ADDRESS.fullmatch(recipient):
            raise NotSent(Stage.RECIPIENT, "This is no address.", code=_NO_ADDRESS)
        sending = _Sending(self.server, self._client())
        try:
            async with asyncio.timeout(self._within_s):
                answer = await sending.send(recipient, content)
            await sending.say_goodbye()
        except aiosmtplib.SMTPResponseException as error:
            raise sending.refused(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError and TLS trouble are OSErrors
            raise NotSent(sending.stage, _described(error), may_have_arrived=sending.is_under_way) from error
        finally:
            sending.client.close()
        return answer

    def _client(self) -> aiosmtplib.SMTP:
        server = self.server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.sender.rpartition("@")[2].encode("idna").decode("ascii"),
            timeout=self._command_s,
            use_tls=server.protection is Protection.TLS,
            start_tls=False,  # done as a step of its own, so that what fails there can be told apart
            tls_context=self._tls,
        )


class _Sending:
    """One mail on its way, and how far it has come."""

    def __init__(self, server: MailServer, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.stage = Stage.CONNECTING
        self.is_under_way = False  # content has been given out, and no answer has come
        self._server = server

    async def send(self, recipient: str, content: bytes) -> str:
        await self.client.connect()
        await self._protect()
        await self._log_in()
        await self._address(recipient)
        self.stage = Stage.CONTENT
        self.is_under_way = True
        answer = await self.client.data(content)
        return f"{answer.code} {_one_line(answer.message)}"

    async def _protect(self) -> None:
        self.stage = Stage.PROTECTING
        if self._server.protection is Protection.STARTTLS:
            await self.client.starttls()
        await self.client.ehlo()

    async def _log_in(self) -> None:
        self.stage = Stage.LOGGING_IN
        if self._server.username is None:
            return
        if self.client.get_transport_info("sslcontext") is None:
            raise aiosmtplib.SMTPException("The password is not sent without TLS.")
        await self.client.login(self._server.username, self._server.password or "")

    async def _address(self, recipient: str) -> None:
        encoding, options = "ascii", []
        if not recipient.isascii():
            encoding, options = "utf-8", ["SMTPUTF8"]
        self.stage = Stage.SENDER
        await self.client.mail(self._server.sender, options=options, encoding=encoding)
        self.stage = Stage.RECIPIENT
        await self.client.rcpt(recipient, encoding=encoding)

    async def say_goodbye(self) -> None:
        """End the talk; the mail was taken, so how the server takes that is its own affair."""
        with suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(_GOODBYE_S):
                await self.client.quit()

    def refused(self, error: aiosmtplib.SMTPResponseException) -> NotSent:
        understood = error.code >= _LOWEST
        return NotSent(
            self.stage,
            _one_line(error.message),
            code=error.code if understood else None,
            may_have_arrived=self.is_under_way and not understood,
        )


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
    return context


_DESCRIBED: Final[tuple[tuple[type[BaseException], Callable[[BaseException], str]], ...]] = (
    (ssl.SSLError, lambda _: "The server's certificate is not trusted for its name, or TLS failed."),
    (TimeoutError, lambda _: "The server did not answer in time."),
    (aiosmtplib.SMTPServerDisconnected, lambda _: "The server ended the connection."),
    (aiosmtplib.SMTPConnectError, lambda _: "The server cannot be reached."),
    (aiosmtplib.SMTPException, lambda error: _one_line(str(error.args[0] if error.args else ""))),
)


def _described(error: BaseException) -> str:
    for kind, tell in _DESCRIBED:
        if isinstance(error, kind):
            return tell(error)
    return "The connection failed."


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(shown.split())[:300]
