"""Writes a new private key where only its owner can read it, and never over another file."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from kanta_tenancy.machinery.x509.errors import KeyFileRefused
from kanta_tenancy.machinery.x509.keys import PrivateKey

_OWNER_ONLY: Final = 0o600
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write(path: Path, key: PrivateKey, password: bytes | None = None) -> None:
    """Write a key (PKCS #8, PEM) into a new file that only our account can read, whole or not at all.

    Raises:
        KeyFileRefused: there is such a file, or a link; it stays as it is.
        OSError: it cannot be written; nothing of the key is left there.
    """
    encryption: KeySerializationEncryption = NoEncryption() if password is None else BestAvailableEncryption(password)
    write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption), _OWNER_ONLY)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that was not there; when that fails half-way, it is not there afterwards either.

    Args:
        mode: who may do what with it, as far as the account's mask allows.

    Raises:
        KeyFileRefused: there is one.
        OSError: it cannot be written.
    """
    try:
        number = os.open(path, _NEW, mode)
    except FileExistsError as trouble:
        raise KeyFileRefused(f"{path} is there already, and is never written over; give another name") from trouble
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
    except OSError as trouble:
        path.unlink(missing_ok=True)
        raise OSError(trouble.errno, trouble.strerror, str(path)) from trouble
