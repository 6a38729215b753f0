"""The commands `promises list|audit|retry`: what is owed, whether the ledger is whole, and another try."""

import asyncio
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.assembly.promised import EXPECTATIONS
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work
from kanta_tenancy.promises import AMISS, Finding, Owner, Position, Promise, audit, is_overdue, page, retry
from kanta_tenancy.promises.bodies import PromisesAsked, StateAsked, listed

_PAGE: Final = 201
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose promises; not needed while there is one main connector only.",
)


@click.group()
def promises() -> None:
    """Look at what is owed, and whether it is kept."""


@promises.command("list")
@_MAIN_CONNECTOR
@click.option(
    "--state",
    type=click.Choice([one.value for one in StateAsked]),
    help="Open when left out: owed, or given up by the system.",
)
@click.option("--owner", type=click.Choice([one.value for one in Owner]), help="Who has to keep them.")
@click.option("--kind", help="Only promises of this kind, such as agreement.end.")
@click.option("--subject", help="Only promises about this, such as agreement/ and its id.")
@click.option(
    "--due-from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Only promises that are due after this day has begun in Finland.",
)
@click.option(
    "--due-before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Only promises that are due before this day begins in Finland.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of text.")
@click.pass_obj
def list_(desk: Desk, /, *, main_connector: str | None, as_json: bool, **said: str | datetime | None) -> None:
    """List what is owed, and what came of it, by due time.

    Each line: due time in Finland, state, who keeps it, kind, subject, id, title; separated by tabs.
    """
    filters = {
        name: value.date().isoformat() if isinstance(value, datetime) else value
        for name, value in said.items()
        if value is not None
    }
    asked = msgspec.convert(filters, PromisesAsked)
    asyncio.run(_list(desk, main_connector, asked, as_json=as_json))


async def _list(desk: Desk, main_connector: str | None, asked: PromisesAsked, *, as_json: bool) -> None:
    now = desk.clock.now()
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            after = None
            while rows := await page(tx, asked.wanted(now), after=after, count=_PAGE):
                for promise in rows:
                    click.echo(msgspec.json.encode(listed(promise, now)) if as_json else _line(promise, now))
                after = Position(due_at=rows[-1].due_at, id=rows[-1].id)


def _line(promise: Promise, now: datetime) -> str:
    due = promise.due_at.astimezone(HELSINKI)
    state = StateAsked.OVERDUE.value if is_overdue(promise, now) else promise.state.value
    said = (f"{due:%Y-%m-%d %H:%M}", state, promise.owner.value, promise.kind, promise.subject, str(promise.id))
    return "\t".join((*said, promise.title.en))


@promises.command("audit")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of text.")
@click.pass_context
def audit_(context: click.Context, *, main_connector: str | None, as_json: bool) -> None:
    """Find promises that should exist and do not, and those that are not kept in time.

    Each line: what is the matter, key, subject, due time, and when it was kept if it was kept late. Missing: it should
    exist and does not. Misdated: it is owed for another time than it should be. Unpaid: the system's own, an hour or
    more overdue. Broken: the system gave up. Unkept: a person's, thirty days or more overdue. Late: kept more than
    fifteen minutes late, within the last seven days. Of each sort a thousand at most are told.

    Ends with 3 when something is amiss, which is missing, misdated, unpaid or broken, else with 0.
    docs/capabilities/promises.md tells what to do then.
    """
    desk: Desk = context.obj
    found = asyncio.run(_audit(desk, main_connector))
    for finding in found:
        click.echo(msgspec.json.encode(finding) if as_json else _told(finding))
    amiss = sum(finding.what in AMISS for finding in found)
    click.echo(f"{amiss} amiss, {len(found) - amiss} late.", err=True)
    if amiss:
        context.exit(Outcome.INVALID)


async def _audit(desk: Desk, main_connector: str | None) -> list[Finding]:
    found: list[Finding] = []
    async with desk.database() as db:
        realms = [await desk_work.realm(db, main_connector)] if main_connector else await desk_work.realms(db)
        for realm in realms:
            async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
                found += await audit(tx, desk.clock.now(), EXPECTATIONS)
    return found


def _told(finding: Finding) -> str:
    times = (finding.due_at, finding.settled_at)
    said = ("" if time is None else f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for time in times)
    return "\t".join((finding.what.value, finding.key, finding.subject, *said)).rstrip("\t")


@promises.command("retry")
@click.argument("promise", type=click.UUID, metavar="ID")
@_MAIN_CONNECTOR
@click.pass_obj
def retry_(desk: Desk, *, promise: UUID, main_connector: str | None) -> None:
    """Owe a promise anew that the system gave up, once the cause is mended; it is due again at once.

    ID is that of `promises list --state broken`.
    """
    again = asyncio.run(_retry(desk, promise, main_connector))
    click.echo(f"{again.key} is owed again.")


async def _retry(desk: Desk, promise_id: UUID, main_connector: str | None) -> Promise:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await retry(tx, desk.clock, promise_id=promise_id)
