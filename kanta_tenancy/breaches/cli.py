"""The registers of breaches at the command line: `breaches list|show|export|document|proof`."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy import parties
from kanta_tenancy.breaches import checking, reading
from kanta_tenancy.breaches.actions import drawing_up, proving
from kanta_tenancy.breaches.actions.keeping import standing
from kanta_tenancy.breaches.bodies.breaches import ShownBreach, shown
from kanta_tenancy.breaches.bodies.register import as_csv
from kanta_tenancy.breaches.bodies.reports import listed
from kanta_tenancy.breaches.checking import Period
from kanta_tenancy.breaches.duties import DutyState
from kanta_tenancy.breaches.model import Addressee, Breach
from kanta_tenancy.breaches.register import written
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.web.files import array_by_pages
from kanta_tenancy.papers import PaperWithContent
from kanta_tenancy.parties import TenancyNotFound, desk_work
from kanta_tenancy.proofs import make_case
from kanta_tenancy.seals.desk_work import SealersDesk

OVERDUE: Final = 3
_PAGE: Final = 200
_OURS: Final = "main connector"
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose realm; not needed while there is one main connector only."
)
_TENANT: Final = click.option(
    "--tenant", metavar="BUSINESS_ID", help="This tenant's register; the main connector's own when left out."
)
_OUT: Final = click.option(
    "--out", type=click.File("wb", atomic=True), required=True, metavar="FILE", help="Where to write it."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class Named(Record, frozen=True, kw_only=True):
    """A breach with whose register it stands in."""

    breach: Breach
    holder: str


@click.group()
def breaches() -> None:
    """Look into the registers of personal data breaches, and write them out for the authority."""


@breaches.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that were dismissed or closed too.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_context
def list_(context: click.Context, *, everything: bool, main_connector: str | None, as_json: bool) -> None:
    """List open breaches of the realm, newest first.

    Each line: state, until when the Data Protection Ombudsman is to be notified (in Finland), risk, whose register,
    title, id; separated by tabs. A dash where there is nothing.

    Ends with 3 when one of them is overdue, else with 0.
    """
    desk: Desk = context.obj
    found = asyncio.run(_list(desk, main_connector, only_open=not everything))
    if as_json:
        click.echo(msgspec.json.encode([listed(one.breach) for one in found]))
    else:
        for one in found:
            due, risk = _local(one.breach.authority_due_at), one.breach.risk or "-"
            click.echo("\t".join((one.breach.state, due, risk, one.holder, one.breach.title, str(one.breach.id))))
    now = desk.clock.now()
    if any(one.breach.authority_due_at is not None and one.breach.authority_due_at < now for one in found):
        context.exit(OVERDUE)


@breaches.command("show")
@click.argument("breach_id", type=click.UUID, metavar="ID")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, breach_id: UUID, main_connector: str | None, as_json: bool) -> None:
    """Show the breach of an ID: whose it is, the 72 hours, what it asks, what is known, and all that was said of it.

    Each line begins with what it is of. breach: state, part, title. controller: register, controllers, contact point,
    law, how sure that is. clock: aware at, deadline, what Regulation 1182/71 might add (information only). duty: its
    name, state, due at. item: its name, whether the authority was told, text. entry: number, when, by whom, what.
    Separated by tabs; times are those of Finland.
    """
    body = asyncio.run(_show(desk, main_connector, breach_id))
    if as_json:
        click.echo(msgspec.json.encode(body))
        return
    for line in _lines(body):
        click.echo("\t".join(line))


@breaches.command("export")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="YYYY-MM-DD", help="First day."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Last day; today when left out.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@_TENANT
@_MAIN_CONNECTOR
@click.pass_obj
def export(
    desk: Desk, *, since: datetime, until: datetime | None, form: str, tenant: str | None, main_connector: str | None
) -> None:
    """Write a register to standard output: every breach and suspicion found in a period, notified or not."""
    last = day_in_finland(desk.clock.now()) if until is None else until.date()
    period = checking.period(since.date(), last)
    asyncio.run(_export(desk, main_connector, tenant, period, form))


@breaches.command("document")
@click.argument("breach_id", type=click.UUID, metavar="ID")
@click.option("--to", "addressee", type=click.Choice([one.value for one in Addressee]), required=True, help="For whom.")
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.FINNISH.value,
    show_default=True,
    help="In which it is written.",
)
@click.option("--late-because", help="Why the authority is told after the 72 hours.")
@_OUT
@_MAIN_CONNECTOR
@click.pass_obj
def document(
    desk: SealersDesk,
    *,
    breach_id: UUID,
    addressee: str,
    language: str,
    late_because: str | None,
    out: BinaryIO,
    main_connector: str | None,
) -> None:
    """Draw up the Word document by which an addressee is told of the breach of an ID, sealed by the service.

    It is kept as it is. While nothing else was said of the breach, it is the same document. That somebody was told is
    still to be put down.
    """
    told = {"to": Addressee(addressee), "language": Language(language), "late_because": late_because}
    made = asyncio.run(_document(desk, main_connector, breach_id, told))
    out.write(made.content)
    click.echo(f"{made.title}: SHA-256 {made.sha256}")


@breaches.command("proof")
@click.argument("breach_id", type=click.UUID, metavar="ID")
@_OUT
@_MAIN_CONNECTOR
@click.pass_obj
def proof(desk: SealersDesk, *, breach_id: UUID, out: BinaryIO, main_connector: str | None) -> None:
    """Write everything that proves the breach of an ID into one file, sealed by the service.

    `proof verify` checks it without the service. It is refused while the journal's next checkpoint, made each hour, has
    yet to see what was done last: `journal checkpoint` makes one at once.
    """
    out.write(asyncio.run(_proof(desk, main_connector, breach_id)))


async def _document(
    desk: SealersDesk, main_connector: str | None, breach_id: UUID, told: dict[str, Any]
) -> PaperWithContent:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            made = await drawing_up.draw_up(tx, desk.clock, desk.seal_keys(), breach_id, **told)
            return await drawing_up.one(tx, breach_id, made.id)


async def _proof(desk: SealersDesk, main_connector: str | None, breach_id: UUID) -> bytes:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        begin = partial(db.transaction, desk_work.at_desk(desk, realm.id))
        made = await make_case(begin, desk.clock, desk.seal_keys(), lambda tx: proving.collect(tx, breach_id))
        return made.content


async def _list(desk: Desk, main_connector: str | None, *, only_open: bool) -> list[Named]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found: list[Breach] = []
            before: UUID | None = None
            while page := await reading.newest(tx, only_open=only_open, before=before, count=_PAGE):
                found += page
                before = page[-1].id
            return await _named(tx, found, desk)


async def _named(tx: Transaction, found: list[Breach], desk: Desk) -> list[Named]:
    held = {one.tenancy_id for one in found if one.tenancy_id is not None}
    tenants = await parties.tenants_on(tx, held, day_in_finland(desk.clock.now()))
    return [
        Named(breach=one, holder=_OURS if one.tenancy_id is None else tenants[one.tenancy_id].name) for one in found
    ]


async def _show(desk: Desk, main_connector: str | None, breach_id: UUID) -> ShownBreach:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            whole = await reading.whole(tx, breach_id)
            return shown(standing(whole.breach, whole.entries))


async def _export(desk: Desk, main_connector: str | None, tenant: str | None, period: Period, form: str) -> None:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        begin = partial(db.transaction, desk_work.at_desk(desk, realm.id))
        async with begin() as tx:
            whose = await _tenancy(tx, tenant)
        pages = reading.register(begin, whose, period)
        async for piece in as_csv(pages) if form == "csv" else array_by_pages(pages):
            click.echo(piece, nl=False)


async def _tenancy(tx: Transaction, business_id: str | None) -> TenancyId | None:
    if business_id is None:
        return None
    found = await parties.with_business_ids(tx, [business_id])
    for one in found:
        if one.tenancy_id is not None:
            return one.tenancy_id
    raise TenancyNotFound("no tenant has that business id")


def _lines(body: ShownBreach) -> Iterator[tuple[str, ...]]:
    yield "breach", body.state, body.part, body.title
    for one in body.controllerships:
        who = ", ".join(written(party) for party in one.controllers)
        yield "controller", one.register, who, written(one.contact_point), one.law, one.certainty
    if body.clock is not None:
        clock = body.clock
        yield "clock", _local(clock.aware_at), _local(clock.deadline), _local(clock.later_reading), clock.ground
    for duty in body.duties:
        if duty.state is not DutyState.NOT_NEEDED:
            yield "duty", duty.kind, duty.state, _local(duty.due_at)
    for item in body.content:
        yield "item", item.item, "told" if item.told else "not told", _flat(item.text)
    for entry in body.entries:
        said = str(entry.said.__struct_config__.tag)
        yield "entry", str(entry.number), _local(entry.said_at), entry.said_by, said


def _local(instant: datetime | None) -> str:
    return "-" if instant is None else instant.astimezone(HELSINKI).isoformat(timespec="minutes")


def _flat(text: str | None) -> str:
    return "-" if text is None else " ".join(text.split())
