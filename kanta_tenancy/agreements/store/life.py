"""Agreements in force and what becomes of them, in PostgreSQL."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.agreements.errors import AnotherAgreement
from kanta_tenancy.agreements.model import Agreement, Origin
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


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


class InForce(Record, frozen=True, kw_only=True):
    """What an import compares with."""

    id: AgreementId
    tenancy_id: TenancyId
    origin: Origin
    model_version: str
    in_force_on: date


class FreeSince(Record, frozen=True, kw_only=True):
    instant: datetime | None


class Reference(Record, frozen=True, kw_only=True):
    reference: str


class Count(Record, frozen=True, kw_only=True):
    count: int


ONE_AT_A_TIME: Final = statement("agreements/life.one_at_a_time", Nothing)
IN_FORCE: Final = statement("agreements/life.in_force", Held)
FREE_SINCE: Final = statement("agreements/life.free_since", FreeSince)
IMPORT: Final = statement("agreements/life.import", Nothing)
SAVE_EXHIBIT: Final = statement("agreements/life.save_exhibit", Held)
IN_FORCE_OF: Final = statement("agreements/life.in_force_of", InForce)
WITH_REFERENCES: Final = statement("agreements/life.with_references", Reference)
ENDING: Final = statement("agreements/life.ending", Ending)
COUNT_AMENDMENTS: Final = statement("agreements/life.count_amendments", Count)

_BATCH: Final = 500
_BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)


async def one_at_a_time(tx: Transaction, tenancy_id: TenancyId) -> None:
    """Wait for whoever puts an agreement of the tenancy in force right now, and make others wait.

    What is written before this and what is read after it miss nothing of one another: a service-production agreement
    that is put down while the last signature comes in ends the new agreement too.
    """
    await ONE_AT_A_TIME.run(tx, tenancy_id=tenancy_id)


async def in_force(tx: Transaction, tenancy_id: TenancyId) -> Agreement | None:
    """Read the agreement of a tenancy that has not ended, and hold it until the transaction ends."""
    await one_at_a_time(tx, tenancy_id)
    held = await IN_FORCE.one(tx, tenancy_id=tenancy_id)
    return None if held is None else await agreements.find(tx, held.id)


async def free_since(tx: Transaction, tenancy_id: TenancyId) -> datetime | None:
    """Return from when on another agreement of a tenancy can take force without touching what is history.

    Whoever asks makes others wait first, as `one_at_a_time` does.
    """
    await one_at_a_time(tx, tenancy_id)
    found = await FREE_SINCE.one(tx, tenancy_id=tenancy_id)
    return None if found is None else found.instant


async def bring_in(tx: Transaction, agreement: Agreement) -> bool:
    """Write an agreement that was signed before; return False, and write nothing, when its reference is taken.

    Raises:
        AnotherAgreement: the tenancy has one in force at that time.
    """
    kept = msgspec.structs.asdict(agreement)
    said = {name: kept[name] for name in IMPORT.parameters if name != "main_connector_id"}
    try:
        return await IMPORT.run(tx, main_connector_id=tx.scope.main_connector_id, **said) == 1
    except asyncpg.ExclusionViolationError as error:
        raise AnotherAgreement("the tenancy has another agreement that is in force at that time") from error


async def save_exhibit(tx: Transaction, agreement: Agreement) -> None:
    """Write which file shows an imported agreement that is held."""
    await SAVE_EXHIBIT.one(tx, id=agreement.id, exhibit_id=agreement.exhibit_id, version=agreement.version)


async def in_force_of(tx: Transaction, tenancy_ids: Collection[TenancyId]) -> list[InForce]:
    realm = tx.scope.main_connector_id
    return await IN_FORCE_OF.all(tx, main_connector_id=realm, tenancy_ids=list(tenancy_ids))


async def taken(tx: Transaction, references: Collection[str]) -> frozenset[str]:
    """Return which of these references an agreement of the realm carries."""
    found = await WITH_REFERENCES.all(tx, main_connector_id=tx.scope.main_connector_id, references=list(references))
    return frozenset(one.reference for one in found)


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
