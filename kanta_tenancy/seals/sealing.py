"""Sealing with the key that is in charge, and judging what was sealed."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.sealing.errors import SealInDoubt, SealInvalid
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.seals import succession
from kanta_tenancy.seals.errors import SealKeyUnusable, SealNotSetUp
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import Kind, SealCertificate
from kanta_tenancy.seals.store import certificates as store


class Trial(Record, frozen=True, kw_only=True):
    """What is sealed to see whether that works: nothing."""


async def seal(
    on: "Transaction | Connection", keys: SealKeys, kind: Kind, said: msgspec.Struct, *, at: datetime
) -> str:
    """Seal what a Struct says with the key that is in charge at `at`; return the seal in its compact form.

    Raises:
        SealNotSetUp: no key has taken over yet.
        SealKeyUnusable: the key that is in charge does not lie beside this instance, or its certificate is not valid.
    """
    certificate = await in_charge(on, at)
    return await asyncio.to_thread(sealed_with, keys, certificate.sha256, kind, said, at)


async def try_out(on: "Transaction | Connection", keys: SealKeys, *, at: datetime) -> None:
    """Make a seal that is kept nowhere, to see whether this instance can; before a key has taken over none is wanted.

    Raises:
        SealKeyUnusable: it cannot.
    """
    certificate = succession.in_charge(await store.every(on), at)
    if certificate is not None:
        await asyncio.to_thread(sealed_with, keys, certificate.sha256, Kind.TRIAL, Trial(), at)


async def is_set_up(on: "Transaction | Connection", at: datetime) -> bool:
    """Say whether a key has taken the seal over; not whether it lies here."""
    return succession.in_charge(await store.every(on), at) is not None


async def in_charge(on: "Transaction | Connection", at: datetime) -> SealCertificate:
    """Return the certificate that seals at an instant.

    Raises:
        SealNotSetUp: there is none.
    """
    found = succession.in_charge(await store.every(on), at)
    if found is None:
        raise SealNotSetUp("no key seals yet: run `kanta-tenancy seals make-key` and `kanta-tenancy seals take-over`")
    return found


def sealed_with(keys: SealKeys, sha256: str, kind: Kind, said: msgspec.Struct, at: datetime) -> str:
    """Seal with the key of a certificate.

    Raises:
        SealKeyUnusable: it does not lie here, or its certificate is not valid at `at`.
    """
    credential = keys.of(sha256)
    try:
        return jws.seal(credential, canonical(said), typ=kind.value, at=at)
    except CredentialUnusable as why:
        raise SealKeyUnusable(f"the seal's certificate {sha256} cannot seal: {why.detail}") from why


def canonical(said: msgspec.Struct) -> bytes:
    """Return the one JSON text of a Struct: UTF-8, members sorted by name, no blanks."""
    return msgspec.json.encode(said, order="sorted")


def believed(compact: str, kind: Kind, certificates: Sequence[SealCertificate]) -> jws.Opened:
    """Return what a seal says, if it holds and the service's own key made it while that key was in charge.

    Raises:
        SealInvalid: it does not hold, or its key was not in charge.
        SealInDoubt: somebody else may have had the key then.
    """
    opened = jws.unseal(compact, typ=kind.value)
    made = (certificates, opened.certificate_sha256, opened.sealed_at)
    if why := succession.disbelief(*made):
        raise SealInvalid(why)
    if why := succession.doubt(*made):
        raise SealInDoubt(why)
    return opened
