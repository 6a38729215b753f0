"""Campaigns at the command line: `campaigns create|amend|list|show|dry-run|start|pause|resume|cancel|retry`."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.agreements.campaigns import actions, foreseeing, printing, progress, store
from kanta_tenancy.agreements.campaigns.bodies import (
    CampaignSaid,
    Retrying,
    ShownForeseen,
    listed,
    shown,
    shown_foreseen,
    shown_laggard,
    shown_progress,
    shown_redline,
    shown_row,
)
from kanta_tenancy.agreements.campaigns.errors import CampaignRefused
from kanta_tenancy.agreements.campaigns.foreseeing import Texts
from kanta_tenancy.agreements.campaigns.model import Campaign, Place, Row, RowState
from kanta_tenancy.agreements.campaigns.progress import Laggard, LaggardPosition, Progress
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_PAGE: Final = 500
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose campaigns; not needed while there is one main connector only.",
)
_CAMPAIGN: Final = click.argument("campaign", type=click.UUID, metavar="ID")
_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of text.")


@click.group()
def campaigns() -> None:
    """Bring a new model agreement to many tenants."""


@campaigns.command("create")
@click.argument("file", type=click.File("rb"), metavar="FILE.json")
@_MAIN_CONNECTOR
@click.pass_obj
def create_(desk: Desk, *, file: BinaryIO, main_connector: str | None) -> None:
    """Put down a campaign; nothing is offered before it is started.

    FILE.json is the body of POST /v1/campaigns: docs/capabilities/campaigns.md has an example. `-` is standard input.
    """
    said = _said(file)

    async def make(tx: Transaction) -> Campaign:
        return await actions.create(tx, desk.clock, said.campaign())

    campaign = asyncio.run(_do(desk, main_connector, make))
    click.echo(f"{campaign.id}\t{campaign.status}\t{campaign.name}")


@campaigns.command("amend")
@_CAMPAIGN
@click.argument("file", type=click.File("rb"), metavar="FILE.json")
@_MAIN_CONNECTOR
@click.pass_obj
def amend_(desk: Desk, *, campaign: UUID, file: BinaryIO, main_connector: str | None) -> None:
    """Write a campaign anew that was not started. FILE.json says all of it, as for `create`."""
    _move(desk, main_connector, campaign, actions.amend, new=_said(file).campaign())


@campaigns.command("list")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def list_(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List campaigns, newest first.

    Each line: id, status, model, its version, name; separated by tabs.
    """

    async def read(tx: Transaction) -> list[store.Summary]:
        found: list[store.Summary] = []
        while page := await store.newest(tx, before=found[-1].id if found else None, count=_PAGE):
            found += page
        return found

    for one in asyncio.run(_do(desk, main_connector, read)):
        line = "\t".join((str(one.id), one.status, one.model, one.model_version, one.name))
        click.echo(msgspec.json.encode(listed(one)) if as_json else line)


@campaigns.command("show")
@_CAMPAIGN
@click.option("--laggards", type=click.IntRange(0), metavar="DAYS", help="Also offers not signed for so many days.")
@click.option("--failures", is_flag=True, help="Also every tenant that failed or was skipped, and why.")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def show(
    desk: Desk, *, campaign: UUID, laggards: int | None, failures: bool, main_connector: str | None, as_json: bool
) -> None:
    """Show how far a campaign has come: how many rows are in which state and why, how fast, what became of offers.

    With --laggards each offer that somebody has not signed in so many days, with --failures each tenant without one.
    """

    async def read(tx: Transaction) -> tuple[Campaign, Progress, list[Laggard], list[Row]]:
        found = await store.find(tx, campaign)
        counted = await progress.of(tx, campaign, desk.clock.now())
        late = [] if laggards is None else await _laggards(tx, desk, campaign, laggards)
        return found, counted, late, await _without(tx, campaign) if failures else []

    found, counted, late, without = asyncio.run(_do(desk, main_connector, read))
    if as_json:
        for body in (
            shown(found), shown_progress(found, counted), *map(shown_laggard, late), *map(shown_row, without)
        ):  # fmt: skip
            click.echo(msgspec.json.encode(body))
        return
    for line in _told(found, counted):
        click.echo(line)
    for one in late:
        who = "tenant" if one.tenant_owes else "main_connector"
        click.echo(f"laggard\t{one.tenancy_id}\t{one.reference}\t{one.offered_at:%Y-%m-%d}\t{who}")
    for row in without:
        click.echo(f"{row.state}\t{row.tenancy_id}\t{row.reason}\t{row.detail or ''}".rstrip("\t"))


@campaigns.command("dry-run")
@_CAMPAIGN
@click.option("--redline", type=click.Choice(["text", "json"]), help="Also print what changes in the texts.")
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.html", help="Write it as a page."
)
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def dry_run(
    desk: Desk, *, campaign: UUID, redline: str | None, page: Path | None, main_connector: str | None, as_json: bool
) -> None:
    """Show what would happen to every tenant if it were its turn now; nothing is written to the database.

    Each line: tenancy, cohort, day, offered or skipped, and for what reasons; then how many of each. With --redline or
    --page also what changes, clause by clause, for each text that agreements in force are on.
    """

    async def read(tx: Transaction) -> tuple[Campaign, list[ShownForeseen], list[Texts]]:
        found = await store.find(tx, campaign)
        those = await foreseeing.places(tx, desk.clock, found)
        wanted = redline is not None or page is not None
        texts = await foreseeing.texts(tx, desk.clock, found, those) if wanted else []
        return found, await _foreseen(tx, desk, found, those), texts

    found, foreseen, texts = asyncio.run(_do(desk, main_connector, read))
    for one in foreseen:
        reasons = ", ".join(obstacle.reason for obstacle in one.obstacles)
        line = f"{one.tenancy_id}\t{one.cohort}\t{one.starts_on}\t{one.outcome}\t{reasons}".rstrip("\t")
        click.echo(msgspec.json.encode(one) if as_json else line)
    if not as_json:
        for reason, count in _sums(foreseen):
            click.echo(f"{count}\t{reason}")
    redlines = [shown_redline(one) for one in texts]
    if redline is not None:
        for shown_one in redlines:
            click.echo(msgspec.json.encode(shown_one) if redline == "json" else printing.as_text(shown_one))
    if page is not None:
        page.write_text(printing.as_page(found.name, redlines), "utf-8")


@campaigns.command("start")
@_CAMPAIGN
@_MAIN_CONNECTOR
@click.pass_obj
def start(desk: Desk, *, campaign: UUID, main_connector: str | None) -> None:
    """Start a campaign: who is in it is settled now, and offers are made from each cohort's day on.

    The offers themselves are made by instances of `serve` and `work`.
    """
    _move(desk, main_connector, campaign, actions.start)


@campaigns.command("pause")
@_CAMPAIGN
@_MAIN_CONNECTOR
@click.pass_obj
def pause(desk: Desk, *, campaign: UUID, main_connector: str | None) -> None:
    """Hold a campaign up: no offer is made until it is resumed."""
    _move(desk, main_connector, campaign, actions.pause)


@campaigns.command("resume")
@_CAMPAIGN
@_MAIN_CONNECTOR
@click.pass_obj
def resume(desk: Desk, *, campaign: UUID, main_connector: str | None) -> None:
    """Let a campaign go on where it was."""
    _move(desk, main_connector, campaign, actions.resume)


@campaigns.command("cancel")
@_CAMPAIGN
@_MAIN_CONNECTOR
@click.pass_obj
def cancel(desk: Desk, *, campaign: UUID, main_connector: str | None) -> None:
    """End a campaign for good; offers that were made stand."""
    _move(desk, main_connector, campaign, actions.cancel)


@campaigns.command("retry")
@_CAMPAIGN
@click.option("--skipped", is_flag=True, help="Also those that a rule skipped, not only those that failed.")
@_MAIN_CONNECTOR
@click.pass_obj
def retry(desk: Desk, *, campaign: UUID, skipped: bool, main_connector: str | None) -> None:
    """Have tenants wait again whose rows failed, once the cause is mended."""
    _move(desk, main_connector, campaign, actions.retry, states=Retrying(skipped=skipped).states())


def _said(file: BinaryIO) -> CampaignSaid:
    try:
        return msgspec.json.decode(file.read(), type=CampaignSaid)
    except msgspec.DecodeError as why:
        raise CampaignRefused(f"the file is no campaign: {why}") from why


def _move(
    desk: Desk, main_connector: str | None, campaign_id: UUID, act: Callable[..., Awaitable[Campaign]], **said: Any
) -> None:
    async def move(tx: Transaction) -> Campaign:
        seen = await store.find(tx, campaign_id)
        return await act(tx, desk.clock, campaign_id=campaign_id, version=seen.version, **said)

    moved = asyncio.run(_do(desk, main_connector, move))
    click.echo(f"{moved.name} is {moved.status}.")


async def _do(desk: Desk, main_connector: str | None, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
    async with _realm(desk, main_connector) as tx:
        return await work(tx)


@asynccontextmanager
async def _realm(desk: Desk, main_connector: str | None) -> AsyncGenerator[Transaction]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            yield tx


async def _foreseen(tx: Transaction, desk: Desk, campaign: Campaign, those: Sequence[Place]) -> list[ShownForeseen]:
    found: list[ShownForeseen] = []
    for at in range(0, len(those), _PAGE):
        page = await foreseeing.foresee(tx, desk.clock, campaign, those[at : at + _PAGE])
        found += map(shown_foreseen, page)
    return found


async def _laggards(tx: Transaction, desk: Desk, campaign_id: UUID, days: int) -> list[Laggard]:
    by = desk.clock.now() - timedelta(days=days)
    found: list[Laggard] = []
    after: LaggardPosition | None = None
    while page := await progress.laggards(tx, campaign_id, offered_by=by, after=after, count=_PAGE):
        found += page
        after = LaggardPosition(offered_at=page[-1].offered_at, tenancy_id=page[-1].tenancy_id)
    return found


async def _without(tx: Transaction, campaign_id: UUID) -> list[Row]:
    found: list[Row] = []
    for state in (RowState.FAILED, RowState.SKIPPED):
        after: UUID | None = None
        while page := await store.page(tx, campaign_id, state=state, after=after, count=_PAGE):
            found += page
            after = page[-1].tenancy_id
    return found


def _told(campaign: Campaign, counted: Progress) -> list[str]:
    left = "" if counted.seconds_left is None else f", {counted.seconds_left} s left for those whose day has come"
    return [
        f"{campaign.name}: {campaign.status}, {campaign.model} {campaign.model_version}",
        f"{counted.settled} of {counted.rows} rows settled, {counted.lately} in the last minute{left}",
        *(f"{one.rows}\t{one.state}\t{one.reason or ''}".rstrip("\t") for one in counted.states),
        *(f"cohort {one.cohort}\t{one.settled} of {one.rows}\tfrom {one.starts_on}" for one in counted.cohorts),
        *(f"offers {one.status}\t{one.rows}" for one in counted.offers),
    ]


def _sums(foreseen: Sequence[ShownForeseen]) -> list[tuple[str, int]]:
    """Count those who get an offer, and the others by what stands in the way first."""
    return Counter(one.obstacles[0].reason.value if one.obstacles else "offered" for one in foreseen).most_common()
