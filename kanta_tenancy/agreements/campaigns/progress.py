"""How far a campaign has come, counted in PostgreSQL."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.campaigns.model import RowState
from kanta_tenancy.agreements.model import Status
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

LATELY: Final = timedelta(minutes=1)
_BATCH: Final = 500
_BEGINNING: Final = datetime(1, 1, 2, tzinfo=UTC)


class Counted(Record, frozen=True, kw_only=True):
    """How many rows are in a state for a reason."""

    state: RowState
    reason: str | None
    rows: int
    lately: int  # settled within the last minute
    due: int  # waiting although their day has come


class CohortCounted(Record, frozen=True, kw_only=True):
    cohort: int
    rows: int
    settled: int
    starts_on: date  # of the first of them


class Became(Record, frozen=True, kw_only=True):
    """What became of so many offers."""

    status: Status
    rows: int


class Progress(Record, frozen=True, kw_only=True):
    states: tuple[Counted, ...]
    cohorts: tuple[CohortCounted, ...]
    offers: tuple[Became, ...]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.states)

    @property
    def settled(self) -> int:
        return sum(one.rows for one in self.states if one.state is not RowState.WAITING)

    @property
    def lately(self) -> int:
        return sum(one.lately for one in self.states)

    @property
    def seconds_left(self) -> int | None:
        """How long those whose day has come will take at the rate of the last minute; None: there is no rate."""
        due = sum(one.due for one in self.states)
        return round(due * LATELY.total_seconds() / self.lately) if self.lately else None


class Laggard(Record, frozen=True, kw_only=True):
    """An offer that was not signed by all in so many days."""

    tenancy_id: TenancyId
    agreement_id: AgreementId
    reference: str
    offered_at: datetime
    tenant_owes: bool  # False: only the main connector has not signed


class LaggardPosition(Record, frozen=True, kw_only=True):
    offered_at: datetime
    tenancy_id: UUID


class Reminded(Record, frozen=True, kw_only=True):
    """An offer of a campaign that its tenant has not signed."""

    id: AgreementId
    version: int
    offered_at: datetime
    remind_after: tuple[int, ...]


class Unsigned(Record, frozen=True, kw_only=True):
    id: AgreementId


class ToSign(Record, frozen=True, kw_only=True):
    """An offer of a campaign that the key beside the service is to sign."""

    id: AgreementId
    version: int
    offered_at: datetime


BY_STATE: Final = statement("campaigns/progress.by_state", Counted)
BY_COHORT: Final = statement("campaigns/progress.by_cohort", CohortCounted)
BY_AGREEMENT: Final = statement("campaigns/progress.by_agreement", Became)
LAGGARDS: Final = statement("campaigns/progress.laggards", Laggard)
REMINDED: Final = statement("campaigns/progress.reminded", Reminded)
UNSIGNED_OF: Final = statement("campaigns/progress.unsigned_of", Unsigned)
UNSIGNED_HERE: Final = statement("campaigns/progress.unsigned_here", ToSign)


async def of(tx: Transaction, campaign_id: UUID, now: datetime) -> Progress:
    return Progress(
        states=tuple(await BY_STATE.all(tx, campaign_id=campaign_id, since=now - LATELY, today=day_in_finland(now))),
        cohorts=tuple(await BY_COHORT.all(tx, campaign_id=campaign_id)),
        offers=tuple(await BY_AGREEMENT.all(tx, campaign_id=campaign_id)),
    )


async def laggards(
    tx: Transaction, campaign_id: UUID, *, offered_by: datetime, after: LaggardPosition | None, count: int
) -> list[Laggard]:
    """Read a page of offers that were made by a time and that somebody has not signed, oldest first."""
    begin = after or LaggardPosition(offered_at=_BEGINNING, tenancy_id=UUID(int=0))
    return await LAGGARDS.all(
        tx,
        campaign_id=campaign_id,
        before=offered_by,
        after_at=begin.offered_at,
        after_id=begin.tenancy_id,
        count=count,
    )


async def reminded(tx: Transaction, *, after: AgreementId | None) -> list[Reminded]:
    """Read some of the offers of all campaigns that their tenants have not signed."""
    return await REMINDED.all(
        tx, main_connector_id=tx.scope.main_connector_id, after=after or UUID(int=0), count=_BATCH
    )


async def unsigned_of(tx: Transaction, agreement_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these agreements wait for a signature of their tenant."""
    found = await UNSIGNED_OF.all(tx, main_connector_id=tx.scope.main_connector_id, agreement_ids=list(agreement_ids))
    return frozenset(one.id for one in found)


async def unsigned_here(tx: Transaction, *, after: AgreementId | None) -> list[ToSign]:
    """Read some of the offers that the key beside the service is to sign and has not."""
    return await UNSIGNED_HERE.all(
        tx, main_connector_id=tx.scope.main_connector_id, after=after or UUID(int=0), count=_BATCH
    )
