"""Campaigns over HTTP: put one down, look at what it would do, start it, hold it up, see how far it has come."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import MediaType, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.campaigns import actions, foreseeing, printing, progress, store
from kanta_tenancy.agreements.campaigns.bodies import (
    CampaignSaid,
    LaggardsAsked,
    ListedCampaign,
    RedlineAsked,
    Redlines,
    Retrying,
    RowsAsked,
    ShownCampaign,
    ShownForeseen,
    ShownLaggard,
    ShownProgress,
    ShownRow,
    listed,
    shown,
    shown_foreseen,
    shown_laggard,
    shown_progress,
    shown_redline,
    shown_row,
)
from kanta_tenancy.agreements.campaigns.errors import (
    CampaignChanged,
    CampaignMoveNotAllowed,
    CampaignNotFound,
    CampaignRefused,
)
from kanta_tenancy.agreements.campaigns.model import Campaign, Foreseen, Row
from kanta_tenancy.agreements.campaigns.progress import Laggard, LaggardPosition
from kanta_tenancy.agreements.campaigns.store import Summary
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.errors import PermissionMissing
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once

_SIGNING: Final = "agreements.sign"
_MOVES: Final = refusals(CampaignNotFound, CampaignChanged, CampaignMoveNotAllowed)
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src '{printing.STYLE_DIGEST}'; frame-ancestors 'none'",
}


@post(
    "/",
    operation_id="createCampaign",
    opt=needs("agreements.draft", etag=True),
    responses=refusals(CampaignRefused, ModelNotFound),
)
async def create_campaign(data: JSONBody[CampaignSaid], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """Put down a campaign; nothing is offered before it is started.

    One whose offers are signed with the main connector's key needs the permission `agreements.sign` too.
    """
    _check_signing(call, data)
    return await once(
        call,
        lambda tx: actions.create(tx, call.clock, data.campaign()),
        answer=lambda made: with_etag(shown(made), made.version, location=f"/v1/campaigns/{made.id}"),
    )


@put(
    "/{campaign_id:uuid}",
    operation_id="amendCampaign",
    opt=needs("agreements.draft", if_match=True),
    responses=refusals(CampaignNotFound, CampaignChanged, CampaignMoveNotAllowed, CampaignRefused, ModelNotFound),
)
async def amend_campaign(
    campaign_id: FromPath[UUID], data: JSONBody[CampaignSaid], call: NamedDependency[Call]
) -> Response[ShownCampaign]:
    """Write a campaign anew that was not started."""
    _check_signing(call, data)
    async with call.transaction() as tx:
        campaign = await actions.amend(
            tx, call.clock, campaign_id=campaign_id, version=call.expected_version, new=data.campaign()
        )
    return with_etag(shown(campaign), campaign.version)


@get("/", operation_id="listCampaigns", opt=needs("agreements.draft", query=PageQuery))
async def list_campaigns(call: NamedDependency[Call]) -> Response[Page[ListedCampaign]]:
    """List campaigns, newest first."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await store.newest(tx, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=listed)


@get(
    "/{campaign_id:uuid}",
    operation_id="readCampaign",
    opt=needs("agreements.draft", etag=True),
    responses=refusals(CampaignNotFound),
)
async def read_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """Read one campaign."""
    async with call.transaction() as tx:
        campaign = await store.find(tx, campaign_id)
    return unless_seen(call.request, shown(campaign), campaign.version)


@get(
    "/{campaign_id:uuid}/progress",
    operation_id="progressOfCampaign",
    opt=needs("agreements.draft"),
    responses=refusals(CampaignNotFound),
)
async def progress_of_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownProgress:
    """See how far a campaign has come: rows settled and how fast, what failed and why, what became of the offers."""
    async with call.transaction() as tx:
        campaign = await store.find(tx, campaign_id)
        found = await progress.of(tx, campaign_id, call.clock.now())
    return shown_progress(campaign, found)


@get(
    "/{campaign_id:uuid}/rows",
    operation_id="rowsOfCampaign",
    opt=needs("agreements.draft", query=RowsAsked),
    responses=refusals(CampaignNotFound),
)
async def rows_of_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownRow]]:
    """List the tenants of a campaign that was started, by tenancy; `state` narrows it."""
    asked = call.asked(RowsAsked)
    async with call.transaction() as tx:
        await store.find(tx, campaign_id)
        rows = await store.page(tx, campaign_id, state=asked.state, after=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_tenancy, body=shown_row)


@get(
    "/{campaign_id:uuid}/laggards",
    operation_id="laggardsOfCampaign",
    opt=needs("agreements.draft", query=LaggardsAsked),
    responses=refusals(CampaignNotFound),
)
async def laggards_of_campaign(
    campaign_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownLaggard]]:
    """List offers of a campaign that were made so many days ago and that somebody has not signed, oldest first."""
    asked = call.asked(LaggardsAsked)
    by = call.clock.now() - timedelta(days=asked.days)
    async with call.transaction() as tx:
        await store.find(tx, campaign_id)
        rows = await progress.laggards(
            tx, campaign_id, offered_by=by, after=asked.position(LaggardPosition), count=asked.fetch
        )
    return paged(call.request, asked, rows, position=_since, body=shown_laggard)


@get(
    "/{campaign_id:uuid}/dry-run",
    operation_id="dryRunCampaign",
    opt=needs("agreements.draft", query=PageQuery),
    responses=refusals(CampaignNotFound),
)
async def dry_run_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownForeseen]]:
    """See what would happen to every tenant if it were its turn now; nothing is written.

    Of a campaign that was started, only those who are still waiting.
    """
    asked = call.asked(PageQuery)
    seen = asked.position(int) or 0
    async with call.transaction() as tx:
        campaign = await store.find(tx, campaign_id)
        those = (await foreseeing.places(tx, call.clock, campaign))[seen : seen + asked.fetch]
        found = list(enumerate(await foreseeing.foresee(tx, call.clock, campaign, those), start=seen + 1))
    return paged(call.request, asked, found, position=_number, body=_foreseen)


@get(
    "/{campaign_id:uuid}/redline",
    operation_id="redlineOfCampaign",
    opt=needs("agreements.draft", query=RedlineAsked),
    responses=refusals(CampaignNotFound),
)
async def redline_of_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Redlines:
    """See what changes, clause by clause and word by word, for each text that agreements in force are on."""
    _, found = await _redlines(call, campaign_id)
    return found


@get(
    "/{campaign_id:uuid}/redline/page",
    operation_id="redlinePageOfCampaign",
    opt=needs("agreements.draft", query=RedlineAsked),
    media_type=MediaType.HTML,
    responses=refusals(CampaignNotFound),
)
async def redline_page_of_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[str]:
    """See the same as one HTML page, for people: what comes is underlined, what goes is struck through."""
    campaign, found = await _redlines(call, campaign_id)
    return Response(printing.as_page(campaign.name, found.items), media_type=MediaType.HTML, headers=_PAGE_HEADERS)


@post(
    "/{campaign_id:uuid}/start",
    operation_id="startCampaign",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=refusals(CampaignNotFound, CampaignChanged, CampaignMoveNotAllowed, CampaignRefused),
)
async def start_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """Start a campaign: who is in it is settled now, and offers are made from each cohort's day on."""
    return await _move(call, campaign_id, actions.start)


@post(
    "/{campaign_id:uuid}/pause",
    operation_id="pauseCampaign",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=_MOVES,
)
async def pause_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """Hold a campaign up: after the answer no offer is made until it is resumed."""
    return await _move(call, campaign_id, actions.pause)


@post(
    "/{campaign_id:uuid}/resume",
    operation_id="resumeCampaign",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=_MOVES,
)
async def resume_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """Let a campaign go on where it was."""
    return await _move(call, campaign_id, actions.resume)


@post(
    "/{campaign_id:uuid}/cancel",
    operation_id="cancelCampaign",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=_MOVES,
)
async def cancel_campaign(campaign_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownCampaign]:
    """End a campaign for good; offers that were made stand, each can be withdrawn by itself."""
    return await _move(call, campaign_id, actions.cancel)


@post(
    "/{campaign_id:uuid}/retry",
    operation_id="retryCampaign",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=refusals(CampaignNotFound, CampaignChanged, CampaignMoveNotAllowed, CampaignRefused),
)
async def retry_campaign(
    campaign_id: FromPath[UUID], data: JSONBody[Retrying], call: NamedDependency[Call]
) -> Response[ShownCampaign]:
    """Have tenants wait again whose rows failed or were skipped, once the cause is mended."""

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.retry(tx, call.clock, campaign_id=campaign_id, version=version, states=data.states())

    return await once(call, act, answer=_answer)


async def _move(call: Call, campaign_id: UUID, act: Callable[..., Awaitable[Campaign]]) -> Response[ShownCampaign]:
    return await once(
        call,
        lambda tx: act(tx, call.clock, campaign_id=campaign_id, version=call.expected_version),
        answer=_answer,
    )


async def _redlines(call: Call, campaign_id: UUID) -> tuple[Campaign, Redlines]:
    asked = call.asked(RedlineAsked)
    async with call.transaction() as tx:
        campaign = await store.find(tx, campaign_id)
        those = await foreseeing.places(tx, call.clock, campaign)
        texts = await foreseeing.texts(tx, call.clock, campaign, those, asked.language)
    items = await asyncio.to_thread(lambda: tuple(map(shown_redline, texts)))
    return campaign, Redlines(items=items)


def _answer(campaign: Campaign) -> Response[ShownCampaign]:
    return with_etag(shown(campaign), campaign.version)


def _id(summary: Summary) -> UUID:
    return summary.id


def _tenancy(row: Row) -> UUID:
    return row.tenancy_id


def _since(laggard: Laggard) -> LaggardPosition:
    return LaggardPosition(offered_at=laggard.offered_at, tenancy_id=laggard.tenancy_id)


def _number(found: tuple[int, Foreseen]) -> int:
    return found[0]


def _foreseen(found: tuple[int, Foreseen]) -> ShownForeseen:
    return shown_foreseen(found[1])


def _check_signing(call: Call, said: CampaignSaid) -> None:
    if said.sign_with_own_key and _SIGNING not in call.caller.permissions:
        raise PermissionMissing(f"This needs the permission {_SIGNING}.", permission=_SIGNING)


ROUTES: Final = Router(
    path="/campaigns",
    route_handlers=[
        create_campaign, amend_campaign, list_campaigns, read_campaign, progress_of_campaign, rows_of_campaign,
        laggards_of_campaign, dry_run_campaign, redline_of_campaign, redline_page_of_campaign, start_campaign,
        pause_campaign, resume_campaign, cancel_campaign, retry_campaign,
    ],
    tags=["Campaigns"],
)  # fmt: skip
