"""Parties at the command line: `keys create|list|revoke` and `organisations import`."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO, Final

import click
import msgspec

from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work
from kanta_tenancy.parties.bodies import made_key, shown_key
from kanta_tenancy.parties.granting import LONGEST_LIFE, USUAL_LIFE
from kanta_tenancy.parties.imports.importing import Imported, import_parties
from kanta_tenancy.parties.imports.rows import LARGEST_FILE, BadRow
from kanta_tenancy.parties.model import MainConnector, Permission

BAD_ROWS: Final = 5  # the exit code of what a rule refuses
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose realm; not needed while there is one main connector only.",
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def keys() -> None:
    """Make, list and revoke access keys."""


@keys.command("create")
@_MAIN_CONNECTOR
@click.option("--organisation", metavar="BUSINESS_ID", help="Who gets the key; the main connector when left out.")
@click.option("--contact", metavar="EMAIL", help="The key belongs to this contact of the organisation …")
@click.option("--system", metavar="NAME", help="… or to the system of this name.")
@click.option(
    "--permission",
    "permissions",
    type=click.Choice([one.value for one in Permission]),
    metavar="NAME",
    multiple=True,
    help="What the key allows, such as agreements.read; say it once for each.",
)
@click.option("--every-permission", is_flag=True, help="Everything that the organisation may be allowed.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_LIFE.days),
    default=USUAL_LIFE.days,
    show_default=True,
    help="How long it opens anything.",
)
@_AS_JSON
@click.pass_obj
def create(
    desk: Desk,
    *,
    main_connector: str | None,
    organisation: str | None,
    contact: str | None,
    system: str | None,
    permissions: Sequence[str],
    every_permission: bool,
    days: int,
    as_json: bool,
) -> None:
    """Make an access key and print it, this once.

    The key alone goes to standard output, all about it to standard error. It is kept nowhere: whoever loses it gets
    another. docs/capabilities/parties.md lists the permissions, and which of them a tenant's key can have.
    """
    if (contact is None) == (system is None):
        raise click.UsageError("Say whose key it is: --contact EMAIL or --system NAME.")
    if bool(permissions) == every_permission:
        raise click.UsageError("Say what it allows: --permission for each permission, or --every-permission.")
    asked = desk_work.KeyAsked(
        main_connector=main_connector,
        organisation=organisation,
        contact=contact,
        system=system,
        permissions=None if every_permission else frozenset(map(Permission, permissions)),
        life=timedelta(days=days),
    )
    key, token = asyncio.run(desk_work.create(desk, asked))
    if as_json:
        click.echo(msgspec.json.encode(made_key(key, token)))
        return
    click.echo(f"Key {key.id} opens until {key.expires_at:%Y-%m-%d %H:%M} UTC: {', '.join(key.permissions)}", err=True)
    click.echo(token.text)


@keys.command("list")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List the keys of a main connector and its tenants, closed ones too.

    Each line: id, state, last day, hour of last use, business id of the organisation, holder, permissions; separated
    by tabs.
    """
    found = asyncio.run(desk_work.listed(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode([shown_key(one.key) for one in found]))
        return
    now = desk.clock.now()
    for one in found:
        key = one.key
        state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "open"
        used = f"{key.last_used_hour:%Y-%m-%dT%H}" if key.last_used_hour else "never"
        last_day, allowed = f"{key.expires_at:%Y-%m-%d}", ",".join(key.permissions)
        holder = f"system {key.system_name}" if one.email is None else f"contact {one.email}"
        click.echo("\t".join((str(key.id), state, last_day, used, one.business_id, holder, allowed)))


@keys.command("revoke")
@click.argument("key")
@click.pass_obj
def revoke(desk: Desk, key: str) -> None:
    """Close KEY for ever: the id of a key, or the key itself when it has leaked.

    It opens nothing from the next request on.
    """
    closed = asyncio.run(desk_work.revoke(desk, key))
    click.echo(f"Key {closed.id} is revoked.", err=True)


@click.group()
def organisations() -> None:
    """Bring in organisations, and list main connectors."""


@organisations.command("main-connectors")
@_AS_JSON
@click.pass_obj
def main_connectors(desk: Desk, *, as_json: bool) -> None:
    """List the main connectors of this database: id, business id, name; separated by tabs.

    The id names the files of a main connector's own signing key (docs/operations/keys.md).
    """
    found = asyncio.run(_main_connectors(desk))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        click.echo(f"{one.id}\t{one.business_id}\t{one.name}")


@organisations.command("import")
@click.argument("file", type=click.File("rb"))
@_MAIN_CONNECTOR
@click.option("--dry-run", is_flag=True, help="Report what would be done and which rows are bad; change nothing.")
@click.option("--accept-good-rows", is_flag=True, help="Take the good rows even though others are bad.")
@_AS_JSON
@click.pass_obj
def import_(
    desk: Desk, *, file: BinaryIO, main_connector: str | None, dry_run: bool, accept_good_rows: bool, as_json: bool
) -> None:
    """Register the organisations of FILE with their tenancies, contacts and Soteri evidence.

    FILE is CSV (UTF-8; semicolons or commas) or JSON; `-` is standard input. docs/capabilities/parties.md tells of
    its fields, docs/examples/organisations.csv is an example. A main connector that is not there yet is made
    from the row whose role is main_connector.

    All rows are taken, or none: every bad row is reported with its line, field and reason, and the exit code is 5.
    What is there already is left as it is, so the same file can be brought in again.
    """
    done = asyncio.run(_import(desk, file, main_connector, dry_run=dry_run, accept_good_rows=accept_good_rows))
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        _tell(done, dry_run=dry_run)
    if done.bad_rows:
        click.get_current_context().exit(BAD_ROWS)


async def _main_connectors(desk: Desk) -> list[MainConnector]:
    async with desk.database() as db:
        return await desk_work.realms(db)


async def _import(
    desk: Desk, file: BinaryIO, main_connector: str | None, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    content = file.read(LARGEST_FILE + 1)
    async with desk.database() as db:
        return await import_parties(
            db,
            desk.clock,
            desk.operator,
            content,
            main_connector=main_connector,
            dry_run=dry_run,
            accept_good_rows=accept_good_rows,
        )


def _tell(done: Imported, *, dry_run: bool) -> None:
    for kind, rows in (("bad", done.bad_rows), ("odd", done.warnings)):
        for row in rows:
            click.echo(f"{_where(row)}: {kind}: {row.reason}")
    did = "Taken" if done.changed else "Would be taken" if dry_run else "Nothing was changed. Good rows"
    click.echo(
        f"{did}: {done.organisations} organisations, {done.tenancies} tenancies, {done.contacts} contacts,"
        f" {done.evidence} Soteri entries; {done.already_there} were there already."
    )


def _where(row: BadRow) -> str:
    number = "" if row.row == row.line else f", organisation {row.row}"
    return f"line {row.line}{number}{f', {row.field}' if row.field else ''}"
