"""Digests as a signature states them."""

import base64
import hashlib
from typing import Final

from kanta_tenancy.machinery.ooxml.names import SHA256

DIGEST_METHOD: Final = f'<DigestMethod Algorithm="{SHA256}"></DigestMethod>'


def sha256(octets: bytes) -> str:
    return base64.b64encode(hashlib.sha256(octets).digest()).decode("ascii")
