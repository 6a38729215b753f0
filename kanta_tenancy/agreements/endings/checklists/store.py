"""Checklists of endings, and holds on them, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.checklists.checklist import Checklist, Hold
from kanta_tenancy.agreements.errors import AgreementChanged
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Said(Record, frozen=True, kw_only=True):
    id: AgreementId
    services: frozenset[str]


class ListedChecklist(Checklist, frozen=True, kw_only=True):
    """A checklist as a list shows it."""

    reference: str  # of the agreement


class Position(Record, frozen=True, kw_only=True):
    """Where a page ended; the next begins after it."""

    until: datetime
    id: UUID


INSERT: Final = statement("agreements/checklist.insert", Nothing)
SAVE: Final = statement("agreements/checklist.save", Nothing)
OF_AGREEMENT: Final = statement("agreements/checklist.of_agreement", Checklist)
NEWEST_OF_TENANCY: Final = statement("agreements/checklist.newest_of_tenancy", Checklist)
SERVICES: Final = statement("agreements/checklist.services", Said)
ALL: Final = statement("agreements/checklist.all", ListedChecklist)
OPEN: Final = statement("agreements/checklist.open", ListedChecklist)
PLACE_HOLD: Final = statement("agreements/checklist.place_hold", Nothing)
RELEASE_HOLD: Final = statement("agreements/checklist.release_hold", Nothing)
HOLDS: Final = statement("agreements/checklist.holds", Hold)

BEGINNING: Final = Position(until=datetime(1, 1, 2, tzinfo=UTC), id=UUID(int=0))


async def add(tx: Transaction, checklist: Checklist) -> None:
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **msgspec.structs.asdict(checklist))


async def save(tx: Transaction, checklist: Checklist) -> None:
    """Write what may change over the version before.

    Raises:
        AgreementChanged: another transaction changed it first.
    """
    said = msgspec.structs.asdict(checklist)
    for fixed in ("tenancy_id", "agreement_id", "known_at"):
        del said[fixed]
    if await SAVE.run(tx, **said) != 1:
        raise AgreementChanged("its checklist was changed by someone else")


async def of_agreement(tx: Transaction, agreement_id: AgreementId) -> Checklist | None:
    """Read the checklist of an agreement; None: no end of it is known, or nothing has to be done for it."""
    return await OF_AGREEMENT.one(tx, agreement_id=agreement_id)


async def newest_of_tenancy(tx: Transaction, tenancy_id: TenancyId) -> Checklist | None:
    """Read the checklist of a tenancy whose end became known, or was moved, last."""
    return await NEWEST_OF_TENANCY.one(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id)


async def services(tx: Transaction, ids: Sequence[AgreementId]) -> dict[AgreementId, frozenset[str]]:
    """Read which services agreements and amendments say."""
    return {said.id: said.services for said in await SERVICES.all(tx, ids=list(ids))}


async def page(tx: Transaction, *, complete: bool | None, after: Position | None, count: int) -> list[ListedChecklist]:
    """Read a page of endings, soonest end first.

    Args:
        complete: only those that are, or only those that are not; None: both.
    """
    begin = after or BEGINNING
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "after_until": begin.until,
        "after_id": begin.id,
        "count": count,
    }
    if complete is False:
        return await OPEN.all(tx, **asked)
    return await ALL.all(tx, complete=bool(complete), **asked)


async def place_hold(tx: Transaction, agreement: Agreement, key: str, because: Sentence, *, at: datetime) -> bool:
    """Write a hold; return False, and write nothing, when one of that key stands."""
    placed = await PLACE_HOLD.run(
        tx,
        id=new_id(),
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        key=key,
        because=msgspec.to_builtins(because),
        placed_at=at,
    )
    return placed == 1


async def release_hold(tx: Transaction, agreement_id: AgreementId, key: str, *, at: datetime) -> bool:
    """Release a hold; return False, and change nothing, when none of that key stands."""
    return await RELEASE_HOLD.run(tx, agreement_id=agreement_id, key=key, at=at) == 1


async def holds(tx: Transaction, agreement_ids: Collection[AgreementId]) -> list[Hold]:
    """Read the holds that stand, oldest first."""
    return await HOLDS.all(tx, agreement_ids=list(agreement_ids))
