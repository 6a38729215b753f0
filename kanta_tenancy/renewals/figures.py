"""What is measured of renewal requests: how many are open and how old, what is late, who is still to be told."""

from math import inf

from prometheus_client import CollectorRegistry, Gauge

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.renewals.model import OPEN
from kanta_tenancy.renewals.store import figures


class RenewalFigures:
    """Counts over all realms: numbers, and nobody's name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._open = Gauge("renewals_open", "Renewal requests that are open", ["state"], registry=registry)
        self._age = Gauge(
            "renewals_oldest_age_seconds", "How long ago the oldest open request arrived", ["state"], registry=registry
        )
        self._left = Gauge(
            "renewals_soonest_lapse_seconds", "Until the first open request lapses", ["state"], registry=registry
        )
        self._late = Gauge(
            "renewals_late", "Requests that time should have done something with, and did not", registry=registry
        )
        self._duties = Gauge("renewals_patients_to_tell", "Patients who are still to be told", registry=registry)
        self._overdue = Gauge("renewals_patients_to_tell_overdue", "Those of them that are overdue", registry=registry)

    async def read(self, db: Database, clock: Clock) -> int:
        """Read the figures; an open request or none, each state has its line."""
        now = clock.now()
        found = {one.state: one for one in await figures.open_figures(db, now)}
        for state in OPEN:
            seen = found.get(state)
            self._open.labels(state).set(0 if seen is None else seen.open)
            age = 0.0 if seen is None else (now - seen.oldest_arrived_at).total_seconds()
            left = inf if seen is None else (seen.soonest_lapses_at - now).total_seconds()
            self._age.labels(state).set(max(age, 0.0))
            self._left.labels(state).set(left)
        self._late.set(sum(one.late for one in found.values()))
        duties = await figures.duty_figures(db, now)
        self._duties.set(0 if duties is None else duties.open)
        self._overdue.set(0 if duties is None else duties.overdue)
        return 0
