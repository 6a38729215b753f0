"""The intake of a unit stops before the unit changes or its agreement ends; the main connector is told when (K15)."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.agreements.annex import reading as annexes
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Promise, State
from kanta_tenancy.renewals import deadlines, owing
from kanta_tenancy.renewals.reception import Receiving
from kanta_tenancy.renewals.store import units

_NOT_SO: Final = "the unit, or the end of its agreement, is another now"


async def propose(tx: Transaction, tenancy_id: TenancyId | None, *, at: datetime) -> None:
    """Owe for each unit of a house that receives requests that its intake stops in time, or owe it no longer.

    Twice in a row does no harm. What the main connector has kept or released stays so while the change is the same.
    """
    today = day_in_finland(at)
    ends_on = None if tenancy_id is None else await end_of(tx, tenancy_id, at)
    for unit in await units.receiving(tx, tenancy_id or tx.scope.main_connector_id, today):
        days = [one for one in (unit.changes_on, ends_on) if one is not None and one > today]
        await _propose(tx, unit, min(days, default=None), tenancy_id, at=at)


async def stopped(tx: Transaction, unit_id: UUID, *, effective_on: date, at: datetime) -> None:
    """Keep what is owed, when a unit was decided to stop by the day that was proposed."""
    for promise in await _owed(tx, unit_id):
        if promise.state is State.OWED and effective_on.isoformat() <= str(promise.facts["stop_on"]):
            result = {"effective_on": effective_on.isoformat()}
            await promises.keep(tx, promise.key, at=at, result=result)


async def end_of(tx: Transaction, tenancy_id: TenancyId, at: datetime) -> date | None:
    """Return the first day on which a tenant has no agreement any more, when that is known and to come."""
    said = (await annexes.annexes_of_many(tx, [tenancy_id])).get(tenancy_id, [])
    last = said[-1].until if said else None
    return last if last is not None and last > day_in_finland(at) else None


async def _propose(
    tx: Transaction, unit: Receiving, changes_on: date | None, tenancy_id: TenancyId | None, *, at: datetime
) -> None:
    known = await _owed(tx, unit.id)
    wanted = None if changes_on is None else changes_on.isoformat()
    if any(one.facts["changes_on"] == wanted and not _was_not_so(one) for one in known):
        return
    await promises.release_all(tx, owing.of_unit(unit.id), at=at, because=_NOT_SO, kinds=(owing.STOP,))
    if changes_on is not None:
        stop_on = deadlines.stops_on(changes_on)
        owed = owing.to_stop(
            len(known) + 1, unit.id, unit.name, tenancy_id, stop_on=stop_on, changes_on=changes_on, at=at
        )
        await promises.owe(tx, owed)


async def _owed(tx: Transaction, unit_id: UUID) -> list[Promise]:
    return await promises.of_subjects(tx, [owing.of_unit(unit_id)], owing.STOP)


def _was_not_so(promise: Promise) -> bool:
    return promise.state is State.RELEASED and (promise.result or {}).get("because") == _NOT_SO
