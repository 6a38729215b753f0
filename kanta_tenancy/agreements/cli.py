"""Agreements at the command line: `models import|list` and `agreements import|forecast|endings`."""

import asyncio
from datetime import date, datetime
from typing import BinaryIO, Final

import click
import msgspec
from msgspec.structs import replace

from kanta_tenancy.agreements import models, timeline
from kanta_tenancy.agreements.bodies.timeline import shown_due
from kanta_tenancy.agreements.endings_cli import endings
from kanta_tenancy.agreements.foreseeing import Due
from kanta_tenancy.agreements.imports.importing import Imported, import_agreements
from kanta_tenancy.agreements.imports.reading import LARGEST_FILE
from kanta_tenancy.agreements.model import FrozenModel
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.docx.form import LIMITS
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work
from kanta_tenancy.promises import Position

_BATCH: Final = 200
BAD_ROWS: Final = 5  # the exit code of what a rule refuses


class ListedModel(Body, frozen=True, kw_only=True):
    main_connector: str | None  # business id; None: it travels with the program
    name: str
    version: str
    language: Language
    content_sha256: str
    clauses: int
    imported_at: datetime | None


@click.group("models")
def models_() -> None:
    """Bring in model agreements of your own, and list those there are."""


@models_.command("import")
@click.argument("file", type=click.File("rb"), metavar="FILE.docx")
@click.option("--name", required=True, help="What drafts call it by, such as official.")
@click.option("--version", required=True, help="Which version of it this is, such as 2026-1.")
@click.option("--language", required=True, type=click.Choice([one.value for one in Language]), help="Of its text.")
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose model it is; not needed while there is one main connector only.",
)
@click.pass_obj
def import_(desk: Desk, *, file: BinaryIO, name: str, version: str, language: str, main_connector: str | None) -> None:
    """Freeze a Word document as a model agreement of the main connector's own.

    FILE.docx has content controls where an agreement says something of its own; docs/templates.md lists them and
    tells how to insert them in Word. `-` is standard input. It is checked first: a file that cannot be used is
    refused with a list of what is wrong and where, exit code 5, and nothing is kept.

    A frozen model never changes. A mended file is another version; each language is a file of its own.
    """
    docx = file.read(LIMITS.file_size + 1)
    frozen = asyncio.run(
        _import(desk, main_connector, name=name, version=version, language=Language(language), docx=docx)
    )
    click.echo(
        f"Frozen: {frozen.name} {frozen.version} ({frozen.language}), {len(frozen.clauses)} headings,"
        f" sha256 {frozen.content_sha256}."
    )


@models_.command("list")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def list_(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List the model agreements that can be drafted on: those of the program, then the main connectors' own.

    Each line: main connector (- for the program's own), name, version, language, day of import, SHA-256 of its
    content; separated by tabs.
    """
    found = asyncio.run(_listed(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        day = "-" if one.imported_at is None else f"{one.imported_at:%Y-%m-%d}"
        click.echo("\t".join((one.main_connector or "-", one.name, one.version, one.language, day, one.content_sha256)))


@click.group("agreements")
def agreements_() -> None:
    """Bring in agreements that were signed before, and tell what will fall due."""


@agreements_.command("forecast")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day that is looked at.")
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose realm; not needed while there is one main connector only.",
)
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default="en",
    show_default=True,
    help="To tell in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def forecast(desk: Desk, *, until: datetime, main_connector: str | None, language: str, as_json: bool) -> None:
    """List what will fall due until a day, and what is overdue, soonest first.

    Each line: instant (UTC), overdue or due, who has to do it, rule, kind, tenancy (- for none), what it is; separated
    by tabs.
    """
    found = asyncio.run(_forecast(desk, main_connector, until.date()))
    if as_json:
        click.echo(msgspec.json.encode([shown_due(one) for one in found]))
        return
    for one in found:
        state = "overdue" if one.overdue else "due"
        title, tenancy = one.title.said_in(Language(language)), str(one.tenancy_id or "-")
        click.echo("\t".join((f"{one.due_at:%Y-%m-%dT%H:%MZ}", state, one.owner, one.rule, one.kind, tenancy, title)))


@agreements_.command("import")
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


async def _forecast(desk: Desk, main_connector: str | None, until: date) -> list[Due]:
    found: list[Due] = []
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            asked = timeline.Asked(now=desk.clock.now(), until=until, count=_BATCH)
            while page := await timeline.forecast(tx, asked):
                found += page
                asked = replace(asked, after=Position(due_at=page[-1].due_at, id=page[-1].id))
    return found


async def _import_earlier(
    desk: Desk, main_connector: str | None, content: bytes, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await import_agreements(tx, desk.clock, content, dry_run=dry_run, accept_good_rows=accept_good_rows)


async def _import(
    desk: Desk, main_connector: str | None, *, name: str, version: str, language: Language, docx: bytes
) -> FrozenModel:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await models.freeze(tx, desk.clock, name=name, version=version, language=language, docx=docx)


async def _listed(desk: Desk, main_connector: str | None) -> list[ListedModel]:
    found = [_shown(model.frozen, None) for model in models.builtin().values()]
    async with desk.database() as db:
        realms = [await desk_work.realm(db, main_connector)] if main_connector else await desk_work.realms(db)
        for realm in realms:
            async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
                own = [one for one in await models.listed(tx) if one.imported_at is not None]
            found += [_shown(one, realm.business_id) for one in own]
    return found


def _shown(frozen: FrozenModel, main_connector: str | None) -> ListedModel:
    said = msgspec.structs.asdict(frozen) | {"clauses": len(frozen.clauses)}
    return ListedModel(**said, main_connector=main_connector)


agreements_.add_command(endings)
