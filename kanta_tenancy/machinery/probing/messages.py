"""What a server says in a handshake, heard message by message as it comes.

Python's `ssl` gives the leaf alone, and nothing once the handshake has failed. What OpenSSL reads can be listened to,
before OpenSSL judges it: so certificates are kept that it cannot read itself, and those of a server that then turns us
away. `SSLContext._msg_callback` is not public; a test for each protocol version holds that it is there and tells all.
"""

import ssl
from itertools import takewhile
from typing import Any, Final

from kanta_tenancy.machinery.probing.endpoint import MOST_BYTES, MOST_CERTIFICATES

_ALERT: Final = 21
_HANDSHAKE: Final = 22
_CERTIFICATE: Final = 11
_CERTIFICATE_REQUEST: Final = 13
_HEADER: Final = 4  # type and length of a handshake message
_TLS_1_3: Final = 0x0304


class Heard:
    """What one server has said so far."""

    def __init__(self) -> None:
        self.chain: tuple[bytes, ...] = ()
        self.served = 0
        self.too_large: int | None = None  # bytes of a certificate that was not kept
        self.client_asked = False
        self.alert: str | None = None

    def listen_to(self, context: ssl.SSLContext) -> None:
        context._msg_callback = self._message  # type: ignore[attr-defined]  # noqa: SLF001

    def _message(self, _: Any, direction: str, version: int, content: int, kind: int, message: bytes) -> None:
        if direction != "read":
            return
        if content == _ALERT:
            self.alert = _alert(kind)
        elif content == _HANDSHAKE and kind == _CERTIFICATE_REQUEST:
            self.client_asked = True
        elif content == _HANDSHAKE and kind == _CERTIFICATE:
            self._keep(certificates(message[_HEADER:], has_extensions=version == _TLS_1_3))

    def _keep(self, served: list[bytes]) -> None:
        self.served = len(served)
        kept = served[:MOST_CERTIFICATES]
        self.too_large = next((len(one) for one in kept if len(one) > MOST_BYTES), None)
        # Up to there: what comes after it would be taken for something at another place.
        self.chain = tuple(takewhile(lambda one: len(one) <= MOST_BYTES, kept))


def certificates(body: bytes, *, has_extensions: bool) -> list[bytes]:
    """Return what a Certificate message holds, up to where it stops making sense.

    Args:
        has_extensions: RFC 8446, 4.4.2: a context before the list, and extensions after each certificate. Without: RFC
            5246, 7.4.2.
    """
    at = 1 + body[0] if has_extensions and body else 0
    at += 3  # the list's length, which is that of the rest
    found: list[bytes] = []
    while at + 3 <= len(body):
        start = at + 3
        at = start + int.from_bytes(body[at:start], "big")
        if at > len(body) or at == start:
            break
        found.append(body[start:at])
        if has_extensions:
            at += 2 + int.from_bytes(body[at : at + 2], "big")
    return found


def _alert(number: int) -> str:
    try:
        name = ssl.AlertDescription(number).name
    except ValueError:
        name = {116: "CERTIFICATE_REQUIRED", 120: "NO_APPLICATION_PROTOCOL"}.get(number, f"number {number}")
    return name.removeprefix("ALERT_DESCRIPTION_").lower().replace("_", " ")
