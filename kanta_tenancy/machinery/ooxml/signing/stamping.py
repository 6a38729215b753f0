"""Is a timestamp one of these octets? Who made it, and whether it holds, the verifier asks.

Source: RFC 3161, 2.4.2.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from rfc3161_client import decode_timestamp_response

_DIGESTS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "2.16.840.1.101.3.4.2.1": lambda octets: hashlib.sha256(octets).digest(),
    "2.16.840.1.101.3.4.2.2": lambda octets: hashlib.sha384(octets).digest(),
    "2.16.840.1.101.3.4.2.3": lambda octets: hashlib.sha512(octets).digest(),
}
_GRANTED: Final = bytes.fromhex("3003020100")  # PKIStatusInfo, what an authority puts before a token
_SEQUENCE: Final = 0x30


def is_over(token: bytes, octets: bytes) -> bool:
    """Tell whether a token can be read and states the digest of these octets; one by SHA-1 states nothing."""
    try:
        imprint = decode_timestamp_response(_answer(token)).tst_info.message_imprint
    except ValueError:
        return False
    digest = _DIGESTS.get(imprint.hash_algorithm.dotted_string)
    return digest is not None and digest(octets) == imprint.message


def _answer(token: bytes) -> bytes:
    """Put a token back into the answer that it came in, as the library reads it."""
    content = _GRANTED + token
    size = len(content).to_bytes(4, "big").lstrip(b"\0")
    return bytes((_SEQUENCE, 0x80 | len(size))) + size + content
