"""What a caller hands in: bytes, or the path of a file that holds them."""

from pathlib import Path

from kanta_tenancy.machinery.opc.limits import LIMITS
from kanta_tenancy.machinery.x509.crls import LARGEST as LARGEST_LIST
from kanta_tenancy.machinery.x509.ocsp_answers import LARGEST as LARGEST_ANSWER
from kanta_tenancy.machinery.x509.reading import MAX_BYTES

Content = bytes | Path


def document(content: Content) -> bytes:
    return _read(content, LIMITS.file_size)


def key_file(content: Content) -> bytes:
    return _read(content, MAX_BYTES)


def list_file(content: Content) -> bytes:
    return _read(content, LARGEST_LIST)


def answer_file(content: Content) -> bytes:
    return _read(content, LARGEST_ANSWER)


def _read(content: Content, most: int) -> bytes:
    """Read a file, at most one byte more than is allowed, so that whoever judges it sees that it is too large."""
    if isinstance(content, bytes):
        return content
    with content.open("rb") as file:
        return file.read(most + 1)
