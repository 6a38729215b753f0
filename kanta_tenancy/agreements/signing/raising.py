"""Signatures brought to the level that the policy wants, by asking authorities; never while a transaction is open."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from kanta_tenancy.agreements.signing import acceptance
from kanta_tenancy.agreements.signing.acceptance import Accepted
from kanta_tenancy.agreements.signing.errors import LevelNotReached
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import swapping
from kanta_tenancy.machinery.ooxml.signing.open_signature import OpenSignature
from kanta_tenancy.machinery.timestamping.client import Authority, TimestampClient
from kanta_tenancy.machinery.upgrading import Asks, Raised, Sources, raise_level
from kanta_tenancy.machinery.x509.revocation import NOTHING
from kanta_tenancy.trust import Judging, Obligation


class Outside(Record, frozen=True, kw_only=True):
    """Whoever is asked outside this service."""

    stamps: TimestampClient
    asks: Callable[[], Asks]  # about certificates; each counts what it asks, and is for one signature


async def raised(docx: bytes, part: str, wanted: Level, judging: Judging, outside: Outside) -> Raised:
    """Bring a signature to a level, or as near to it as the authorities of the policy answer.

    Of revocation, what is kept about its certificates is used first; only what that leaves open is asked for, and only
    of authorities that lead to somebody who is trusted.

    Raises:
        CannotUpgrade: nothing can be added to it.
    """
    trusted = (*judging.anchors, *judging.timestamp_anchors)
    sources = Sources(
        client=outside.stamps,
        authorities=tuple(_authority(one.url, judging) for one in judging.policy.authorities),
        certificates=(*judging.intermediates, *trusted),
        anchors=trusted,
    )
    stamped = await raise_level(docx, part, min(wanted, Level.T, key=list(Level).index), sources)
    if wanted is not Level.LT or stamped.level is Level.B:
        return stamped
    ways = OpenSignature.open(stamped.package, part).ways(sources.certificates, trusted)
    known = NOTHING
    for way in ways:
        known = known.with_more(judging.about(way))
    # Whoever made a certificate chose the addresses in it: they are asked when somebody who is trusted issued it.
    asks = outside.asks() if all(way[-1] in trusted for way in ways) else None
    return await raise_level(stamped.package, part, wanted, replace(sources, asks=asks, revocation=known))


async def reach(accepted: Accepted, outside: Outside, *, at: datetime) -> Accepted:
    """Bring an accepted signature to the level that the policy requires, before it is kept; others are left alone.

    Raises:
        LevelNotReached: the authorities did not answer so that it could be reached.
        SignatureRefused: what came to be known speaks against it.
    """
    policy, signature = accepted.judging.policy, accepted.signature
    if policy.obligation is not Obligation.REQUIRED or not signature.owes_level:
        return accepted
    found = await raised(accepted.docx, accepted.part, policy.level, accepted.judging, outside)
    if not found.level.reaches(policy.level):
        raise not_reached(found.level, policy.level, *found.reasons)
    contents = swapping.signature_contents(found.package)
    return acceptance.renewed(accepted, {accepted.part: contents[accepted.part]}, at=at)


def not_reached(level: Level, wanted: Level, *reasons: str) -> LevelNotReached:
    flaws = tuple(Flaw(field="level", detail=reason) for reason in reasons)
    return LevelNotReached(
        f"it has level {level.value} and level {wanted.value} is required; try again later", flaws=flaws
    )


def _authority(url: str, judging: Judging) -> Authority:
    return Authority(url=url, anchors=judging.timestamp_anchors, intermediates=judging.intermediates)
