"""Duties and what became of them. The only module that reads `sql/queries/disturbances/duty.sql`.

Whatever is read has its explanation written out, also where an outline is kept still.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.errors import DutyChanged, DutyNotFound
from kanta_tenancy.disturbances.explaining import in_full
from kanta_tenancy.disturbances.store.disturbances import Version
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

OF_DISTURBANCE: Final = statement("disturbances/duty.of_disturbance", KeptDuty)
FIND: Final = statement("disturbances/duty.find", KeptDuty)
TAKE: Final = statement("disturbances/duty.take", KeptDuty)
TAKE_ALL: Final = statement("disturbances/duty.take_all", KeptDuty)
TAKE_OUTLINED: Final = statement("disturbances/duty.take_outlined", KeptDuty)
WRITE_OUT: Final = statement("disturbances/duty.write_out", Nothing)
ADD: Final = statement("disturbances/duty.add", Nothing)
SAVE: Final = statement("disturbances/duty.save", Version)
OPEN: Final = statement("disturbances/duty.open", KeptDuty)


async def of_disturbance(tx: Transaction, disturbance_id: UUID) -> list[KeptDuty]:
    """Read the duties of a disturbance that the scope sees, by when they are due."""
    found = await OF_DISTURBANCE.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return [in_full(one) for one in found]


async def find(tx: Transaction, duty_id: UUID) -> KeptDuty:
    """Read a duty.

    Raises:
        DutyNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, duty_id=duty_id)
    if found is None:
        raise DutyNotFound(f"no duty {duty_id}")
    return in_full(found)


async def hold(tx: Transaction, duty_id: UUID) -> KeptDuty:
    """Read a duty and hold it until the transaction ends.

    Raises:
        DutyNotFound: the scope has none of that id.
    """
    found = await TAKE.one(tx, main_connector_id=tx.scope.main_connector_id, duty_id=duty_id)
    if found is None:
        raise DutyNotFound(f"no duty {duty_id}")
    return in_full(found)


async def take(tx: Transaction, duty_id: UUID, version: int) -> KeptDuty:
    """Do as `hold` does, if it is still at the version that the caller saw.

    Raises:
        DutyNotFound: the scope has none of that id.
        DutyChanged: it is at another version.
    """
    found = await hold(tx, duty_id)
    if found.version != version:
        raise DutyChanged(f"the duty is at version {found.version}, not {version}", version=found.version)
    return found


async def take_all(tx: Transaction, disturbance_id: UUID) -> list[KeptDuty]:
    """Read every duty of a disturbance and hold them until the transaction ends."""
    found = await TAKE_ALL.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return [in_full(one) for one in found]


async def take_outlined(tx: Transaction, disturbance_id: UUID) -> list[KeptDuty]:
    """Read those of a disturbance that nothing but a report has touched yet, and hold them."""
    found = await TAKE_OUTLINED.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)
    return [in_full(one) for one in found]


async def write_out(tx: Transaction, duties: Iterable[KeptDuty]) -> None:
    """Keep the explanations of duties that the transaction holds; in nothing else do they change."""
    said = [{"id": str(one.id), "explanation": msgspec.to_builtins(one.explanation)} for one in duties]
    await WRITE_OUT.run(tx, main_connector_id=tx.scope.main_connector_id, duties=said)


async def add(tx: Transaction, duties: Iterable[KeptDuty]) -> None:
    """Write duties; one that is there already is left as it is."""
    said = msgspec.to_builtins([msgspec.structs.asdict(one) for one in duties])
    await ADD.run(tx, main_connector_id=tx.scope.main_connector_id, duties=said)


async def save(tx: Transaction, after: KeptDuty) -> None:
    """Write a later state of a duty that the transaction holds.

    Raises:
        DutyChanged: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        duty_id=after.id,
        tries=after.tries,
        counted_from=after.counted_from,
        due_at=after.due_at,
        explanation=msgspec.to_builtins(after.explanation),
        state=after.state,
        channel=after.channel,
        note=after.note,
        settled_by=after.settled_by,
        state_at=after.state_at,
        carried_by=after.carried_by,
        told_at=after.told_at,
        version=after.version,
    )
    if saved is None:
        raise DutyChanged(f"the duty is no longer at version {after.version - 1}")


async def open_ones(tx: Transaction, *, after: UUID, count: int) -> list[KeptDuty]:
    """Read a page of duties that are still to be fulfilled."""
    found = await OPEN.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)
    return [in_full(one) for one in found]
