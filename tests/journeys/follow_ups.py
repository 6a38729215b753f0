"""What calls of the routes of closing, follow-ups and the summary need, and something of each kind that is there."""

from typing import Any

from kanta_tenancy.disturbances.follow_ups import actions
from kanta_tenancy.disturbances.follow_ups.model import Owner, SaidAction, SaidFault
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from tests.journeys.conftest import Realm

FAULT = {"what": "Two lines are swapped", "noticed_at": "2026-03-02T08:00:00Z"}
QUERIES = {
    "readDisturbanceSummary": "?month=2026-03-01",
    "readDisturbanceSummaryAsCsv": "?month=2026-03-01",
    "readDisturbanceSummaryAsDocument": "?month=2026-03-01",
}
BODIES: dict[str, dict[str, Any]] = {
    "findOutOfDisturbance": {"remedy": "It was renewed"},
    "reopenDisturbance": {"because": "It came back"},
    "planFollowUp": {"what": "Watch it", "owner": "main_connector", "due_on": "2026-12-31"},
    "changeFollowUp": {"what": "Watch it", "owner": "kela", "due_on": "2026-12-31"},
    "notifyFault": FAULT,
    "completeFollowUp": {"evidence": "Version 2026.2"},
    "dropFollowUp": {"because": "Nobody uses it"},
    "reopenFollowUp": {"because": "It came back"},
}


async def ids_of(realm: Realm) -> dict[str, str]:
    """Have the tenant notify a fault; return its identifier."""
    return {"follow_up_id": (await realm.of_tenant.post("/v1/faults", json=FAULT)).json()["id"]}


async def put_down(database: Database, clock: Clock, realm: Caller) -> dict[str, Any]:
    """Notify a fault and say anew who mends it, so that it is at its second version."""
    today = day_in_finland(clock.now())
    async with database.transaction(realm) as tx:
        made = await actions.notify_fault(tx, clock, SaidFault(what="Two lines are swapped", noticed_at=clock.now()))
        said = SaidAction(what=made.what, owner=Owner.PRODUCER, due_on=today)
        changed = await actions.change(tx, clock, made.id, said, version=1)
    return {"follow_up_id": changed.id}
