"""Timestamps of checkpoints, from the authorities that a main connector names."""

from datetime import datetime

import structlog
from cryptography import x509

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.timestamping.client import Authority, Stamped, TimestampClient
from kanta_tenancy.machinery.timestamping.errors import NoTimestamp
from kanta_tenancy.machinery.x509 import paths
from kanta_tenancy.machinery.x509.paths import Purpose
from kanta_tenancy.seals.jobs import stamp_checkpoints
from kanta_tenancy.trust import Judging, judging, watch

log = structlog.get_logger("kanta_tenancy.work")


class Stamper:
    """Asks, for a main connector, the authorities of its policy in their order; has what speaks of them kept fresh."""

    def __init__(self, db: Database, clock: Clock, outgoing: Outgoing) -> None:
        self._db = db
        self._clock = clock
        self._client = TimestampClient(outgoing, clock)

    async def __call__(self, main_connector_id: MainConnectorId, octets: bytes) -> bytes | None:
        """Return a token; None when no authority is named, or none gives one now."""
        async with self._db.transaction(_caller(main_connector_id)) as tx:
            by = await judging(tx, main_connector_id, self._clock.now())
        if not by.policy.authorities:
            return None
        try:
            stamped = await self._client.stamp(octets, _authorities(by))
        except NoTimestamp as why:
            log.warning("checkpoint not stamped", main_connector=str(main_connector_id), reason=why.detail)
            return None
        path = _path(stamped, by, self._clock.now())
        if path:
            async with self._db.transaction(_caller(main_connector_id)) as tx:
                await watch(tx, path, at=self._clock.now())
        return stamped.token


async def stamp_all(db: Database, clock: Clock, *, outgoing: Outgoing) -> int:
    """Have the checkpoints of every main connector stamped that are not yet."""
    return await stamp_checkpoints(db, clock, stamp=Stamper(db, clock, outgoing))


def _authorities(by: Judging) -> tuple[Authority, ...]:
    return tuple(
        Authority(url=one.url, anchors=by.timestamp_anchors, intermediates=by.intermediates)
        for one in by.policy.authorities
    )


def _path(stamped: Stamped, by: Judging, at: datetime) -> tuple[x509.Certificate, ...]:
    others = (*stamped.timestamp.certificates, *by.intermediates)
    authority = stamped.timestamp.authority
    found = paths.find(authority, anchors=by.timestamp_anchors, others=others, at=at, purpose=Purpose.TIMESTAMPS)
    return found.certificates


def _caller(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="timestamps"),
        permissions=frozenset(),
    )
