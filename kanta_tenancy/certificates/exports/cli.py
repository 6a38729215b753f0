"""The inventory at the command line: `certificates export`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import BinaryIO, Final

import click

from kanta_tenancy.certificates.exports import reading
from kanta_tenancy.certificates.exports.reading import Transactions
from kanta_tenancy.certificates.exports.tables import AsCsv, AsJson, Form
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_TABLES: Final[Mapping[str, Form]] = {"csv": AsCsv(), "json": AsJson()}


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_TABLES, "prometheus"]),
    default="csv",
    show_default=True,
    help="A spreadsheet, data for a program, or figures for the text files of a node exporter.",
)
@click.option(
    "--state",
    type=click.Choice([one.value for one in State]),
    help="Only those in this state; figures are of those in use.",
)
@click.option(
    "--out", type=click.File("wb", atomic=True), default="-", metavar="FILE", help="Standard output when left out."
)
@click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
@click.pass_obj
def export(desk: Desk, *, form: str, state: str | None, out: BinaryIO, main_connector: str | None) -> None:
    """Write the inventory of certificates, with where each is used today and who answers for it.

    The CSV is made for spreadsheets: UTF-8 with a byte order mark, commas, no cell that a spreadsheet could compute.
    """
    asyncio.run(_export(desk, main_connector, form, state, out))


async def _export(desk: Desk, main_connector: str | None, form: str, state: str | None, out: BinaryIO) -> None:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        transactions = partial(db.transaction, desk_work.at_desk(desk, realm.id))
        async for piece in _pieces(desk, transactions, form, state):
            out.write(piece)


def _pieces(desk: Desk, transactions: Transactions, form: str, state: str | None) -> AsyncIterator[bytes]:
    if form not in _TABLES:
        return reading.metrics(transactions)
    states = tuple(State) if state is None else (State(state),)
    today = day_in_finland(desk.clock.now())
    return reading.table(transactions, _TABLES[form], states, today, people=True)
