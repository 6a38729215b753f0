"""How much is owed and for how long, for whoever watches the service."""

from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.promises import store
from kanta_tenancy.promises.model import Owner

_LABELS: Final = ("owner",)


class PromiseFigures:
    """Gauges over all realms, as they were when they were read last."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._owed = Gauge("promises_owed", "Promises that nobody has kept yet", _LABELS, registry=registry)
        self._overdue = Gauge("promises_overdue", "Those that are past due", _LABELS, registry=registry)
        self._broken = Gauge("promises_broken", "Promises that the system gave up", registry=registry)
        self._age = Gauge(
            "promises_oldest_overdue_seconds", "For how long the oldest is past due", _LABELS, registry=registry
        )

    async def read(self, db: Database, clock: Clock) -> int:
        """Read them anew; there is nothing to count in that."""
        now = clock.now()
        of = {each.owner: each for each in await store.figures(db, now)}
        for owner in Owner:
            seen = of.get(owner)
            since = now if seen is None or seen.oldest_due_at is None else seen.oldest_due_at
            self._owed.labels(owner).set(0 if seen is None else seen.owed)
            self._overdue.labels(owner).set(0 if seen is None else seen.overdue)
            self._age.labels(owner).set(max((now - since).total_seconds(), 0))
        self._broken.set(sum(each.broken for each in of.values()))
        return 0
