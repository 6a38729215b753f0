"""Whom certificates stand for at the command line: `certificates impact`, `certificates dependencies`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, Final

import click
import msgspec

from kanta_tenancy.certificates.impact import bodies, reading, report_csv, report_document, telling
from kanta_tenancy.certificates.impact.bodies import ShownAffectedTenant, ShownImpact
from kanta_tenancy.certificates.impact.model import Report, UnderlyingCertificate, UnderlyingPosition
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_PAGE: Final = 200
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)


class Whole(Record, frozen=True, kw_only=True):
    """A certificate's impact with everybody whom it hits."""

    impact: ShownImpact
    tenants: list[ShownAffectedTenant]


@click.command("impact")
@click.argument("certificate")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="On this day; when left out, the day on which it lapses, or today when it has lapsed.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "docx"]),
    default="text",
    show_default=True,
    help="Lines, data for a program, a spreadsheet, or a Word document.",
)
@click.option(
    "--out", type=click.File("wb", atomic=True), default="-", metavar="FILE", help="Standard output when left out."
)
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.ENGLISH.value,
    show_default=True,
    help="Of sentences and of names of services.",
)
@_MAIN_CONNECTOR
@click.pass_obj
def impact(
    desk: Desk,
    *,
    certificate: str,
    day: datetime | None,
    form: str,
    out: BinaryIO,
    language: str,
    main_connector: str | None,
) -> None:
    """Tell who loses which services when CERTIFICATE, by its id or SHA-256, does not hold on a day.

    Each line begins with what it is of. told: a sentence. system: its name, tenants, services, other certificates of
    the same kind in use on it, id. tenant: name, business id, services, id. own: the same of the main connector.
    person: name, function, phone, e-mail, of whom to tell there. Separated by tabs; a dash where there is nothing.
    """
    found = asyncio.run(_report(desk, main_connector, certificate, None if day is None else day.date()))
    out.write(_FORMATS[form](found, Language(language)))


@click.command("dependencies")
@click.argument("tenant", required=False)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="On this day; today when left out."
)
@_MAIN_CONNECTOR
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def dependencies(
    desk: Desk, *, tenant: str | None, day: datetime | None, main_connector: str | None, as_json: bool
) -> None:
    """List on which certificates TENANT, by its business id, depends on a day; without one, the main connector itself.

    Each line: until when it is valid (UTC), state, kind, name, systems, services, id; separated by tabs, by their end.
    """
    on = day_in_finland(desk.clock.now()) if day is None else day.date()
    found = asyncio.run(_underlying(desk, main_connector, tenant, on))
    if as_json:
        click.echo(msgspec.json.encode([bodies.underlying(one) for one in found]))
        return
    for one in found:
        click.echo("\t".join(_underlying_line(one)))


async def _report(desk: Desk, main_connector: str | None, asked: str, day: date | None) -> Report:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        caller = desk_work.at_desk(desk, realm.id)
        async with db.transaction(caller) as tx:
            certificate_id = await inventory.identified(tx, asked)
        async with db.transaction(caller) as tx:
            return await reading.report(tx, desk.clock, certificate_id, day, people=True)


async def _underlying(
    desk: Desk, main_connector: str | None, tenant: str | None, day: date
) -> list[UnderlyingCertificate]:
    found: list[UnderlyingCertificate] = []
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            tenancy_id: TenancyId | None = None if tenant is None else await desk_work.tenancy(tx, tenant)
            after: UnderlyingPosition | None = None
            while page := await reading.underlying(tx, tenancy_id, day, after=after, count=_PAGE):
                found += page
                after = reading.position(page[-1])
    return found


def _as_text(report: Report, language: Language) -> bytes:
    return "".join("\t".join(line) + "\n" for line in _lines(report, language)).encode()


def _as_json(report: Report, _: Language) -> bytes:
    whole = Whole(impact=bodies.shown(report.impact), tenants=[bodies.tenant(one) for one in report.tenants])
    return msgspec.json.encode(whole) + b"\n"


def _lines(report: Report, language: Language) -> Iterator[tuple[str, ...]]:
    for sentence in telling.told(report.impact):
        yield "told", sentence.said_in(language)
    for system in report.impact.systems:
        services = _or_dash(",".join(system.services))
        yield "system", system.name, str(system.tenants), services, str(system.others), str(system.id)
    for tenant in report.tenants:
        whose = "own" if tenant.tenancy_id is None else "tenant"
        yield whose, tenant.name, _or_dash(tenant.business_id), ",".join(tenant.services), str(tenant.holder)
        for person in tenant.people:
            yield "person", person.name, person.function, _or_dash(person.phone), person.email


def _underlying_line(one: UnderlyingCertificate) -> tuple[str, ...]:
    ends = "-" if one.not_after is None else f"{one.not_after:%Y-%m-%dT%H:%MZ}"
    systems = ",".join(system.name for system in one.systems)
    services = telling.in_order({service for system in one.systems for service in system.services})
    return ends, one.state, one.kind, one.name, systems, ",".join(services), str(one.id)


def _or_dash(text: str | None) -> str:
    return text or "-"


_FORMATS: Final[Mapping[str, Callable[[Report, Language], bytes]]] = {
    "text": _as_text,
    "json": _as_json,
    "csv": report_csv.as_csv,
    "docx": report_document.as_docx,
}
