"""A key takes the seal over from the one before, which says so with its last word."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.acting import Actor
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.machinery.x509 import judgement
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.seals import sealing, succession
from kanta_tenancy.seals.errors import SuccessionRefused
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import Fate, Kind, SealCertificate, Succession
from kanta_tenancy.seals.store import certificates as store


class HandOver(Record, frozen=True, kw_only=True):
    """What an operator says of a key that takes over."""

    name: str  # of its files
    since: datetime | None = None  # None: at once
    fate: Fate = Fate.RETIRED  # of the key before; of no account for the first
    trusted_until: datetime | None = None  # of a compromised one


async def take_over(
    connection: "Connection", keys: SealKeys, clock: Clock, asked: HandOver, *, operator: Actor
) -> SealCertificate:
    """Give the seal to a key that lies beside the service; its certificate is kept for ever.

    Raises:
        SuccessionRefused: it cannot be the next.
        SealKeyUnusable: it, or the key that has to hand over, is not there or cannot be used.
    """
    known = await store.every(connection)
    now = clock.now()
    credential = await asyncio.to_thread(keys.named, asked.name)
    new = _next(known, credential, asked, now=now, operator=operator)
    succession.check(known, new, now)
    _check_certificate(credential, new.takes_over_at)
    before = known[-1] if known else None
    said, signer = succession.statement(new, before), succession.sealed_by(new, before)
    sealed = await asyncio.to_thread(
        sealing.sealed_with, keys, signer, Kind.SUCCESSION, said, now if before is not None else new.takes_over_at
    )
    new = msgspec.structs.replace(new, succession=sealed)
    await store.add(connection, new)
    return new


def broken_successions(certificates: Sequence[SealCertificate]) -> Iterator[str]:
    """Say where the line of certificates is not what was sealed of it."""
    before = None
    for certificate in certificates:
        said = _succession(certificate, before)
        if said != succession.statement(certificate, before):
            yield f"seal certificate {certificate.number}: that it takes over was not sealed so"
        if jws.fingerprint_of(certificate.chain[0]) != certificate.sha256:
            yield f"seal certificate {certificate.number}: it is another than was sealed"
        before = certificate


def _succession(certificate: SealCertificate, before: SealCertificate | None) -> Succession | None:
    try:
        opened = jws.unseal(certificate.succession, typ=Kind.SUCCESSION.value)
        if opened.certificate_sha256 != succession.sealed_by(certificate, before):
            return None
        return msgspec.json.decode(opened.payload, type=Succession)
    except (SealInvalid, msgspec.DecodeError):
        return None


def _next(
    known: Sequence[SealCertificate], credential: SigningKey, asked: HandOver, *, now: datetime, operator: Actor
) -> SealCertificate:
    return SealCertificate(
        number=len(known) + 1,
        sha256=jws.fingerprint(credential.certificate),
        chain=tuple(one.public_bytes(Encoding.DER) for one in credential.chain),
        takes_over_at=succession.takes_over_at(asked.since, now, is_first=not known),
        succession="",
        predecessor_fate=asked.fate if known else Fate.NONE,
        predecessor_trusted_until=asked.trusted_until if known else None,
        registered_at=now,
        registered_by=operator.name,
    )


def _check_certificate(credential: SigningKey, at: datetime) -> None:
    if why := judgement.refusals(credential.certificate, at):
        raise SuccessionRefused("; ".join(reason.detail for reason in why))
