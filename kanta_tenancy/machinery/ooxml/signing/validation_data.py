"""Is everything in a signature that a verifier will ask for when nobody answers any more?

What it says is not asked here: a certificate that was revoked has revocation data too.

Source: ETSI EN 319 132-1, 6.3, level B-LT.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.ooxml.verification.reading import Signature
from kanta_tenancy.machinery.x509 import revocation, timestamps
from kanta_tenancy.machinery.x509.issuers import way_up
from kanta_tenancy.machinery.x509.revocation import RevocationData, Standing
from kanta_tenancy.machinery.x509.timestamps import Timestamp, TokenUnsound

_SOME_DAY: Final = datetime(9000, 1, 1, tzinfo=UTC)  # whenever that is asked, nothing in it will be from the future


def sound_timestamps(signature: Signature) -> tuple[Timestamp, ...]:
    """Return the timestamps of a signature that hold and are over its value."""
    return tuple(_sound(signature))


def lacking(
    signature: Signature, timestamp: Timestamp, anchors: Sequence[x509.Certificate] = ()
) -> tuple[x509.Certificate, ...]:
    """Return the certificates of which a signature does not carry the issuer's, or nothing of their revocation.

    Asked are the certificates on the ways from the signer and from the timestamp's authority up to an anchor or to one
    that issued itself.
    """
    return tuple(dict.fromkeys(_lacking(signature, timestamp, anchors)))


def lacks(signature: Signature, timestamp: Timestamp, anchors: Sequence[x509.Certificate] = ()) -> bool:
    """Tell whether there is any such certificate."""
    return any(True for _ in _lacking(signature, timestamp, anchors))


def _lacking(
    signature: Signature, timestamp: Timestamp, anchors: Sequence[x509.Certificate]
) -> Iterator[x509.Certificate]:
    data = RevocationData(ocsp=signature.added.ocsp, crls=signature.added.crls)
    others = (*signature.certificates, *timestamp.certificates, *anchors)
    for start in (signature.signer, timestamp.authority):
        for certificate, issuer in way_up(start, others, frozenset(anchors)):
            if issuer is None or _is_unknown(certificate, issuer, data, timestamp.at):
                yield certificate


def ways(
    signature: Signature, others: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate] = ()
) -> tuple[tuple[x509.Certificate, ...], ...]:
    """Return the way up from the signer and from each timestamp's authority, as far as certificates are at hand.

    Args:
        others: certificates that may lie on a way, beside those that the signature and its timestamps bring.
    """
    sound = sound_timestamps(signature)
    brought = (each for one in sound for each in (one.authority, *one.certificates))
    pool = tuple(dict.fromkeys((*signature.certificates, *brought, *others, *anchors)))
    found = []
    for start in dict.fromkeys((signature.signer, *(one.authority for one in sound))):
        issuers = (issuer for _, issuer in way_up(start, pool, frozenset(anchors)) if issuer is not None)
        found.append((start, *issuers))
    return tuple(found)


def _sound(signature: Signature) -> Iterator[Timestamp]:
    for stamp in signature.added.stamps:
        try:
            timestamp = timestamps.read(stamp.token)
        except TokenUnsound:
            continue
        if timestamp.covers(stamp.over):
            yield timestamp


def _is_unknown(certificate: x509.Certificate, issuer: x509.Certificate, data: RevocationData, at: datetime) -> bool:
    judgement = revocation.judge(certificate, issuer, data, at=at, asked_at=_SOME_DAY)
    return judgement.standing is Standing.UNKNOWN
