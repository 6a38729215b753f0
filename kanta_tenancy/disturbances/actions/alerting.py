"""What a monitoring system sends is taken in: one disturbance for an event, however often it is sent."""

from uuid import UUID

from kanta_tenancy.disturbances import alerts
from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.alerts import AlertGroup, Taken
from kanta_tenancy.disturbances.case import OPEN
from kanta_tenancy.disturbances.store import alerts as store
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction


class TakenAlert(Record, frozen=True, kw_only=True):
    """What became of a group of alerts."""

    taken: Taken | None  # None: it says that something is over of which nothing is open
    repeated: bool


async def take_in(tx: Transaction, clock: Clock, group: AlertGroup) -> TakenAlert:
    """Take in what a monitoring system sends.

    What was sent before, sent again, is the same report. More of the same group is a further report of its disturbance
    while that is open, also that it is over: whether it is, a person says.

    Raises:
        DisturbanceRefused: what is said cannot be, such as a service that is not in the catalogue.
    """
    of_group, content = alerts.digest_of_group(group), alerts.digest_of(group)
    await store.hold(tx, of_group)
    before = await store.same(tx, of_group, content)
    if before is not None:
        return TakenAlert(taken=before, repeated=True)
    join = await _open_one(tx, await store.latest(tx, of_group))
    if join is None and not group.is_firing:
        return TakenAlert(taken=None, repeated=False)
    said = await reporting.report(tx, clock, alerts.report_of(group), join=join)
    taken = Taken(disturbance_id=said.disturbance_id, report_id=said.report_id)
    await store.keep(tx, of_group, content, taken, at=clock.now())
    return TakenAlert(taken=taken, repeated=said.repeated)


async def _open_one(tx: Transaction, last: Taken | None) -> UUID | None:
    """Return the disturbance that what came last belongs to, or that it was joined to; None: it is not open."""
    if last is None:
        return None
    found = await disturbances.find(tx, last.disturbance_id)
    while found.joined_to is not None:
        found = await disturbances.find(tx, found.joined_to)
    return found.id if found.state in OPEN else None
