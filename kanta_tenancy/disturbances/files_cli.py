"""What leaves the register as a file, at the command line: `disturbances document|register|proof`."""

import asyncio
from datetime import datetime
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

import click

from kanta_tenancy.disturbances import checking, registering
from kanta_tenancy.disturbances.actions import drawing_up, proving
from kanta_tenancy.disturbances.bodies import register as bodies
from kanta_tenancy.disturbances.register import Period
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.web.files import array_by_pages
from kanta_tenancy.papers import PaperWithContent
from kanta_tenancy.parties import desk_work
from kanta_tenancy.proofs import make_case
from kanta_tenancy.seals.desk_work import SealersDesk

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_OUT: Final = click.option(
    "--out", type=click.File("wb", atomic=True), required=True, metavar="FILE", help="Where to write it."
)


@click.command("document")
@click.argument("duty", type=click.UUID)
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.FINNISH.value,
    show_default=True,
    help="In which it is written.",
)
@_OUT
@_MAIN_CONNECTOR
@click.pass_obj
def document(desk: SealersDesk, *, duty: UUID, language: str, out: BinaryIO, main_connector: str | None) -> None:
    """Draw up the Word document for the addressee of DUTY (its id), sealed by the service, and write it to a file.

    It is kept as it is. While nothing that it says changes, it is the same document.
    """
    made = asyncio.run(_document(desk, main_connector, duty, Language(language)))
    out.write(made.content)
    click.echo(f"{made.title}: SHA-256 {made.sha256}")


@click.command("register")
@click.option("--from", "since", type=_DAY, required=True, metavar="YYYY-MM-DD", help="First day, in Finland.")
@click.option("--until", type=_DAY, metavar="YYYY-MM-DD", help="Last day; today when left out.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@_OUT
@_MAIN_CONNECTOR
@click.pass_obj
def register(
    desk: Desk, *, since: datetime, until: datetime | None, form: str, out: BinaryIO, main_connector: str | None
) -> None:
    """Write the register of disturbances, deviations and maintenance that were reported or planned in a period.

    A line for each, with what it was in law by whose answer, and who was told when. A spreadsheet computes nothing in
    the CSV.
    """
    last = day_in_finland(desk.clock.now()) if until is None else until.date()
    period = checking.period(since.date(), last)
    asyncio.run(_register(desk, main_connector, period, form, out))


@click.command("proof")
@click.argument("disturbance", type=click.UUID)
@_OUT
@_MAIN_CONNECTOR
@click.pass_obj
def proof(desk: SealersDesk, *, disturbance: UUID, out: BinaryIO, main_connector: str | None) -> None:
    """Write everything that proves DISTURBANCE (its id) into one file, sealed by the service.

    `proof verify` checks it without the service. It is refused while the journal's next checkpoint, made each hour, has
    yet to see what was done last: `journal checkpoint` makes one at once.
    """
    out.write(asyncio.run(_proof(desk, main_connector, disturbance)))


async def _proof(desk: SealersDesk, main_connector: str | None, disturbance_id: UUID) -> bytes:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        begin = partial(db.transaction, desk_work.at_desk(desk, of.id))
        made = await make_case(begin, desk.clock, desk.seal_keys(), lambda tx: proving.collect(tx, disturbance_id))
        return made.content


async def _document(
    desk: SealersDesk, main_connector: str | None, duty_id: UUID, language: Language
) -> PaperWithContent:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            made = await drawing_up.draw_up(tx, desk.clock, desk.seal_keys(), duty_id, language)
            return await drawing_up.one(tx, duty_id, made.id)


async def _register(desk: Desk, main_connector: str | None, period: Period, form: str, out: BinaryIO) -> None:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        pages = registering.pages(partial(db.transaction, desk_work.at_desk(desk, of.id)), period)
        async for piece in bodies.as_csv(pages) if form == "csv" else array_by_pages(pages):
            out.write(piece)
