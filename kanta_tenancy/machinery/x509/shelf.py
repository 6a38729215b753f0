"""Signing keys beside the service, or what says where they are, in a folder that the service alone can read."""

import stat
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.x509.credentials import from_pem, from_pkcs12
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.machinery.x509.token_key import from_token

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST: Final = 1_000_000  # bytes; a key with its chain is some thousand


class KeyShelf:
    """A folder with `<owner>.p12`, or `<owner>.pem` (certificates) and `<owner>.key`; a password in `<owner>.password`.

    Or with `<owner>.toml`, which says where in a token the key is, the PIN in `<owner>.pin`, and the certificates in
    `<owner>.pem`, unless the token holds them.

    Files are read each time that they are needed, so a renewed key counts at once and none stays in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, owner: str) -> SigningKey | None:
        """Return the key of an owner; None when it keeps none here.

        Args:
            owner: an identifier; anything but letters, digits and hyphens finds nothing.

        Raises:
            CredentialUnusable: a file can be read by others, or holds no usable key.
        """
        if not owner.replace("-", "").isalnum():
            return None
        try:
            return self._found(owner)
        except CertificateUnreadable as trouble:
            raise CredentialUnusable(f"the certificates of the key: {trouble.detail}") from trouble

    def owners(self) -> tuple[str, ...]:
        """Return whose keys lie here."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted({file.stem for file in self._folder.iterdir() if file.suffix in {".p12", ".key", ".toml"}}))

    def _found(self, owner: str) -> SigningKey | None:
        container, key, token = (self._folder / f"{owner}{suffix}" for suffix in (".p12", ".key", ".toml"))
        if container.is_file():
            return from_pkcs12(_private(container), self._secret(owner, "password"))
        if key.is_file():
            return from_pem(self._certificates(owner), _private(key), self._secret(owner, "password"))
        return self._in_token(owner, token) if token.is_file() else None

    def _in_token(self, owner: str, description: Path) -> SigningKey:
        pin = self._secret(owner, "pin")
        certificates = self._certificates(owner) if (self._folder / f"{owner}.pem").is_file() else None
        place = _place(_private(description), description.name)
        try:
            return from_token(place, None if pin is None else pin.decode(), certificates)
        except UnicodeDecodeError as trouble:
            raise CredentialUnusable(f"{owner}.pin is not UTF-8 text") from trouble

    def _certificates(self, owner: str) -> bytes:
        return _content(self._folder / f"{owner}.pem")

    def _secret(self, owner: str, kind: str) -> bytes | None:
        file = self._folder / f"{owner}.{kind}"
        return _private(file).rstrip(b"\r\n") if file.is_file() else None


def _place(description: bytes, name: str) -> KeyPlace:
    try:
        place = msgspec.toml.decode(description, type=KeyPlace)
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        raise CredentialUnusable(f"{name} does not say where a key is: {trouble}") from trouble
    if not Path(place.module).is_absolute():
        raise CredentialUnusable(f"{name} must name the driver's library by its whole path")
    return place


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
