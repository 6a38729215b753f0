"""The text of an access key: `kt_`, who it is, and a secret of 256 random bits."""

import hashlib
import re
import secrets
from base64 import b32encode
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import AccessKeyId
from kanta_tenancy.kernel.records import Record

# 26 letters hold two bits more than an id; these are zero, so that a key has one spelling.
_SHAPE: Final = re.compile(r"kt_([a-z2-7]{25}[aeimquy4])_([a-z2-7]{52})")
_SPARE_BITS: Final = 2
_AS_DIGITS: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv")
_SECRET_BYTES: Final = 32


class Token(Record, frozen=True, kw_only=True):
    key_id: AccessKeyId
    secret: str

    @property
    def text(self) -> str:
        return f"kt_{_base32(self.key_id.bytes)}_{self.secret}"

    @property
    def sha256(self) -> bytes:
        """The only trace of the secret that is kept. It is random, so a slow hash would guard nothing more."""
        return hashlib.sha256(self.secret.encode()).digest()


def draw(key_id: AccessKeyId) -> Token:
    """Return a token for a new key, with a secret that nobody else has."""
    return Token(key_id=key_id, secret=_base32(secrets.token_bytes(_SECRET_BYTES)))


def read(text: str) -> Token | None:
    """Return what a text says when it has the shape of a token; whether it opens anything is another matter."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    number = int(match[1].translate(_AS_DIGITS), 32) >> _SPARE_BITS
    return Token(key_id=AccessKeyId(UUID(int=number)), secret=match[2])


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
