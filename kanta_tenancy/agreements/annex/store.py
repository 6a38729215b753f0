"""Annex 1 over time, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.annex.model import AnnexOnDay, AnnexPeriod, AnnexSaid
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Change(Record, frozen=True, kw_only=True):
    """An amendment and the day from which it holds."""

    tenancy_id: TenancyId
    said_by: AgreementId
    since: date
    reference: str


SAID: Final = statement("agreements/annex.said", AnnexSaid)
SAVE: Final = statement("agreements/annex.save", Nothing)
OF_TENANCY: Final = statement("agreements/annex.of_tenancy", AnnexOnDay)
OF_ALL: Final = statement("agreements/annex.of_all", AnnexOnDay)
CHANGES: Final = statement("agreements/annex.changes", Change)
HISTORY: Final = statement("agreements/annex.history", AnnexOnDay)
HISTORY_OF_MANY: Final = statement("agreements/annex.history_of_many", AnnexOnDay)


async def said(tx: Transaction, agreement_id: AgreementId) -> list[AnnexSaid]:
    """Read what an agreement and its completed amendments say, in the order in which they were completed."""
    return await SAID.all(tx, agreement_id=agreement_id)


async def save(tx: Transaction, agreement_id: AgreementId, periods: Sequence[AnnexPeriod]) -> None:
    """Write how long each version of Annex 1 holds; the caller holds the agreement."""
    await SAVE.run(
        tx,
        agreement_id=agreement_id,
        said_by=[period.said_by for period in periods],
        since=[period.since for period in periods],
        until=[period.until for period in periods],
    )


async def of_tenancy(tx: Transaction, tenancy_id: TenancyId, day: date) -> AnnexOnDay | None:
    return await OF_TENANCY.one(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id, day=day)


async def of_all(tx: Transaction, day: date, *, after: UUID, count: int) -> list[AnnexOnDay]:
    """Read a page of what every tenancy has on a day, by tenancy."""
    return await OF_ALL.all(tx, main_connector_id=tx.scope.main_connector_id, day=day, after=after, count=count)


async def changes(
    tx: Transaction, *, tenancy_id: TenancyId | None, after: tuple[date, UUID], until: date, count: int
) -> list[Change]:
    """Read which amendments begin to hold after a day (or an amendment of it) and until another, by day."""
    day, said_by = after
    return await CHANGES.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        after_day=day,
        after_id=said_by,
        until=until,
        count=count,
    )


async def history(tx: Transaction, tenancy_id: TenancyId) -> list[AnnexOnDay]:
    return await HISTORY.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id)


async def history_of_many(tx: Transaction, tenancy_ids: Collection[TenancyId]) -> list[AnnexOnDay]:
    realm = tx.scope.main_connector_id
    return await HISTORY_OF_MANY.all(tx, main_connector_id=realm, tenancy_ids=list(tenancy_ids))
