"""People who sign in these tests, and the authority that vouches for them: the others are given its root, no more."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind


class Signatories:
    """Makes a credential for each kind of key, once: the other verifiers look at the real clock, so these do too."""

    def __init__(self, folder: Path) -> None:
        self.password: Final = secrets.token_hex()
        self._since: Final = self.now - timedelta(days=1)
        self.authority: Final = sample_authority.found("Interop", at=self._since)
        self.lists: Final = sample_authority.empty_lists(self.authority, at=self._since)
        self._credentials: dict[tuple[str, KeyKind], Credential] = {}
        self._folder = folder
        self.trust: Final = self._written("root.pem", sample_authority.chain_pem(self.authority.root))

    @property
    def now(self) -> datetime:
        return SystemClock().now().replace(microsecond=0)

    def credential(self, name: str, kind: KeyKind = KeyKind.EC_P256) -> Credential:
        if (name, kind) not in self._credentials:
            signer = sample_authority.Signer(name=name, organisation="Interop")
            issued = sample_authority.issue(self.authority, signer, at=self._since, kind=kind)
            self._credentials[name, kind] = issued
        return self._credentials[name, kind]

    def pkcs12(self, name: str, kind: KeyKind = KeyKind.RSA_2048) -> Path:
        """Write a credential as other programs read it, encrypted with `password`."""
        container = sample_authority.pkcs12_file(self.credential(name, kind), self.password.encode())
        return self._written(f"{name}-{kind}.p12", container)

    @property
    def root(self) -> x509.Certificate:
        return self.authority.root

    def _written(self, name: str, content: bytes) -> Path:
        file = self._folder / name
        file.write_bytes(content)
        return file
