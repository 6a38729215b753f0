"""Campaigns and their rows in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.campaigns.errors import CampaignChanged, CampaignNotFound
from kanta_tenancy.agreements.campaigns.lifecycle import RowMove, after, sources
from kanta_tenancy.agreements.campaigns.model import (
    Campaign,
    CampaignStatus,
    Candidate,
    Claimed,
    Ground,
    Held,
    Place,
    Row,
    RowState,
)
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Summary(Record, frozen=True, kw_only=True):
    """A campaign as a list shows it."""

    id: UUID
    name: str
    status: CampaignStatus
    version: int
    model: str
    model_version: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Exhausted(Record, frozen=True, kw_only=True):
    id: UUID
    main_connector_id: MainConnectorId


INSERT: Final = statement("campaigns/campaign.insert", Nothing)
FIND: Final = statement("campaigns/campaign.find", Campaign)
TAKE: Final = statement("campaigns/campaign.take", Campaign)
FOLLOW: Final = statement("campaigns/campaign.follow", Nothing)
LEAD: Final = statement("campaigns/campaign.lead", Nothing)
SAVE_DRAFT: Final = statement("campaigns/campaign.save_draft", Nothing)
SAVE_MOVE: Final = statement("campaigns/campaign.save_move", Nothing)
NEWEST: Final = statement("campaigns/campaign.newest", Summary)
EXHAUSTED: Final = statement("campaigns/campaign.exhausted", Exhausted)
INSERT_ROWS: Final = statement("campaigns/row.insert", Nothing)
CLAIM: Final = statement("campaigns/row.claim", Claimed)
TAKE_ROW: Final = statement("campaigns/row.take", Held)
SETTLE: Final = statement("campaigns/row.settle", Nothing)
GIVE_BACK: Final = statement("campaigns/row.give_back", Nothing)
RETRY: Final = statement("campaigns/row.retry", Nothing)
PAGE: Final = statement("campaigns/row.page", Row)
PAGE_OF_STATE: Final = statement("campaigns/row.page_of_state", Row)
WAITING: Final = statement("campaigns/row.waiting", Place)
CANDIDATES: Final = statement("campaigns/standing.candidates", Candidate)
GROUNDS: Final = statement("campaigns/standing.grounds", Ground)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(tx: Transaction, campaign: Campaign) -> None:
    said = msgspec.structs.asdict(campaign)
    said |= {name: msgspec.to_builtins(said[name]) for name in ("signatories", "cohorts")}
    del said["started_at"], said["ended_at"]
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **said)


async def find(tx: Transaction, campaign_id: UUID) -> Campaign:
    """Read a campaign.

    Raises:
        CampaignNotFound: the scope has no campaign of that id.
    """
    return _there(await FIND.one(tx, campaign_id=campaign_id), campaign_id)


async def take(tx: Transaction, campaign_id: UUID, version: int | None = None) -> Campaign:
    """Read a campaign and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        CampaignNotFound: the scope has no campaign of that id.
        CampaignChanged: it is at another version.
    """
    await LEAD.run(tx, campaign_id=campaign_id)
    campaign = _there(await TAKE.one(tx, campaign_id=campaign_id), campaign_id)
    if version is not None and campaign.version != version:
        raise CampaignChanged(f"the campaign is at version {campaign.version}, not {version}", version=campaign.version)
    return campaign


async def save_draft(tx: Transaction, campaign: Campaign) -> None:
    """Write what a campaign that the transaction holds says now."""
    said = msgspec.structs.asdict(campaign) | {
        name: msgspec.to_builtins(getattr(campaign, name)) for name in ("signatories", "cohorts")
    }
    said |= {"campaign_id": campaign.id}
    await SAVE_DRAFT.run(tx, **{name: said[name] for name in SAVE_DRAFT.parameters})


async def save_move(tx: Transaction, campaign: Campaign) -> None:
    await SAVE_MOVE.run(
        tx,
        campaign_id=campaign.id,
        status=campaign.status,
        version=campaign.version,
        started_at=campaign.started_at,
        ended_at=campaign.ended_at,
    )


async def newest(tx: Transaction, *, before: UUID | None, count: int) -> list[Summary]:
    return await NEWEST.all(
        tx, main_connector_id=tx.scope.main_connector_id, before=before or NEWEST_POSSIBLE, count=count
    )


async def exhausted(db: Database) -> list[Exhausted]:
    async with db.unscoped() as connection:
        return await EXHAUSTED.all(connection)


async def candidates(tx: Transaction, day: date, at: datetime) -> list[Candidate]:
    return await CANDIDATES.all(tx, main_connector_id=tx.scope.main_connector_id, day=day, at=at)


async def grounds(tx: Transaction, tenancies: Sequence[TenancyId], day: date) -> dict[TenancyId, Ground]:
    found = await GROUNDS.all(tx, main_connector_id=tx.scope.main_connector_id, tenancies=tenancies, day=day)
    return {ground.tenancy_id: ground for ground in found}


async def give_places(tx: Transaction, campaign_id: UUID, places: Sequence[Place]) -> None:
    await INSERT_ROWS.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        campaign_id=campaign_id,
        tenancies=[place.tenancy_id for place in places],
        cohorts=[place.cohort for place in places],
        days=[place.starts_on for place in places],
        instants=[start_of_day(place.starts_on) for place in places],
    )


async def is_waiting(tx: Transaction, campaign_id: UUID) -> bool:
    """Say whether anybody waits in a campaign, now or for a later day."""
    found = await PAGE_OF_STATE.all(tx, campaign_id=campaign_id, state=RowState.WAITING, after=UUID(int=0), count=1)
    return bool(found)


async def waiting(tx: Transaction, campaign_id: UUID) -> list[Place]:
    return await WAITING.all(tx, campaign_id=campaign_id)


async def page(
    tx: Transaction, campaign_id: UUID, *, state: RowState | None, after: UUID | None, count: int
) -> list[Row]:
    """Read a page of a campaign's rows by tenancy; of one state, or of all."""
    asked: dict[str, Any] = {"campaign_id": campaign_id, "after": after or UUID(int=0), "count": count}
    return await PAGE.all(tx, **asked) if state is None else await PAGE_OF_STATE.all(tx, state=state, **asked)


async def claim(db: Database, now: datetime, *, lease: timedelta, batch: int) -> list[Claimed]:
    """Lease rows whose day has come, so many of each running campaign of any realm."""
    async with db.unscoped() as connection:
        return await CLAIM.all(connection, now=now, lease=lease, batch=batch)


async def take_row(tx: Transaction, claim: Claimed) -> Held | None:
    """Hold a row and the status of its campaign, if its lease is still ours."""
    await FOLLOW.run(tx, campaign_id=claim.campaign_id)
    return await TAKE_ROW.one(
        tx, campaign_id=claim.campaign_id, tenancy_id=claim.tenancy_id, leased_until=claim.leased_until
    )


async def settle(
    tx: Transaction,
    claim: Claimed,
    move: RowMove,
    *,
    at: datetime,
    attempts: int = 0,
    next_at: datetime | None = None,
    reason: str | None = None,
    detail: str | None = None,
    agreement_id: AgreementId | None = None,
    replaces: AgreementId | None = None,
) -> bool:
    """Write what came of a row that the transaction holds; return False when its state does not allow that."""
    state = after(RowState.WAITING, move)
    written = await SETTLE.run(
        tx,
        campaign_id=claim.campaign_id,
        tenancy_id=claim.tenancy_id,
        states=sources(move),
        state=state,
        attempts=attempts,
        next_at=next_at or at,
        reason=reason,
        detail=detail,
        agreement_id=agreement_id,
        replaces=replaces,
        settled_at=None if state is RowState.WAITING else at,
    )
    return written == 1


async def give_back(tx: Transaction, claims: Sequence[Claimed], *, at: datetime) -> None:
    """Let others have rows of one campaign that we claimed and shall not work on."""
    await GIVE_BACK.run(
        tx,
        campaign_id=claims[0].campaign_id,
        tenancies=[claim.tenancy_id for claim in claims],
        leases=[claim.leased_until for claim in claims],
        at=at,
    )


async def retry(tx: Transaction, campaign_id: UUID, states: Sequence[RowState], *, at: datetime) -> int:
    """Have rows in these states wait again; return how many."""
    return await RETRY.run(tx, campaign_id=campaign_id, states=states, state=RowState.WAITING, at=at)


def _there(campaign: Campaign | None, campaign_id: UUID) -> Campaign:
    if campaign is None:
        raise CampaignNotFound(f"no campaign {campaign_id}")
    return campaign
