"""Bring signatures to a level with what authorities answer; a timestamp authority learns a digest and nothing else.

Timestamp authorities are asked at the addresses that the caller names: those may be internal, and without TLS. Issuers,
lists and OCSP answers are asked for at the addresses that certificates name, and never at an internal one.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Outcome, Report
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.outgoing.targets import named_places
from kanta_tenancy.machinery.revocation.gathering import Gatherer
from kanta_tenancy.machinery.timestamping.client import Authority, Stamped, TimestampClient
from kanta_tenancy.machinery.upgrading import Raised, Sources, raise_level
from kanta_tenancy.machinery.x509 import crls
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData

_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"


class Reached(Record, frozen=True, kw_only=True):
    """What became of a document, and what people are told of it."""

    document: bytes
    levels: Mapping[str, Level]  # of each signature that was asked for, by its part
    told: tuple[str, ...] = ()  # what was done, a sentence each
    lacking: tuple[str, ...] = ()  # why a level was not reached


def brought_to_level(
    document: bytes,
    parts: Sequence[str],
    *,
    level: Level,
    clock: Clock,
    timestamps: Sequence[str] = (),
    timestamp_trust: Sequence[x509.Certificate] = (),
    issuers: Sequence[x509.Certificate] = (),
    revocation: RevocationData = NOTHING,
) -> Reached:
    """Bring signatures of a document to a level, as far as the authorities answer.

    Args:
        parts: that hold the signatures.
        timestamps: addresses of timestamp authorities, in the order in which they are tried.
        timestamp_trust: they have to lead to one of these; to anybody, when there are none.
        issuers: certificates up to the authorities' own, for level LT.
        revocation: what is at hand, for level LT.

    Raises:
        CannotUpgrade: there is no such signature, or one of them does not hold.
        ValueError: an authority's address is none.
    """
    stamps, lists = Outgoing(allowed=named_places(timestamps)), Outgoing(without_tls=True, most_read=crls.LARGEST)
    sources = Sources(
        client=TimestampClient(stamps, clock),
        asks=Gatherer(lists, clock),
        authorities=tuple(Authority(url=url, anchors=tuple(timestamp_trust)) for url in timestamps),
        revocation=revocation,
        certificates=(*issuers, *timestamp_trust),
    )
    _check_integrity(verify(document, at=clock.now()))

    async def brought() -> Reached:
        async with stamps, lists:  # the signatures of a document mostly ask the same authorities
            return await _brought(document, parts, level, sources)

    return asyncio.run(brought())


def _check_integrity(report: Report) -> None:
    """Refuse a signature that does not hold: a timestamp would only say since when."""
    if not report.signatures:
        raise CannotUpgrade(report.reasons[0].detail, rule=report.reasons[0].rule)
    for one in report.signatures:
        if one.integrity.outcome is not Outcome.PASSED:
            raise CannotUpgrade(f"{one.part}: {one.integrity.reason}")


async def _brought(document: bytes, parts: Sequence[str], wanted: Level, sources: Sources) -> Reached:
    levels: dict[str, Level] = {}
    told: list[str] = []
    lacking: list[str] = []
    for part in parts:
        raised = await raise_level(document, part, wanted, sources)
        document, levels[part] = raised.package, raised.level
        told += (f"{part}: {sentence}" for sentence in _told(raised))
        lacking += (f"{part}: {reason}" for reason in raised.reasons)
    return Reached(document=document, levels=levels, told=tuple(told), lacking=tuple(lacking))


def _told(raised: Raised) -> Iterator[str]:
    if raised.stamped is not None:
        yield from (f"asked in vain: {failure}" for failure in raised.stamped.failures)
        yield _stamp(raised.stamped)


def _stamp(stamped: Stamped) -> str:
    timestamp = stamped.timestamp
    by = timestamp.authority.subject.rfc4514_string()
    return f"stamped {timestamp.at.strftime(_INSTANT)} by {by} at {stamped.authority.name}."
