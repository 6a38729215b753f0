"""Follow-ups and faults at the command line: `disturbances follow-ups`."""

import asyncio
from datetime import date
from typing import Final

import click
import msgspec

from kanta_tenancy import parties
from kanta_tenancy.disturbances.follow_ups import reading
from kanta_tenancy.disturbances.follow_ups.bodies import shown
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, Position
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import TenancyNotFound, desk_work

OVERDUE: Final = 3  # the exit code while something is overdue
_PAGE: Final = 200
_NONE: Final = "-"


@click.command("follow-ups")
@click.option("--faults", is_flag=True, help="Faults that were notified, instead of what disturbances have left to do.")
@click.option("--tenant", metavar="BUSINESS_ID", help="Of this tenant; of all when left out.")
@click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_context
def follow_ups(
    context: click.Context, *, faults: bool, tenant: str | None, main_connector: str | None, as_json: bool
) -> None:
    """List what disturbances have left to do and is open, or faults, the earliest due first.

    Each line: its last day, whether it is overdue, who does it, what, id; separated by tabs. Ends with 3 while one is
    overdue, else with 0.
    """
    desk: Desk = context.obj
    kind = FollowUpKind.FAULT if faults else FollowUpKind.ACTION
    today = day_in_finland(desk.clock.now())
    found = asyncio.run(_list(desk, main_connector, tenant, kind))
    if as_json:
        click.echo(msgspec.json.encode([shown(one) for one in found]))
    for one in () if as_json else found:
        click.echo("\t".join(_line(one, today)))
    if any(one.due_on < today for one in found):
        context.exit(OVERDUE)


async def _list(desk: Desk, main_connector: str | None, tenant: str | None, kind: FollowUpKind) -> list[FollowUp]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            tenancy_id = None if tenant is None else await _tenancy(tx, tenant)
            found: list[FollowUp] = []
            after: Position | None = None
            while page := await reading.open_ones(tx, kind, tenancy_id, after=after, count=_PAGE):
                found += page
                after = Position(due_on=page[-1].due_on, id=page[-1].id)
            return found


async def _tenancy(tx: Transaction, business_id: str) -> TenancyId:
    for one in await parties.with_business_ids(tx, [business_id]):
        if one.tenancy_id is not None:
            return one.tenancy_id
    raise TenancyNotFound("no tenant has that business id")


def _line(one: FollowUp, today: date) -> tuple[str, ...]:
    late = "overdue" if one.due_on < today else _NONE
    return one.due_on.isoformat(), late, one.owner, " ".join(one.what.split()), str(one.id)
