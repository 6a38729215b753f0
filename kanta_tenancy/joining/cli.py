"""The roster and the dealings with Kela at the command line: `roster`, and `joining list`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import BinaryIO, Final

import click
import msgspec

from kanta_tenancy.joining import checking, deadlines, due_day, reading, roster_csv, roster_document
from kanta_tenancy.joining.bodies import applications, change_notices
from kanta_tenancy.joining.bodies.roster import as_json
from kanta_tenancy.joining.model import Application, ChangeNotice, Roster, ServiceUse, Stage, Status, Wanted
from kanta_tenancy.joining.store.change_notices import position
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_PAGE: Final = 200
_FORMATS: Final[Mapping[str, Callable[[Roster], bytes]]] = {
    "csv": roster_csv.as_csv,
    "json": as_json,
    "docx": roster_document.as_docx,
}
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_LANGUAGE: Final = click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.FINNISH.value,
    show_default=True,
    help="Of the names and of the document.",
)
_DAY: Final = click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="As this day ends in Finland; today when left out.",
)


class Standing(Record, frozen=True, kw_only=True):
    """How the main connector stands with Kela; the services as they are used on a day."""

    applications: list[Application]
    notices: list[ChangeNotice]
    services: tuple[ServiceUse, ...]


@click.command("roster")
@_DAY
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMATS)),
    default="csv",
    show_default=True,
    help="A spreadsheet, data for a program, or a Word document.",
)
@click.option(
    "--out", type=click.File("wb", atomic=True), default="-", metavar="FILE", help="Standard output when left out."
)
@click.option("--service", metavar="KEY", help="Only the tenants of this service, such as prescription.")
@_LANGUAGE
@_MAIN_CONNECTOR
@click.pass_obj
def roster(
    desk: Desk,
    *,
    day: datetime | None,
    form: str,
    out: BinaryIO,
    service: str | None,
    language: str,
    main_connector: str | None,
) -> None:
    """Write which tenants use which Kanta services on a day, past or future, for the application to Kela.

    Names are those of that day. The CSV is made for spreadsheets: UTF-8 with a byte order mark, commas, and no cell
    that a spreadsheet could compute; docs/capabilities/joining.md tells how. A service that no application of the main
    connector covers on that day is told of on standard error; it changes nothing else.
    """
    checking.service_asked(service)
    on = _on(desk, day)
    made = asyncio.run(_roster(desk, main_connector, on, Language(language), service))
    out.write(_FORMATS[form](made))
    _warn(made.services)


@click.group("joining")
def joining() -> None:
    """Look at how the main connector stands with Kela."""


@joining.command("list")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day whose services and applications are compared; the rest is as it stands now.",
)
@_MAIN_CONNECTOR
@click.option("--json", "as_json_", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def list_(desk: Desk, *, day: datetime | None, main_connector: str | None, as_json_: bool) -> None:
    """List joining applications, change notices that are not sent yet, and services that no application covers.

    Each line begins with what it is of. application: its stage, services, name and id. notice: its due day, the
    day on which the change takes effect, what keeps it from being in time, its id. service: its key, and how many
    tenants use it while no application for it is in production. Separated by tabs. Applications that were withdrawn or
    have ended are left out.
    """
    on, today = _on(desk, day), _on(desk, None)
    found = asyncio.run(_standing(desk, main_connector, on))
    if as_json_:
        click.echo(msgspec.json.encode({"day": on, **_shown(found, today)}))
        return
    for application in found.applications:
        services = ",".join(application.services)
        click.echo(f"application\t{application.stage}\t{services}\t{application.name}\t{application.id}")
    deadline = deadlines.technical_change_notice(today)
    for notice in found.notices:
        clashes = ",".join(conflict.what for conflict in due_day.conflicts(notice, today, deadline)) or "-"
        click.echo(f"notice\t{notice.due_on}\t{notice.effective_on}\t{clashes}\t{notice.id}")
    for use in found.services:
        if use.warning is not None:
            click.echo(f"service\t{use.key}\t{use.tenants}")


async def _roster(desk: Desk, main_connector: str | None, day: date, language: Language, service: str | None) -> Roster:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await reading.whole_roster(tx, desk.clock, day, language, service=service)


async def _standing(desk: Desk, main_connector: str | None, day: date) -> Standing:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return Standing(
                applications=[one for one in await _applications(tx) if one.stage not in _OVER],
                notices=await _planned(tx),
                services=await reading.covered(tx, day, Language.ENGLISH, tenancy_id=None),
            )


async def _applications(tx: Transaction) -> list[Application]:
    found: list[Application] = []
    before = None
    while page := await reading.newest_applications(tx, before=before, count=_PAGE):
        found += page
        before = page[-1].id
    return found


async def _planned(tx: Transaction) -> list[ChangeNotice]:
    found: list[ChangeNotice] = []
    after = None
    while page := await reading.notices(tx, Wanted(statuses=(Status.PLANNED,)), after=after, count=_PAGE):
        found += page
        after = position(page[-1])
    return found


def _shown(found: Standing, today: date) -> dict[str, object]:
    deadline = deadlines.technical_change_notice(today)
    return {
        "applications": [applications.listed(one) for one in found.applications],
        "change_notices": [change_notices.shown(one, today, deadline) for one in found.notices],
        "services": found.services,
    }


def _on(desk: Desk, day: datetime | None) -> date:
    return day_in_finland(desk.clock.now()) if day is None else day.date()


def _warn(services: tuple[ServiceUse, ...]) -> None:
    for use in services:
        if use.warning is not None:
            click.echo(use.warning.en, err=True)


_OVER: Final = frozenset({Stage.WITHDRAWN, Stage.ENDED})
