"""Agreements in force and what becomes of them, in PostgreSQL."""

from typing import Final

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement


class Held(Record, frozen=True, kw_only=True):
    id: AgreementId
    version: int


class Count(Record, frozen=True, kw_only=True):
    count: int


IN_FORCE: Final = statement("agreements/life.in_force", Held)
COUNT_AMENDMENTS: Final = statement("agreements/life.count_amendments", Count)


async def in_force(tx: Transaction, tenancy_id: TenancyId) -> Agreement | None:
    """Read the agreement of a tenancy that has not ended, and hold it until the transaction ends."""
    held = await IN_FORCE.one(tx, tenancy_id=tenancy_id)
    return None if held is None else await agreements.find(tx, held.id)


async def amendments(tx: Transaction, agreement_id: AgreementId) -> int:
    """Return how many amendments of an agreement were ever drafted."""
    found = await COUNT_AMENDMENTS.one(tx, agreement_id=agreement_id)
    return 0 if found is None else found.count
