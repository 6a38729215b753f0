"""LibreOffice, started once, asked about many files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import msgspec

from tests.interop.desk import Desk
from tests.interop.installation import SYSTEM_PYTHON, need

_SCRIPT: Final = Path(__file__).with_name("uno_desk.py")
_NEEDED: Final = tuple(
    Path(path) for path in ("/usr/bin/soffice", "/usr/bin/certutil", "/usr/lib/python3/dist-packages/uno.py")
)


class LibreOfficeSignature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    valid: bool
    trusted: bool
    certificate_status: int  # bits of com.sun.star.security.CertificateValidity, 0 is valid
    signer: str
    line: str  # the GUID of the signature line that it signs, empty when it signs none
    shows_line: bool
    signed_at: str  # YYYYMMDDHHMMSSss, as LibreOffice shows it


class LibreOfficeVerdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    error: str = ""
    signatures: tuple[LibreOfficeSignature, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether there are signatures and LibreOffice accepts each of them."""
        return not self.error and bool(self.signatures) and all(each.valid for each in self.signatures)

    @property
    def trusted(self) -> bool:
        return self.valid and all(each.trusted for each in self.signatures)


class LibreOfficeFailed(Exception):
    """LibreOffice could not do what it was asked for."""


class LibreOffice:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """Start LibreOffice without windows and lend it.

        Raises:
            NotInstalled: LibreOffice, its Python bindings or the NSS tools are missing.
        """
        need(SYSTEM_PYTHON, *_NEEDED)
        with Desk.running([SYSTEM_PYTHON, _SCRIPT], patience_s=90) as desk:
            yield cls(desk)

    def trust(self, authority: Path) -> None:
        """Trust an authority, given as a PEM file, from now on."""
        self._desk.ask(msgspec.json.encode({"do": "trust", "certificate": str(authority.absolute())}).decode())

    def verify(self, file: Path) -> LibreOfficeVerdict:
        """Ask for LibreOffice's opinion of every signature in a document."""
        request = msgspec.json.encode({"do": "verify", "file": str(file.absolute())}).decode()
        return msgspec.json.decode(self._desk.ask(request), type=LibreOfficeVerdict)

    def own(self, pkcs12: Path, password: str) -> None:
        """Have a key and a certificate to sign with."""
        self._do("own", pkcs12=str(pkcs12.absolute()), password=password)

    def save_anew(self, file: Path, out: Path) -> None:
        """Open a document and save it as DOCX, as the menu does."""
        self._do("save", file=str(file.absolute()), out=str(out.absolute()))

    def sign(self, file: Path) -> None:
        """Sign a document in place with the key that there is, on no signature line."""
        self._do("sign", file=str(file.absolute()))

    def _do(self, what: str, **said: str) -> None:
        answer = msgspec.json.decode(self._desk.ask(msgspec.json.encode({"do": what, **said}).decode()))
        if answer:
            raise LibreOfficeFailed(answer["error"])
