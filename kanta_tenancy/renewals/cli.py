"""Renewal requests at the command line: `renewals list|show|report`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy import parties
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import TenancyNotFound, desk_work
from kanta_tenancy.renewals import reading, report_csv, report_document, reporting
from kanta_tenancy.renewals.bodies import reports
from kanta_tenancy.renewals.bodies import requests as bodies
from kanta_tenancy.renewals.bodies.requests import ShownWhole
from kanta_tenancy.renewals.model import Position, Request, State
from kanta_tenancy.renewals.report import Report

_PAGE: Final = 200
_CLOSED: Final = (State.REJECTED, State.RETURNED, State.LAPSED)
_FORMATS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "csv": report_csv.as_csv,
    "json": lambda report: msgspec.json.encode(reports.shown(report)),
    "docx": report_document.as_docx,
}
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_TENANT: Final = click.option("--tenant", metavar="BUSINESS_ID", help="Of this tenant; of all when left out.")
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def renewals() -> None:
    """Look after prescription renewal requests, and report a month of them."""


@renewals.command("list")
@click.option(
    "--state", type=click.Choice([one.value for one in _CLOSED]), help="Those of one outcome; open ones when left out."
)
@_TENANT
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(desk: Desk, *, state: str | None, tenant: str | None, main_connector: str | None, as_json: bool) -> None:
    """List open requests, what lapses first before the rest, or those of one outcome, oldest first.

    Each line: hours left (a dash when it is closed), state, whose it is, ground, when it lapses, id; separated by tabs.
    """
    found = asyncio.run(_list(desk, main_connector, tenant, None if state is None else State(state)))
    now = desk.clock.now()
    shown = [bodies.shown(one, now) for one in found]
    if as_json:
        click.echo(msgspec.json.encode(shown))
        return
    for one in shown:
        left = "-" if one.hours_left is None else str(one.hours_left)
        ground = "-" if one.ground is None else one.ground.value
        click.echo("\t".join((left, one.state, one.party, ground, one.lapses_at.isoformat(), str(one.id))))


@renewals.command("show")
@click.argument("request", type=click.UUID)
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, request: UUID, main_connector: str | None, as_json: bool) -> None:
    """Show REQUEST, by its id: why it is where it is, and what happened.

    Each line begins with what it is of. request: its state, whose it is, when it lapses. why: a sentence. step: when,
    what, hours of a warning. duty: who is to tell the patient, by when, when that was done. Separated by tabs.
    """
    found = asyncio.run(_show(desk, main_connector, request))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for line in _lines(found):
        click.echo("\t".join(line))


@renewals.command("report")
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), metavar="YYYY-MM", help="In Finland.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMATS)),
    default="csv",
    show_default=True,
    help="A spreadsheet, data for a program, or a Word document with a chart.",
)
@click.option(
    "--out", type=click.File("wb", atomic=True), default="-", metavar="FILE", help="Standard output when left out."
)
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.FINNISH.value,
    show_default=True,
    help="Of the document.",
)
@_TENANT
@_MAIN_CONNECTOR
@click.pass_obj
def report(
    desk: Desk,
    *,
    month: datetime,
    form: str,
    out: BinaryIO,
    language: str,
    tenant: str | None,
    main_connector: str | None,
) -> None:
    """Write how the requests went that were closed in a month: outcomes, time to the answer, lapses, hand-overs."""
    made = asyncio.run(_report(desk, main_connector, tenant, month, Language(language)))
    out.write(_FORMATS[form](made))


async def _list(desk: Desk, main_connector: str | None, tenant: str | None, state: State | None) -> list[Request]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            tenancy_id = await _tenancy(tx, tenant)
            found: list[Request] = []
            after: Position | None = None
            while page := await _page(tx, tenancy_id, state, after):
                found += page
                last = page[-1]
                after = Position(at=last.lapses_at if last.is_open else last.closed_at or last.lapses_at, id=last.id)
            return found


async def _page(
    tx: Transaction, tenancy_id: TenancyId | None, state: State | None, after: Position | None
) -> list[Request]:
    if state is not None:
        return await reading.closed_requests(tx, state, tenancy_id=tenancy_id, after=after, count=_PAGE)
    return await reading.open_requests(tx, reading.Wanted(tenancy_id=tenancy_id), after=after, count=_PAGE)


async def _show(desk: Desk, main_connector: str | None, request_id: UUID) -> ShownWhole:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return bodies.whole(await reading.whole(tx, request_id), desk.clock.now())


async def _report(
    desk: Desk, main_connector: str | None, tenant: str | None, month: datetime, language: Language
) -> Report:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            tenancy_id = await _tenancy(tx, tenant)
            return await reporting.of_month(tx, desk.clock, month.date(), language, tenancy_id=tenancy_id)


async def _tenancy(tx: Transaction, business_id: str | None) -> TenancyId | None:
    if business_id is None:
        return None
    for one in await parties.with_business_ids(tx, [business_id]):
        if one.tenancy_id is not None:
            return one.tenancy_id
    raise TenancyNotFound("no tenant has that business id")


def _lines(found: ShownWhole) -> Iterator[tuple[str, ...]]:
    yield "request", found.state, found.party, found.lapses_at.isoformat()
    for step in found.explanation.steps:
        yield "why", step.en
    if found.afterwards is not None:
        yield "why", found.afterwards.en
    for step_ in found.steps:
        yield "step", step_.at.isoformat(), step_.done, "-" if step_.hours is None else str(step_.hours)
    if found.duty is not None:
        told = "-" if found.duty.told_at is None else found.duty.told_at.isoformat()
        yield "duty", found.duty.owed_by, found.duty.due_at.isoformat(), told
