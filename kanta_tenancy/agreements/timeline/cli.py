"""A tenancy on a day, and the forecast, at the command line: `agreements as-of|forecast`."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import click
import msgspec
from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.agreements.timeline.bodies import TenancyOnDay, on_day, shown_due
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import TenancyNotFound, desk_work
from kanta_tenancy.promises import Position

_BATCH: Final = 200
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose realm; not needed while there is one main connector only.",
)


@click.command("forecast")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day that is looked at.")
@_MAIN_CONNECTOR
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


@click.command("as-of")
@click.argument("tenant", metavar="BUSINESS_ID")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Past or future; today when it is left out.")
@_MAIN_CONNECTOR
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default="en",
    show_default=True,
    help="To name services in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text: all of it, as the API shows it.")
@click.pass_obj
def as_of(
    desk: Desk, /, *, tenant: str, day: datetime | None, main_connector: str | None, language: str, as_json: bool
) -> None:
    """Tell how the tenancy of the tenant BUSINESS_ID was, is or will be as a day ends, by all that is known now.

    Each line: what it is, and its value, separated by a tab.
    """
    today = day_in_finland(desk.clock.now())
    shown = asyncio.run(_as_of(desk, main_connector, tenant, today if day is None else day.date(), Language(language)))
    if as_json:
        click.echo(msgspec.json.encode(shown))
        return
    for name, value in _lines(shown):
        click.echo(f"{name}\t{value}")


async def _as_of(
    desk: Desk, main_connector: str | None, business_id: str, day: date, language: Language
) -> TenancyOnDay:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found = [one.tenancy_id for one in await parties.with_business_ids(tx, [business_id])]
            tenancy_id = next((one for one in found if one is not None), None)
            if tenancy_id is None:
                raise TenancyNotFound(f"no tenant {business_id}")
            return on_day(tenancy_id, await timeline.as_of(tx, tenancy_id, day), language)


def _lines(shown: TenancyOnDay) -> Iterator[tuple[str, str]]:
    yield "day", shown.day.isoformat()
    for role, party in (("main_connector", shown.main_connector), ("tenant", shown.tenant)):
        yield role, f"{party.name} ({party.business_id})"
    agreement = shown.agreement
    yield "agreement", "-" if agreement is None else agreement.reference
    if agreement is not None:
        yield "in_force_on", str(agreement.in_force_on)
        yield (
            "in_force_until",
            "-" if agreement.in_force_until is None else f"{agreement.in_force_until:%Y-%m-%dT%H:%MZ}",
        )
    for service in shown.services:
        yield "service", f"{service.key}: {service.name}"
    for notice in shown.notices:
        yield "notice", f"{notice.party}, given {notice.given_on}, delivered {notice.delivered_on or '-'}"
    for other in shown.service_agreements:
        yield "service_agreement", f"{other.name}, until {other.last_day or '-'}"
