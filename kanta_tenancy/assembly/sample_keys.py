"""What opens and signs in the sample: access keys and signing keys, kept where only our account can read them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.assembly.home import keep_secret
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential, from_pem
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable
from kanta_tenancy.machinery.x509.judgement import refusals
from kanta_tenancy.machinery.x509.sample_authority import Signer, chain_pem, key_pem, lists_pem

ACCESS_KEYS: Final = "sample-credentials.json"
SIGNING_KEYS: Final = "sample-keys"
AUTHORITY: Final = "sample-authority.pem"
LISTS: Final = "sample-authority.crl"
_AUTHORITY_NAME: Final = "Kanta Tenancy Sample Authority"


class Holder(Record, frozen=True, kw_only=True):
    """A party of the sample, and the key to the API that is its own."""

    name: str
    business_id: str
    key: str


class AccessKeys(Record, frozen=True, kw_only=True):
    main_connector: Holder
    tenants: tuple[Holder, ...]


def kept_access_keys(home: Path) -> AccessKeys | None:
    """Return what an earlier run kept; None when there is none, or nobody can make it out."""
    try:
        return msgspec.json.decode((home / ACCESS_KEYS).read_bytes(), type=AccessKeys)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep_access_keys(home: Path, held: AccessKeys) -> None:
    keep_secret(home / ACCESS_KEYS, msgspec.json.format(msgspec.json.encode(held), indent=2).decode())


def signing_keys(home: Path, signers: Mapping[str, Signer], clock: Clock) -> Mapping[str, Credential]:
    """Return a key for each signer, by the name of its files; all are made anew when one is missing or of no use."""
    folder = home / SIGNING_KEYS
    kept = {name: _kept(folder, name, clock) for name in signers}
    usable = {name: credential for name, credential in kept.items() if credential is not None}
    if len(usable) == len(signers) and (folder / AUTHORITY).is_file():
        return usable
    return _made(folder, signers, clock)


def _kept(folder: Path, name: str, clock: Clock) -> Credential | None:
    try:
        credential = from_pem((folder / f"{name}.pem").read_bytes(), (folder / f"{name}.key").read_bytes())
    except (FileNotFoundError, CertificateUnreadable, CredentialUnusable):
        return None
    return None if refusals(credential.certificate, clock.now()) else credential


def _made(folder: Path, signers: Mapping[str, Signer], clock: Clock) -> Mapping[str, Credential]:
    at = clock.now()
    authority = sample_authority.found(_AUTHORITY_NAME, at=at)
    credentials = {name: sample_authority.issue(authority, signer, at=at) for name, signer in signers.items()}
    for name, credential in credentials.items():
        keep_secret(folder / f"{name}.key", key_pem(credential).decode().rstrip())
        keep_secret(folder / f"{name}.pem", chain_pem(*credential.chain).decode().rstrip())
    lists = sample_authority.empty_lists(authority, at=at)
    keep_secret(folder / LISTS, lists_pem(lists).decode().rstrip())
    keep_secret(folder / AUTHORITY, chain_pem(authority.root).decode().rstrip())  # last: now they are complete
    return credentials
