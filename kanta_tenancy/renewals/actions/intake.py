"""Requests taken in as the patient information system tells of them, one or many, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.renewals import checking, deadlines
from kanta_tenancy.renewals.errors import NotReceived, RequestDiffers, RequestRefused, UnitNotFound
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Arrival, Outcome, Request, Taken
from kanta_tenancy.renewals.store import requests as store

MOST: Final = 500  # in one batch
_SAME: Final = ("prescription_id", "prescriber_code", "kind", "arrived_at")


async def take_in(tx: Transaction, clock: Clock, said: Sequence[Arrival]) -> list[Outcome]:
    """Take requests in; one that was told before is there once. Who handles each is found within a second.

    What a unit does not receive, and what no unit is known for, is not taken in, and says so; the others are.

    Raises:
        PatientDataRefused: a value looks like data of a patient.
        RequestRefused: one of them cannot be a request.
    """
    at = clock.now()
    path = "requests[{}]." if len(said) > 1 else ""
    arrivals = [checking.arrival(one, at, path.format(place)) for place, one in enumerate(said)]
    taken = await store.take_in(tx, [_row(tx, one, place, at) for place, one in enumerate(arrivals)], at=at)
    again = [one.place for one in taken if one.outcome is Taken.KNOWN]
    if not again:
        return taken
    known = await store.known(tx, {arrivals[place].request_id for place in again})
    return [_compared(one, arrivals[one.place], known) if one.outcome is Taken.KNOWN else one for one in taken]


async def take_in_one(tx: Transaction, clock: Clock, said: Arrival) -> tuple[Request, bool]:
    """Take one request in; return it, and whether it is new.

    Raises:
        PatientDataRefused: a value looks like data of a patient.
        RequestRefused: it cannot be a request.
        UnitNotFound: the realm has no such service unit.
        NotReceived: the unit received none on that day.
        RequestDiffers: another one of that identifier is there.
    """
    [taken] = await take_in(tx, clock, [said])
    if taken.outcome is Taken.UNKNOWN_UNIT:
        raise UnitNotFound("no service unit has that OID")
    if taken.outcome is Taken.NOT_RECEIVED:
        since = (
            "nobody has decided that it does" if taken.decided_on is None else f"since {taken.decided_on.isoformat()}"
        )
        raise NotReceived(f"the unit received no renewal requests on that day: {since}", rule=RULE)
    if taken.outcome is Taken.DIFFERS or taken.id is None:
        raise RequestDiffers("a request of that identifier is there, for another prescription, kind or time", rule=RULE)
    return await store.find(tx, taken.id), taken.outcome is Taken.NEW


def _row(tx: Transaction, arrival: Arrival, place: int, at: datetime) -> dict[str, Any]:
    identity = new_id()
    lapses_at = deadlines.lapses_at(arrival.arrived_at)
    return {
        "place": place,
        "id": identity,
        "arrived_on": day_in_finland(arrival.arrived_at),
        "lapses_at": lapses_at,
        "entry": _entry(tx, identity, at, lapses_at),
        **msgspec.structs.asdict(arrival),
    }


def _entry(tx: Transaction, identity: UUID, at: datetime, lapses_at: datetime) -> str:
    """Return the journal's entry of a request that is new, which the database writes with it."""
    entry = Entry(
        at=at,
        actor=tx.actor,
        action="renewal_request.taken_in",
        subject=f"renewal_request/{identity}",
        request_id=tx.request_id,
        before=None,
        after=None,
        facts={"lapses_at": lapses_at.isoformat()},
    )
    return msgspec.json.encode(entry).decode()


def _compared(taken: Outcome, arrival: Arrival, known: dict[str, Request]) -> Outcome:
    """Say whether what was told again is the same; the prescription is it, and the arrival that starts the clock."""
    there = known.get(arrival.request_id)
    if there is None:  # another transaction wrote it and was undone since
        raise RequestRefused("it could not be taken in just now: tell it again", rule=RULE)
    same = all(getattr(there, name) == getattr(arrival, name) for name in _SAME)
    return replace(taken, outcome=Taken.KNOWN if same else Taken.DIFFERS, id=there.id if same else None)
