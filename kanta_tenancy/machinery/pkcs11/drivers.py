"""The drivers of tokens as the rest of the program calls them, from any thread."""

import hmac
import secrets
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from kanta_tenancy.machinery.pkcs11.driver_thread import DriverThread
from kanta_tenancy.machinery.pkcs11.errors import PinRefused, TokenTrouble
from kanta_tenancy.machinery.pkcs11.place import KeyPlace, Signable

_SESSIONS: Final = "kanta_tenancy.machinery.pkcs11.sessions"  # imported when a token is first asked: it is an extra


class Drivers:
    """Every token that this process uses, one request at a time."""

    def __init__(self, thread: DriverThread | None = None) -> None:
        self._thread = thread or DriverThread()
        self._refused: set[bytes] = set()  # only the thread looks into it
        self._own_secret = secrets.token_bytes(32)

    def certificates(self, place: KeyPlace, pin: str | None) -> tuple[bytes, ...]:
        """Find a key, and return the certificates beside it as DER, its own first; none when its own is not there.

        Raises:
            TokenTrouble: the token or the key is not to be had.
        """
        found: tuple[bytes, ...] = self._ask(place, pin, lambda sessions: sessions.certificates(place, pin))
        return found

    def sign(self, place: KeyPlace, pin: str | None, what: Signable) -> bytes:
        """Let a key sign: PKCS #1 v1.5 with SHA-256, or r and s in a row.

        Raises:
            TokenTrouble: the token or the key is not to be had, or does not sign so.
        """
        value: bytes = self._ask(place, pin, lambda sessions: sessions.sign(place, pin, what))
        return value

    def _ask(self, place: KeyPlace, pin: str | None, question: Callable[[Any], Any]) -> Any:
        return self._thread.call(lambda: self._with_pin(place, pin, question))

    def _with_pin(self, place: KeyPlace, pin: str | None, question: Callable[[Any], Any]) -> Any:
        sessions = _sessions()
        attempt = hmac.digest(self._own_secret, f"{place!r} {pin}".encode(), "sha256")
        if attempt in self._refused:
            raise PinRefused(f"{place} refused this PIN before, and it is not tried again lest the token lock")
        try:
            return question(sessions)
        except PinRefused:
            self._refused.add(attempt)
            raise


def _sessions() -> Any:
    try:
        return import_module(_SESSIONS)
    except ModuleNotFoundError as missing:
        raise TokenTrouble(
            "keys in tokens need the package python-pkcs11: install it, or kanta-tenancy with its extra pkcs11"
        ) from missing


DRIVERS: Final = Drivers()
