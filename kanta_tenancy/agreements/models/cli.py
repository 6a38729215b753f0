"""Model agreements at the command line: `models import|list`."""

import asyncio
from datetime import datetime
from typing import BinaryIO

import click
import msgspec

from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.model import FrozenModel
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.docx.form import LIMITS
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work


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
