"""The secret in a link to the form: 256 random bits, kept as its digest only."""

import hashlib
import re
from secrets import token_urlsafe
from typing import Final

_BYTES: Final = 32
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def draw() -> str:
    """Return a secret that nobody else has, as it stands in a path."""
    return token_urlsafe(_BYTES)


def digest_of(secret: str) -> bytes:
    """Return the only trace of a secret that is kept. It is random, so a slow hash would guard nothing more."""
    return hashlib.sha256(secret.encode()).digest()


def has_shape(text: str) -> bool:
    """Say whether a text can be a secret at all."""
    return _SHAPE.fullmatch(text) is not None
