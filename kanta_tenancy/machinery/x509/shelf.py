"""Signing keys that lie beside the service, one for each owner, in a folder that the service alone can read."""

import stat
from pathlib import Path
from typing import Final

from kanta_tenancy.machinery.x509.credentials import Credential, from_pem, from_pkcs12
from kanta_tenancy.machinery.x509.errors import CredentialUnusable

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST: Final = 1_000_000  # bytes; a key with its chain is some thousand


class KeyShelf:
    """A folder with `<owner>.p12`, or `<owner>.pem` (certificates) and `<owner>.key`; a password in `<owner>.password`.

    Files are read each time that they are needed, so a renewed key counts at once and none stays in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, owner: str) -> Credential | None:
        """Return the key of an owner; None when it keeps none here.

        Args:
            owner: an identifier; anything but letters, digits and hyphens finds nothing.

        Raises:
            CredentialUnusable: a file can be read by others, or holds no usable key.
        """
        if not owner.replace("-", "").isalnum():
            return None
        container, key = self._folder / f"{owner}.p12", self._folder / f"{owner}.key"
        password = self._password(owner)
        if container.is_file():
            return from_pkcs12(_private(container), password)
        if key.is_file():
            return from_pem(_content(self._folder / f"{owner}.pem"), _private(key), password)
        return None

    def owners(self) -> tuple[str, ...]:
        """Return whose keys lie here."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted({file.stem for file in self._folder.iterdir() if file.suffix in {".p12", ".key"}}))

    def _password(self, owner: str) -> bytes | None:
        file = self._folder / f"{owner}.password"
        return _private(file).rstrip(b"\r\n") if file.is_file() else None


def _private(file: Path) -> bytes:
    if file.stat().st_mode & _OTHERS:
        raise CredentialUnusable(f"{file.name} can be read by others than the service: run chmod 600 on it")
    return _content(file)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise CredentialUnusable(f"{file.name} is larger than {_LARGEST} bytes")
        return file.read_bytes()
    except OSError as error:
        raise CredentialUnusable(f"{file.name} cannot be read") from error
