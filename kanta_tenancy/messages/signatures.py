"""The secrets that webhooks are signed with: computed, never kept; and the signatures, as Standard Webhooks has them.

A secret is HMAC-SHA-256 of the endpoint's id and the secret's number under a key that lies beside the service. A copy
of the database signs nothing; a secret that leaked is replaced by the next number.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.messages.model import EndpointId

PREVIOUS_SIGNS_FOR: Final = timedelta(hours=24)
SHORTEST_KEY: Final = 32  # characters
_PURPOSE: Final = b"kanta-tenancy webhook secret 1\n"
_PRINT_LENGTH: Final = 16


class Keys:
    """The keys beside the service: new secrets come from the first, older ones from whichever they came from."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"a key has at least {SHORTEST_KEY} characters")
        self._keys = {_fingerprint(key): key.encode() for key in keys}
        self.newest = _fingerprint(keys[0])

    def secret(self, endpoint_id: EndpointId, number: int, key: str) -> bytes | None:
        """Return an endpoint's secret of that number; None when the key that it came from is not here any more.

        Args:
            key: the fingerprint that the endpoint was kept with.
        """
        found = self._keys.get(key)
        if found is None:
            return None
        return hmac.digest(found, _PURPOSE + endpoint_id.bytes + number.to_bytes(4, "big"), "sha256")


def shown(secret: bytes) -> str:
    """Return a secret as its receiver writes it down."""
    return f"whsec_{b64encode(secret).decode()}"


def webhook_id(event_id: UUID) -> str:
    """Return the id of a webhook: of the event, so that it is the same on each attempt and to each endpoint."""
    return f"msg_{event_id.hex}"


def headers(event_id: UUID, payload: str, secrets: Iterable[bytes], *, at: datetime) -> dict[str, str]:
    """Return the headers that a receiver verifies: one signature for each secret that is valid now.

    Source:
        The Standard Webhooks specification: HMAC-SHA-256 of `id.timestamp.payload`.
    """
    number, stamp = webhook_id(event_id), str(int(at.timestamp()))
    said = f"{number}.{stamp}.{payload}".encode()
    signatures = (b64encode(hmac.digest(secret, said, "sha256")).decode() for secret in secrets)
    return {
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"kanta-tenancy webhook key\n" + key.encode()).hexdigest()[:_PRINT_LENGTH]
