"""Asks authorities for what the commands about documents add to signatures: what of them meets a network."""

import asyncio
from collections.abc import Iterator
from typing import Final

from kanta_tenancy.assembly.document_levels import LevelAsked, Reached
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.revocation.gathering import Gatherer
from kanta_tenancy.machinery.timestamping.client import Authority, Stamped, TimestampClient
from kanta_tenancy.machinery.upgrading import Raised, Sources, raise_level
from kanta_tenancy.machinery.x509 import crls

_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"


def brought_to_level(document: bytes, parts: tuple[str, ...], asked: LevelAsked, clock: Clock) -> Reached:
    """Bring signatures of a document to a level, as far as the authorities answer.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold together.
    """
    sources = Sources(
        client=TimestampClient(Outgoing(allowed=asked.allowed), clock),
        asks=Gatherer(Outgoing(without_tls=True, most_read=crls.LARGEST), clock),
        authorities=tuple(Authority(url=url, anchors=asked.trusted) for url in asked.authorities),
        revocation=asked.known.revocation,
        certificates=(*asked.known.issuers, *asked.trusted),
    )
    return asyncio.run(_brought(document, parts, asked.wanted, sources))


async def _brought(document: bytes, parts: tuple[str, ...], wanted: Level, sources: Sources) -> Reached:
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
