"""What is said before TLS begins, in three protocols: strict, and each answer within a size."""

from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import Final

from kanta_tenancy.machinery.probing.endpoint import Failed, StartTls, Trouble
from kanta_tenancy.machinery.probing.wire import Wire

_LONGEST_LINE: Final = 2_000  # RFC 5321, 4.5.3.1.5 says 512; some servers say more
_MOST_LINES: Final = 100
_CODE: Final = 3

_SSL_REQUEST: Final = bytes.fromhex("00000008 04d2162f")

_START_TLS_OID: Final = b"1.3.6.1.4.1.1466.20037"
_EXTENDED_REQUEST: Final = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + _START_TLS_OID
_SEQUENCE: Final = 0x30
_EXTENDED_RESPONSE: Final = 0x78
_ENUMERATED: Final = b"\x0a\x01"
_OWN_MESSAGE: Final = b"\x02\x01\x01"
_LONG_FORM: Final = 0x80
_LONGEST_LENGTH: Final = 4
_LONGEST_MESSAGE: Final = 4_096


async def start(wire: Wire, protocol: StartTls) -> None:
    """Bring a connection to where TLS begins.

    Raises:
        Failed: the server does not offer that, or does not speak the protocol.
    """
    await _WAYS[protocol](wire)
    wire.check_nothing_waits()


async def _smtp(wire: Wire) -> None:
    if (await _reply(wire))[0] != b"220":
        raise Failed(Trouble.NOT_OFFERED, "The mail server does not serve us.")
    number = ip_address(wire.own_address)
    await wire.send(f"EHLO [{'IPv6:' if number.version == 6 else ''}{number}]\r\n".encode())  # noqa: PLR2004
    code, lines = await _reply(wire)
    offered = {line.split(b" ", 1)[0].upper() for line in lines[1:]}
    if code != b"250" or b"STARTTLS" not in offered:
        raise Failed(Trouble.NOT_OFFERED, "The mail server does not offer STARTTLS.")
    await wire.send(b"STARTTLS\r\n")
    if (await _reply(wire))[0] != b"220":
        raise Failed(Trouble.NOT_OFFERED, "The mail server offers STARTTLS and refuses it.")


async def _reply(wire: Wire) -> tuple[bytes, list[bytes]]:
    """Read one reply; RFC 5321, 4.2.1: every line has the code, and only the last one a space after it."""
    lines: list[bytes] = []
    code = b""
    while len(lines) < _MOST_LINES:
        line = await wire.line(_LONGEST_LINE)
        code = code or line[:_CODE]
        mark = line[_CODE : _CODE + 1]
        if line[:_CODE] != code or not code.isdigit() or len(code) != _CODE or mark not in {b"-", b" ", b""}:
            raise Failed(Trouble.GARBLED, "What came is no answer of a mail server.")
        lines.append(line[_CODE + 1 :])
        if mark != b"-":
            return code, lines
    raise Failed(Trouble.GARBLED, f"The mail server's answer has more than {_MOST_LINES} lines.")


async def _ldap(wire: Wire) -> None:
    await wire.send(_EXTENDED_REQUEST)
    tag, first = await wire.exactly(2)
    length = first if first < _LONG_FORM else await _long_length(wire, first - _LONG_FORM)
    if tag != _SEQUENCE or length > _LONGEST_MESSAGE:
        raise Failed(Trouble.GARBLED, "What came is no answer of a directory.")
    code = _result_code(await wire.exactly(length))
    if code != 0:
        raise Failed(Trouble.NOT_OFFERED, f"The directory refuses StartTLS (result code {code}).")


async def _long_length(wire: Wire, octets: int) -> int:
    if not 0 < octets <= _LONGEST_LENGTH:
        raise Failed(Trouble.GARBLED, "What came is no answer of a directory.")
    return int.from_bytes(await wire.exactly(octets), "big")


def _result_code(message: bytes) -> int:
    """Return the result code of an extended response to message 1 (RFC 4511, 4.12)."""
    body = message.removeprefix(_OWN_MESSAGE)
    at = 2
    if len(body) > 1 and body[1] >= _LONG_FORM:
        at += body[1] - _LONG_FORM
    result = body[at : at + len(_ENUMERATED)]
    if body == message or body[0:1] != bytes([_EXTENDED_RESPONSE]) or result != _ENUMERATED or len(body) < at + 3:
        raise Failed(Trouble.GARBLED, "What came is no answer of a directory to StartTLS.")
    return body[at + len(_ENUMERATED)]


async def _postgresql(wire: Wire) -> None:
    await wire.send(_SSL_REQUEST)
    answer = await wire.exactly(1)
    if answer == b"N":
        raise Failed(Trouble.NOT_OFFERED, "The PostgreSQL server does not offer TLS.")
    if answer != b"S":
        raise Failed(Trouble.GARBLED, "What came is no answer of a PostgreSQL server.")


_WAYS: Final[Mapping[StartTls, Callable[[Wire], Awaitable[None]]]] = {
    StartTls.SMTP: _smtp,
    StartTls.LDAP: _ldap,
    StartTls.POSTGRESQL: _postgresql,
}
