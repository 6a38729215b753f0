"""The keys of the service's seal, beside the service: found by their certificate, made, never written over."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing.jws import fingerprint
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.shelf import KeyShelf
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.seals.errors import SealKeyExists, SealKeyUnusable

KINDS: Final = (KeyKind.EC_P256, KeyKind.RSA_3072, KeyKind.RSA_4096, KeyKind.RSA_2048)
_LONGEST_NAME: Final = 64  # of X.520


class KeyAsked(Record, frozen=True, kw_only=True):
    name: str  # of its files
    kind: KeyKind
    organisation: str  # whose service it is
    at: datetime
    days: int  # how long a certificate that we make ourselves is valid


class SealKeys:
    """A folder with a key and a certificate for each name, as `machinery.x509.shelf` reads them.

    A key whose certificate has yet to come from an authority may lie there; it seals nothing until then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shelf = KeyShelf(folder)

    def named(self, name: str) -> SigningKey:
        """Return a key by the name of its files.

        Raises:
            SealKeyUnusable: it is not there, or cannot be used.
        """
        try:
            found = self._shelf.find(name)
        except CredentialUnusable as why:
            raise SealKeyUnusable(f"the key {name} cannot be used: {why.detail}") from why
        if found is None:
            raise SealKeyUnusable(f"no key {name[:80]!r} lies in the folder of KANTA_SEAL_KEYS")
        return found

    def of(self, sha256: str) -> SigningKey:
        """Return the key of a certificate.

        Raises:
            SealKeyUnusable: it is not there, or cannot be used.
        """
        troubles = []
        for name in self._shelf.owners():
            try:
                found = self.named(name)
            except SealKeyUnusable as why:
                troubles.append(why.detail)
                continue
            if fingerprint(found.certificate) == sha256:
                return found
        told = "; ".join([f"no key of the certificate {sha256} lies in the folder of KANTA_SEAL_KEYS", *troubles])
        raise SealKeyUnusable(told)

    def has(self, sha256: str) -> bool:
        """Say whether the key of a certificate lies here and can be used."""
        try:
            self.of(sha256)
        except SealKeyUnusable:
            return False
        return True

    def free_name(self) -> str:
        """Return a name that no key has: seal-1, seal-2 and so on."""
        taken = self._shelf.owners()
        return next(name for number in range(1, len(taken) + 2) if (name := f"seal-{number}") not in taken)

    def make(self, asked: KeyAsked) -> Path:
        """Make a key with a certificate that it has signed itself; return where the certificate lies.

        Raises:
            SealKeyExists: there is one of that name. It stays as it is.
        """
        key = self._make_key(asked)
        subject = _subject(asked.organisation)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(asked.at)
            .not_valid_after(asked.at + timedelta(days=asked.days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_USAGE, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return self._write(f"{asked.name}.pem", certificate.public_bytes(Encoding.PEM))

    def request(self, asked: KeyAsked) -> Path:
        """Make a key and a request (PKCS #10) with which an authority issues its certificate; return the request.

        Raises:
            SealKeyExists: there is one of that name. It stays as it is.
        """
        key = self._make_key(asked)
        request = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(_subject(asked.organisation))
            .add_extension(_USAGE, critical=True)
            .sign(key, hashes.SHA256())
        )
        return self._write(f"{asked.name}.csr", request.public_bytes(Encoding.PEM))

    def _make_key(self, asked: KeyAsked) -> keys.PrivateKey:
        key = keys.make(asked.kind)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._refuse_taken(asked.name)
        self._write(f"{asked.name}.key", pem)
        return key

    def _refuse_taken(self, name: str) -> None:
        for suffix in ("p12", "toml", "pem", "csr", "key"):
            if (self.folder / f"{name}.{suffix}").exists():
                raise SealKeyExists(f"{name}.{suffix} is there already; give another --name")

    def _write(self, name: str, content: bytes) -> Path:
        """Write a file that only our account can read, whole or not at all, and never over another."""
        file = self.folder / name
        unfinished = self.folder / f".{name}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        try:
            os.link(unfinished, file)
        except FileExistsError as error:
            raise SealKeyExists(f"{name} is there already; give another --name") from error
        finally:
            unfinished.unlink()
        return file


_USAGE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _subject(organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FI"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_LONGEST_NAME]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} seal"[:_LONGEST_NAME]),
        ]
    )
