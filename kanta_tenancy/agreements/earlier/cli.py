"""Agreements that were signed before this system, at the command line: `agreements import`."""

import asyncio
from typing import BinaryIO, Final

import click
import msgspec

from kanta_tenancy.agreements.earlier.imports.importing import Imported, import_agreements
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import LARGEST_FILE, desk_work

BAD_ROWS: Final = 5  # the exit code of what a rule refuses


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose realm; not needed while there is one main connector only.",
)
@click.option("--dry-run", is_flag=True, help="Report what would be done and which rows are bad; change nothing.")
@click.option("--accept-good-rows", is_flag=True, help="Take the good rows even though others are bad.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def import_earlier(
    desk: Desk, *, file: BinaryIO, main_connector: str | None, dry_run: bool, accept_good_rows: bool, as_json: bool
) -> None:
    """Bring in the agreements of FILE, which both parties have signed elsewhere, with their dates.

    FILE is CSV (UTF-8; semicolons or commas) or a JSON array; `-` is standard input. docs/capabilities/agreements.md
    tells of its fields, docs/examples/agreements.csv is an example. The tenants must be there already. Each agreement
    is in force from its day, and is ended and replaced like any other. Its scan is added over the API.

    All rows are taken, or none: every bad row is reported with its line, field and reason, and the exit code is 5.
    An agreement that is there already is left as it is, so the same file can be brought in again.
    """
    content = file.read(LARGEST_FILE + 1)
    done = asyncio.run(
        _import_earlier(desk, main_connector, content, dry_run=dry_run, accept_good_rows=accept_good_rows)
    )
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        for row in done.bad_rows:
            number = "" if row.row == row.line else f", agreement {row.row}"
            click.echo(f"line {row.line}{number}{f', {row.field}' if row.field else ''}: bad: {row.reason}")
        did = "Taken" if done.changed else "Would be taken" if dry_run else "Nothing was changed. Good rows"
        click.echo(f"{did}: {done.agreements} agreements; {done.already_there} were there already.")
    if done.bad_rows:
        click.get_current_context().exit(BAD_ROWS)


async def _import_earlier(
    desk: Desk, main_connector: str | None, content: bytes, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await import_agreements(tx, desk.clock, content, dry_run=dry_run, accept_good_rows=accept_good_rows)
