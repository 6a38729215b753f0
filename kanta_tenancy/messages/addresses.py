"""The address of a calendar feed: whose it is, and a secret of 256 random bits."""

import hashlib
import re
import secrets
from base64 import b32decode, b32encode
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.messages.model import FeedId

_SHAPE: Final = re.compile(r"kf_([a-z2-7]{26})_([a-z2-7]{52})\.ics")
_SECRET_BYTES: Final = 32


class Address(Record, frozen=True, kw_only=True):
    feed_id: FeedId
    secret: str

    @property
    def name(self) -> str:
        """The last part of the path, which calendars take for a file."""
        return f"kf_{_base32(self.feed_id.bytes)}_{self.secret}.ics"

    @property
    def sha256(self) -> bytes:
        """The only trace of the secret that is kept. It is random, so a slow hash would guard nothing more."""
        return hashlib.sha256(self.secret.encode()).digest()


def draw(feed_id: FeedId) -> Address:
    """Return an address for a new feed, with a secret that nobody else has."""
    return Address(feed_id=feed_id, secret=_base32(secrets.token_bytes(_SECRET_BYTES)))


def read(name: str) -> Address | None:
    """Return what a path says when it has the shape of an address; whether it opens anything is another matter."""
    match = _SHAPE.fullmatch(name)
    if match is None:
        return None
    address = Address(feed_id=FeedId(UUID(bytes=b32decode(match[1].upper() + "======"))), secret=match[2])
    return address if address.name == name else None  # 26 letters hold two bits more than an id


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
