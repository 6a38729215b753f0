"""The summary of a month at the command line: `disturbances summary`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import BinaryIO, Final

import click
import msgspec

from kanta_tenancy.disturbances.summary import document, reading, table
from kanta_tenancy.disturbances.summary.bodies import shown
from kanta_tenancy.disturbances.summary.counting import Summary
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_FORMATS: Final[Mapping[str, Callable[[Summary], bytes]]] = {
    "csv": table.as_csv,
    "json": lambda made: msgspec.json.encode(shown(made)),
    "docx": document.as_docx,
}


@click.command("summary")
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), metavar="YYYY-MM", help="In Finland.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMATS)),
    default="csv",
    show_default=True,
    help="A spreadsheet, data for a program, or a Word document with charts.",
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
@click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
@click.pass_obj
def summary(
    desk: Desk, *, month: datetime, form: str, out: BinaryIO, language: str, main_connector: str | None
) -> None:
    """Write how the disturbances of a month went: types, times to acknowledge and to tell, late ones, what is left."""
    made = asyncio.run(_summary(desk, main_connector, month, Language(language)))
    out.write(_FORMATS[form](made))


async def _summary(desk: Desk, main_connector: str | None, month: datetime, language: Language) -> Summary:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await reading.of_month(tx, desk.clock, month.date(), language)
