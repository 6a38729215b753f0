"""What passing time does with messages: figures, and forgetting what arrived long ago."""

from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.messages.model import Channel
from kanta_tenancy.messages.store import messages as store

KEPT_FOR: Final = {Channel.MAIL: timedelta(days=731), Channel.WEBHOOK: timedelta(days=30)}
_BATCH: Final = 1_000


class MessageFigures:
    """How much waits and how much was given up, in all realms together, for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._due = Gauge("messages_due", "Messages that wait to be sent", ("channel",), registry=registry)
        self._dead = Gauge("messages_dead", "Messages that were given up", ("channel",), registry=registry)
        self._oldest = Gauge(
            "messages_oldest_due_seconds", "How long the oldest has waited", ("channel",), registry=registry
        )

    async def read(self, db: Database, clock: Clock) -> int:
        """Read the figures anew; there is nothing to count as done."""
        async with db.unscoped() as connection:
            for figures in await store.figures(connection, now=clock.now()):
                self._due.labels(figures.channel).set(figures.due)
                self._dead.labels(figures.channel).set(figures.dead)
                self._oldest.labels(figures.channel).set(figures.oldest_due_s)
        return 0


async def forget(db: Database, clock: Clock) -> int:
    """Delete messages that arrived and were kept long enough; what waits or was given up stays.

    Returns:
        How many this run deleted.
    """
    total = 0
    for channel, kept_for in KEPT_FOR.items():
        total += await _forget(db, channel, clock, kept_for)
    return total


async def _forget(db: Database, channel: Channel, clock: Clock, kept_for: timedelta) -> int:
    total, older_than = 0, clock.now() - kept_for
    while True:
        async with db.unscoped() as connection:
            forgotten = await store.forget(connection, channel, older_than=older_than, batch=_BATCH)
            if channel is Channel.WEBHOOK:
                await store.forget_events(connection, older_than=older_than, batch=_BATCH)
        total += forgotten
        if forgotten < _BATCH:
            return total
