"""Agreements in force and what becomes of them, in PostgreSQL."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement


class Held(Record, frozen=True, kw_only=True):
    id: AgreementId
    version: int


class Ending(Record, frozen=True, kw_only=True):
    """An agreement in force whose end is known."""

    id: AgreementId
    tenancy_id: TenancyId
    reference: str
    version: int
    in_force_until: datetime
    end_explanation: Explanation


class Count(Record, frozen=True, kw_only=True):
    count: int


IN_FORCE: Final = statement("agreements/life.in_force", Held)
ENDING: Final = statement("agreements/life.ending", Ending)
COUNT_AMENDMENTS: Final = statement("agreements/life.count_amendments", Count)

_BATCH: Final = 500
_BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)


async def in_force(tx: Transaction, tenancy_id: TenancyId) -> Agreement | None:
    """Read the agreement of a tenancy that has not ended, and hold it until the transaction ends."""
    held = await IN_FORCE.one(tx, tenancy_id=tenancy_id)
    return None if held is None else await agreements.find(tx, held.id)


async def amendments(tx: Transaction, agreement_id: AgreementId) -> int:
    """Return how many amendments of an agreement were ever drafted."""
    found = await COUNT_AMENDMENTS.one(tx, agreement_id=agreement_id)
    return 0 if found is None else found.count


async def ending(tx: Transaction, *, after: Ending | None = None) -> list[Ending]:
    """Read some of the agreements in force whose end is known, soonest first."""
    return await ENDING.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        after_until=_BEGINNING if after is None else after.in_force_until,
        after_id=UUID(int=0) if after is None else after.id,
        count=_BATCH,
    )
