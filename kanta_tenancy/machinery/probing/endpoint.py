"""Where a server is, how TLS begins there, and what was found."""

import enum
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.addresses import literal

HIGHEST_PORT: Final = 65535
MOST_CERTIFICATES: Final = 10
MOST_BYTES: Final = 64 * 1024  # of one certificate
_HOST_AND_PORT: Final = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:/@\s]+)):(?P<port>[0-9]{1,5})")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME: Final = 253


class StartTls(enum.StrEnum):
    """Protocols that begin without TLS and change to it."""

    SMTP = "smtp"  # RFC 3207
    LDAP = "ldap"  # RFC 4511, 4.14
    POSTGRESQL = "postgresql"  # SSLRequest of its frontend/backend protocol


class ClientCredential(Record, frozen=True, kw_only=True):
    """What is shown when a server asks for a certificate; PEM, and the key is not encrypted."""

    certificates: Path
    key: Path


class Endpoint(Record, frozen=True, kw_only=True):
    host: str  # ASCII and lower case
    port: int
    server_name: str | None = None  # what is asked for (SNI); none for a number
    start_tls: StartTls | None = None
    client: ClientCredential | None = None


class Stage(enum.StrEnum):
    """How far a probe came."""

    RESOLVING = "resolving"
    CONNECTING = "connecting"
    STARTING_TLS = "starting_tls"  # what precedes TLS in the server's own protocol
    HANDSHAKE = "handshake"


class Trouble(enum.StrEnum):
    """Why a probe ended before the handshake did."""

    ADDRESS_REFUSED = "address_refused"  # it leads inwards; nothing was sent
    NAME_UNKNOWN = "name_unknown"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"
    NOT_TLS = "not_tls"
    NOT_OFFERED = "starttls_not_offered"
    GARBLED = "garbled"  # what came is not the protocol that was said
    ALERT = "alert"  # the server ended the handshake and said why
    HANDSHAKE_FAILED = "handshake_failed"
    TOO_MUCH = "too_much"  # more bytes than are read
    CLIENT_UNUSABLE = "client_unusable"  # our own certificate and key, not the server


class Failed(Exception):
    """The probe ends here; the sentence is ours and holds nothing of the other side's."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail


class Probed(Record, frozen=True, kw_only=True):
    """What a server did. Certificates that came before a trouble are there as well."""

    endpoint: Endpoint
    at: datetime
    stage: Stage
    address: str | None = None  # the number that was connected to
    chain: tuple[bytes, ...] = ()  # DER, exactly as served and in that order, at most MOST_CERTIFICATES
    served: int = 0  # how many there were
    protocol: str | None = None
    cipher: str | None = None
    client_asked: bool = False  # the server asked for a certificate of ours
    trouble: Trouble | None = None
    detail: str = ""


def read_endpoint(
    text: str,
    *,
    server_name: str | None = None,
    start_tls: StartTls | None = None,
    client: ClientCredential | None = None,
) -> Endpoint:
    """Read `host:port` or `[address]:port`.

    Args:
        server_name: the name to ask for, when it is another than the host's.

    Raises:
        ValueError: it is neither; or a name is none.
    """
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or not 0 < int(match["port"]) <= HIGHEST_PORT:
        raise ValueError(f"an endpoint is a host and a port from 1 to {HIGHEST_PORT}, such as kanta.example.org:443")
    host = match["six"] or match["host"]
    if literal(host) is None:
        host = ascii_name(host)
    asked = host if server_name is None else server_name
    return Endpoint(
        host=host,
        port=int(match["port"]),
        server_name=None if literal(asked) is not None else ascii_name(asked),
        start_tls=start_tls,
        client=client,
    )


def ascii_name(name: str) -> str:
    """Return a host's name as DNS and certificates have it: lower case, letters beyond ASCII as A-labels.

    Raises:
        ValueError: it is no name of a host.
    """
    try:
        encoded = name.removesuffix(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{name!r} is no name of a host") from None
    if len(encoded) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in encoded.split(".")):
        raise ValueError(f"{name!r} is no name of a host")
    return encoded
