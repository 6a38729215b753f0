"""The inventory at the command line: `certificates import|list`."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
import msgspec

from kanta_tenancy.certificates.inventory import importing, kinds, reading
from kanta_tenancy.certificates.inventory.bodies.certificates import KeptCertificate, kept
from kanta_tenancy.certificates.inventory.importing import Gathered, Imported
from kanta_tenancy.certificates.inventory.model import (
    Certificate,
    CertificatePosition,
    SourceKind,
    SourceNamed,
    State,
    Wanted,
)
from kanta_tenancy.certificates.looking.cli import password_options
from kanta_tenancy.kernel.calendar import day_in_finland, last_day, start_of_day
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work
from kanta_tenancy.systems import SystemNotFound
from kanta_tenancy.systems import reading as systems

UNREADABLE: Final = 4
_PAGE: Final = 200
_LONGEST_NAME: Final = 200
_DAYS: Final = re.compile(r"([0-9]{1,5})d?")
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_ABOUT_IMPORT: Final = """\b
Exit codes:
  0  all was read and taken
  2  wrong usage
  4  something could not be read, or there is no certificate; what could be read was taken
  5  refused
  6  no database
"""


def _days(_context: click.Context, _option: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = _DAYS.fullmatch(value)
    if found is None:
        raise click.BadParameter("a number of days is expected, such as 60d")
    return timedelta(days=int(found[1]))


@click.command("import", epilog=_ABOUT_IMPORT)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--source", "name", metavar="NAME", help="Call all of PATH one source; else each PATH is one by itself.")
@click.option("--every", type=click.IntRange(1, 8760), metavar="HOURS", help="Promise to import it again and again.")
@password_options
@_MAIN_CONNECTOR
@click.option("--dry-run", is_flag=True, help="Tell what would be done; change nothing.")
@_AS_JSON
@click.pass_context
def import_(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    *,
    name: str | None,
    every: int | None,
    password: bytes | None,
    main_connector: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring the certificates in PATH into the inventory: files, folders, or zips of them.

    PEM, DER, PKCS#7 and PKCS#12 are read. A container is opened on this machine, and only its certificates leave it;
    private keys are told of by the name of their file, and never kept.

    An import replaces what its source had: a certificate that is no longer there is no longer there in the inventory
    either, and stays known. A source that cannot be read keeps what it had. The same can be imported again at any time,
    also after an interruption.
    """
    desk: Desk = context.obj
    gathered = list(_gathered(paths, name, every, password))
    done = asyncio.run(_import(desk, main_connector, gathered, dry_run=dry_run))
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        for one in done:
            click.echo(_told(one, dry_run=dry_run))
    for of in gathered:
        _tell_beside(of)
    for left in (left for one in done for left in one.left_out):
        click.echo(f"{left.place}: {left.why}.", err=True)
    if any(one.trouble is not None or one.left_out for one in done):
        context.exit(UNREADABLE)


@click.command("list")
@click.option("--expiring", callback=_days, metavar="DAYS", help="Those with so many days left at most, such as 60d.")
@click.option("--kind", type=click.Choice(tuple(kinds.kinds())), help="Of this kind alone.")
@click.option("--state", type=click.Choice([one.value for one in State]), default=State.IN_USE.value, show_default=True)
@click.option("--system", metavar="NAME", help="Used on this system, by its name.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(
    desk: Desk,
    *,
    expiring: timedelta | None,
    kind: str | None,
    state: str,
    system: str | None,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """List the certificates of the inventory by their end; those that have ended come first, the unreadable last.

    Each line: the last day, in Finland, the days left to it, kind, name, issuer, id; separated by tabs; a dash where
    there is nothing.
    """
    now = desk.clock.now()
    before = None if expiring is None else start_of_day(day_in_finland(now) + expiring + timedelta(days=1))
    wanted = Wanted(state=State(state), kind=kind, ending_before=before)
    found = [kept(one, now) for one in asyncio.run(_list(desk, main_connector, wanted, system))]
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        click.echo("\t".join(_line(one)))


def _gathered(
    paths: tuple[Path, ...], name: str | None, every: int | None, password: bytes | None
) -> Iterator[Gathered]:
    sources = {name: paths} if name is not None else {str(path.absolute()): (path,) for path in paths}
    for called, of in sources.items():
        source = SourceNamed(kind=SourceKind.IMPORT, name=called[-_LONGEST_NAME:], read_every_hours=every)
        yield importing.gather(of, password, source)


async def _import(desk: Desk, main_connector: str | None, gathered: list[Gathered], *, dry_run: bool) -> list[Imported]:
    async with desk.database() as db:
        caller = desk_work.at_desk(desk, (await desk_work.realm(db, main_connector)).id)
        return [await importing.import_source(db, caller, desk.clock, one, dry_run=dry_run) for one in gathered]


async def _list(desk: Desk, main_connector: str | None, wanted: Wanted, system: str | None) -> list[Certificate]:
    async with desk.database() as db:
        caller = desk_work.at_desk(desk, (await desk_work.realm(db, main_connector)).id)
        today = day_in_finland(desk.clock.now())
        found: list[Certificate] = []
        async with db.transaction(caller) as tx:
            if system is not None:
                system_id = await systems.named(tx, system)
                if system_id is None:
                    raise SystemNotFound("no information system has that name")
                wanted = msgspec.structs.replace(wanted, system_id=system_id)
            after: CertificatePosition | None = None
            while page := await reading.listed(tx, wanted, today=today, after=after, count=_PAGE):
                found += page
                after = CertificatePosition(not_after=page[-1].not_after, id=page[-1].id)
        return found


def _told(done: Imported, *, dry_run: bool) -> str:
    did = "would be taken" if dry_run else "taken"
    told = (
        f"{done.source}: {did}: {done.new} new, {done.known} known; {done.ended} places ended;"
        f" it had {done.before} certificates and has {done.after}."
    )
    return told if done.trouble is None else f"{told} It could not be read in whole, so nothing of it ended."


def _tell_beside(gathered: Gathered) -> None:
    for place in gathered.keys:
        click.echo(f"{place}: there is a private key in it, which was not kept.", err=True)
    for one in gathered.not_read:
        click.echo(f"{one.where}: {one.why}.", err=True)


def _line(one: KeptCertificate) -> tuple[str, ...]:
    return (
        _day(one.not_after),
        "-" if one.days_left is None else str(one.days_left),
        one.kind,
        one.common_name or one.subject or one.sha256,
        one.issuer or "-",
        str(one.id),
    )


def _day(at: datetime | None) -> str:
    return "-" if at is None else last_day(at).isoformat()
