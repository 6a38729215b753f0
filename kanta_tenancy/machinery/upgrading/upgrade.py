"""Bring one signature to the level that is wanted, as far as the authorities answer.

Whether less than what was wanted will do is the caller's to decide: what was reached is told, with the reasons.
"""

from collections.abc import Awaitable, Callable, Sequence

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.open_signature import OpenSignature, Way
from kanta_tenancy.machinery.timestamping.client import Authority, Stamped, TimestampClient
from kanta_tenancy.machinery.timestamping.errors import NoTimestamp
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData


class Learnt(Record, frozen=True, kw_only=True):
    """What authorities say of revocation, and a sentence for each that did not say anything."""

    data: RevocationData = NOTHING
    troubles: tuple[str, ...] = ()


async def nobody(_: Sequence[Way]) -> Learnt:
    """Ask nobody about revocation."""
    return Learnt()


class Sources(Record, frozen=True, kw_only=True):
    """Who is asked."""

    client: TimestampClient
    authorities: tuple[Authority, ...]  # in the order in which they are tried
    revocation: Callable[[Sequence[Way]], Awaitable[Learnt]] = nobody  # asks about every certificate of some ways
    certificates: tuple[x509.Certificate, ...] = ()  # that may lie on a way to an anchor
    anchors: tuple[x509.Certificate, ...] = ()


class Raised(Record, frozen=True, kw_only=True):
    """A package, the level that one of its signatures has now, and why it is not the one that was wanted."""

    package: bytes
    level: Level
    stamped: Stamped | None = None  # the timestamp that was fetched, if one was
    reasons: tuple[str, ...] = ()  # sentences; none when what was wanted is reached


async def raise_level(package: bytes, part: str, wanted: Level, sources: Sources) -> Raised:
    """Bring the signature in a part to a level, or as near to it as can be.

    Raises:
        CannotUpgrade: there is no such signature, it does not hold together, or nothing can be added to it.
    """
    signature = OpenSignature.open(package, part)
    level = signature.level(sources.anchors)
    if level.reaches(wanted):
        return Raised(package=package, level=level)
    stamped: Stamped | None = None
    if level is Level.B:
        try:
            stamped = await sources.client.stamp(signature.octets_to_stamp, sources.authorities)
        except NoTimestamp as none:
            return Raised(package=package, level=level, reasons=tuple(map(str, none.failures)) or (none.detail,))
        signature = signature.with_timestamp(stamped.token)
    reasons: tuple[str, ...] = ()
    if wanted is Level.LT:
        signature, reasons = await _lasting(signature, sources)
    return Raised(package=signature.write(), level=signature.level(sources.anchors), stamped=stamped, reasons=reasons)


async def _lasting(signature: OpenSignature, sources: Sources) -> tuple[OpenSignature, tuple[str, ...]]:
    """Add what is needed for level LT: all of it or nothing, since what is added is never taken out again."""
    ways = signature.ways(sources.certificates, sources.anchors)
    learnt = await sources.revocation(ways)
    try:
        lasting = signature.with_validation_data([each for way in ways for each in way[1:]], learnt.data)
    except CannotUpgrade as refusal:
        return signature, (refusal.detail,)
    missing = lasting.lacking(sources.anchors)
    return (signature, (*map(_unknown, missing), *learnt.troubles)) if missing else (lasting, ())


def _unknown(certificate: x509.Certificate) -> str:
    name = certificate.subject.rfc4514_string()
    return (
        f"Of the certificate of {name}, the issuer's certificate or what its authority says of revocation is missing."
    )
