"""Renewal requests in PostgreSQL. The only module that reads `sql/queries/renewals/request.sql`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId, TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.renewals.errors import RequestNotFound
from kanta_tenancy.renewals.model import Outcome, Position, Request, State, Step


class Realm(Record, frozen=True, kw_only=True):
    main_connector_id: MainConnectorId


class Holding(Record, frozen=True, kw_only=True):
    found: bool


class Locked(Record, frozen=True, kw_only=True):
    locked: bool


class Reduced(Record, frozen=True, kw_only=True):
    requests: int


TAKE_IN: Final = statement("renewals/request.take_in", Outcome)
FIND: Final = statement("renewals/request.find", Request)
TAKE: Final = statement("renewals/request.take", Request)
KNOWN: Final = statement("renewals/request.known", Request)
DUE: Final = statement("renewals/request.due", Request)
PUT_OFF: Final = statement("renewals/request.put_off", Nothing)
SAVE: Final = statement("renewals/request.save", Nothing)
TOGETHER: Final = statement("renewals/request.together", Locked)
ALONE: Final = statement("renewals/request.alone", Locked)
STEP_OF_REALM: Final = statement("renewals/request.step_of_realm", Position)
STEP_OF_HOUSE: Final = statement("renewals/request.step_of_house", Position)
STEP_OF_PERSON: Final = statement("renewals/request.step_of_person", Position)
WAKE: Final = statement("renewals/request.wake", Nothing)
OPEN_OF_REALM: Final = statement("renewals/request.open_of_realm", Request)
OPEN_OF_HOUSE: Final = statement("renewals/request.open_of_house", Request)
OPEN_OF_PERSON: Final = statement("renewals/request.open_of_person", Request)
OPEN_WITH_PHYSICIAN: Final = statement("renewals/request.open_with_physician", Request)
CLOSED_OF_REALM: Final = statement("renewals/request.closed_of_realm", Request)
CLOSED_OF_HOUSE: Final = statement("renewals/request.closed_of_house", Request)
OF_PRESCRIPTION: Final = statement("renewals/request.of_prescription", Request)
HOLD: Final = statement("renewals/request.hold", Nothing)
HOLDING: Final = statement("renewals/request.holding", Holding)
REALMS_DUE: Final = statement("renewals/request.realms_due", Realm)
REDUCE: Final = statement("renewals/request.reduce", Reduced)
INSERT_STEPS: Final = statement("renewals/request.insert_steps", Nothing)
STEPS: Final = statement("renewals/request.steps", Step)

BEGINNING: Final = Position(at=datetime(1, 1, 2, tzinfo=UTC), id=UUID(int=0))
_SAVED: Final = (
    "id", "state", "version", "next_at", "warned_hours", "person", "ground", "passed", "since", "hand_over_at",
    "closed_at", "reason", "answered_by", "holds",
)  # fmt: skip


async def take_in(tx: Transaction, said: Sequence[Mapping[str, Any]], *, at: datetime) -> list[Outcome]:
    """Write requests, each once, and journal those that are new; in the order in which they were said."""
    return await TAKE_IN.all(tx, main_connector_id=tx.scope.main_connector_id, received=at, said=said)


async def find(tx: Transaction, request_id: UUID) -> Request:
    """Read a request.

    Raises:
        RequestNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=request_id), request_id)


async def take(tx: Transaction, request_id: UUID) -> Request:
    """Read a request and hold it until the transaction ends.

    Raises:
        RequestNotFound: the scope has none of that id.
    """
    return _found(await TAKE.one(tx, main_connector_id=tx.scope.main_connector_id, id=request_id), request_id)


async def known(tx: Transaction, request_ids: Collection[str]) -> dict[str, Request]:
    """Read those of these identifiers of the national service that are there."""
    found = await KNOWN.all(tx, main_connector_id=tx.scope.main_connector_id, request_ids=list(request_ids))
    return {one.request_id: one for one in found}


async def due(tx: Transaction, now: datetime, *, count: int) -> list[Request]:
    """Read the next that time has something to do with, and hold them; what others hold is left to them."""
    return await DUE.all(tx, main_connector_id=tx.scope.main_connector_id, now=now, count=count)


async def put_off(tx: Transaction, now: datetime, *, until: datetime) -> None:
    """Let the first that is due wait."""
    await PUT_OFF.run(tx, main_connector_id=tx.scope.main_connector_id, now=now, until=until)


async def save(tx: Transaction, requests: Sequence[Request]) -> None:
    """Write what became of requests that the transaction holds, in one round trip."""
    said = [{name: getattr(one, name) for name in _SAVED} for one in requests]
    if said:
        await SAVE.run(tx, main_connector_id=tx.scope.main_connector_id, said=said)


async def together(tx: Transaction) -> None:
    """Look at requests as many do at once, while nobody changes what they are looked at by."""
    await TOGETHER.one(tx, main_connector_id=tx.scope.main_connector_id)


async def alone(tx: Transaction) -> None:
    """Wait until nobody looks at requests of the realm, and let nobody begin until the transaction ends."""
    await ALONE.one(tx, main_connector_id=tx.scope.main_connector_id)


async def step(
    tx: Transaction, *, holder: UUID | None, person: UUID | None, after: Position | None, count: int
) -> list[Position]:
    """Read which open requests come next: of a house, of somebody, or of the whole realm."""
    asked = _asked(tx, after, count)
    if holder is not None:
        return await STEP_OF_HOUSE.all(tx, holder=holder, **asked)
    if person is not None:
        return await STEP_OF_PERSON.all(tx, person=person, **asked)
    return await STEP_OF_REALM.all(tx, **asked)


async def wake(tx: Transaction, ids: Sequence[UUID], *, at: datetime) -> None:
    """Have these requests looked at again."""
    await WAKE.run(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids), at=at)


async def open_page(
    tx: Transaction,
    *,
    holder: UUID | None = None,
    person: UUID | None = None,
    with_physician: bool = False,
    after: Position | None,
    count: int,
) -> list[Request]:
    """Read a page of open requests, what lapses first before the rest; of one house, one person, or the physician."""
    asked = _asked(tx, after, count)
    if person is not None:
        return await OPEN_OF_PERSON.all(tx, person=person, **asked)
    if holder is not None:
        return await OPEN_OF_HOUSE.all(tx, holder=holder, **asked)
    if with_physician:
        return await OPEN_WITH_PHYSICIAN.all(tx, **asked)
    return await OPEN_OF_REALM.all(tx, **asked)


async def closed_page(
    tx: Transaction, state: State, *, holder: UUID | None, after: Position | None, count: int
) -> list[Request]:
    """Read a page of the requests of one outcome, oldest first."""
    asked = _asked(tx, after, count)
    if holder is not None:
        return await CLOSED_OF_HOUSE.all(tx, state=state, holder=holder, **asked)
    return await CLOSED_OF_REALM.all(tx, state=state, **asked)


async def of_prescription(tx: Transaction, prescription_id: str, *, count: int) -> list[Request]:
    realm = tx.scope.main_connector_id
    return await OF_PRESCRIPTION.all(tx, main_connector_id=realm, prescription_id=prescription_id, count=count)


async def hold_ending(tx: Transaction, tenancy_id: TenancyId, agreement_id: AgreementId | None) -> int:
    """Let the open requests of a tenancy hold the ending of its agreement open, or none; return how many there are."""
    return await HOLD.run(
        tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id, agreement_id=agreement_id
    )


async def holds_ending(tx: Transaction, agreement_id: AgreementId) -> bool:
    """Say whether any open request holds the ending of an agreement open."""
    found = await HOLDING.one(tx, main_connector_id=tx.scope.main_connector_id, agreement_id=agreement_id)
    return found is not None and found.found


async def realms_due(db: Database, now: datetime) -> list[MainConnectorId]:
    """Say in which realms time has something to do."""
    async with db.unscoped() as connection:
        return [one.main_connector_id for one in await REALMS_DUE.all(connection, now=now)]


async def reduce(db: Database, closed_before: datetime, *, batch: int) -> int:
    """Reduce some requests that were closed long ago, in any realm, to figures; return how many."""
    async with db.unscoped() as connection:
        row = await REDUCE.one(connection, closed_before=closed_before, batch=batch)
    return 0 if row is None else row.requests


async def add_steps(tx: Transaction, steps: Sequence[tuple[Request, Step]]) -> None:
    """Write what happened to some requests, in one round trip."""
    said = [
        {"id": new_id(), "request": request.id, "tenancy_id": request.tenancy_id, **msgspec.structs.asdict(step)}
        for request, step in steps
    ]
    if said:
        await INSERT_STEPS.run(tx, main_connector_id=tx.scope.main_connector_id, said=said)


async def steps(tx: Transaction, request_id: UUID) -> list[Step]:
    return await STEPS.all(tx, main_connector_id=tx.scope.main_connector_id, id=request_id)


def _asked(tx: Transaction, after: Position | None, count: int) -> dict[str, Any]:
    begin = after or BEGINNING
    return {
        "main_connector_id": tx.scope.main_connector_id,
        "after_at": begin.at,
        "after_id": begin.id,
        "count": count,
    }


def _found(request: Request | None, request_id: UUID) -> Request:
    if request is None:
        raise RequestNotFound(f"no renewal request {request_id}")
    return request
