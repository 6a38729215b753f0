"""Endings at the command line: `agreements endings`."""

import asyncio
from datetime import datetime

import click
import msgspec

from kanta_tenancy.agreements.endings.checklists import open_endings
from kanta_tenancy.agreements.endings.checklists.bodies import EndingState, ListedEnding, listed
from kanta_tenancy.agreements.endings.checklists.store import Position
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_PAGE = 200


@click.command()
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose agreements; not needed while there is one main connector only.",
)
@click.option("--state", type=click.Choice([one.value for one in EndingState]), help="Both when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of text.")
@click.pass_obj
def endings(desk: Desk, *, main_connector: str | None, state: str | None, as_json: bool) -> None:
    """List the endings of agreements, soonest first, with what is still to be done.

    Each line: last day, agreement, ground, open or complete, and how many items are open, overdue and in conflict, and
    how many holds stand; separated by tabs. `promises list --kind agreement.checklist` lists the items themselves.
    """
    wanted = None if state is None else EndingState(state) is EndingState.COMPLETE
    asyncio.run(_list(desk, main_connector, complete=wanted, as_json=as_json))


async def _list(desk: Desk, main_connector: str | None, *, complete: bool | None, as_json: bool) -> None:
    now: datetime = desk.clock.now()
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            after: Position | None = None
            while rows := await open_endings.page(tx, complete=complete, after=after, count=_PAGE):
                for ending in rows:
                    told = listed(ending, Party.MAIN_CONNECTOR, now)
                    click.echo(msgspec.json.encode(told) if as_json else _line(told))
                after = Position(until=rows[-1].checklist.until, id=rows[-1].checklist.id)


def _line(told: ListedEnding) -> str:
    state = EndingState.COMPLETE if told.complete else EndingState.OPEN
    figures = (told.open, told.overdue, told.conflicting, told.holds)
    return "\t".join((told.last_day.isoformat(), told.reference, told.ground, state, *map(str, figures)))
