"""The forecast at the command line: `agreements forecast`."""

import asyncio
from datetime import date, datetime
from typing import Final

import click
import msgspec
from msgspec.structs import replace

from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.agreements.timeline.bodies import shown_due
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work
from kanta_tenancy.promises import Position

_BATCH: Final = 200


@click.command("forecast")
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
