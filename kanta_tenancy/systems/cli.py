"""The register of information systems at the command line: `systems list|show|import|check`."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy import parties
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import LARGEST_FILE, NamedOnDay, desk_work
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.bodies import deployments as bodies
from kanta_tenancy.systems.bodies import systems as system_bodies
from kanta_tenancy.systems.bodies.deployments import ShownDependant, ShownMismatch
from kanta_tenancy.systems.bodies.systems import ShownSystem
from kanta_tenancy.systems.errors import SystemNotFound
from kanta_tenancy.systems.imports.importing import Imported, import_systems
from kanta_tenancy.systems.model import (
    Dependant,
    DependantPosition,
    InformationSystem,
    ListedSystem,
    SystemFinding,
    SystemPosition,
)

BAD_ROWS: Final = 5  # the exit code of what a rule refuses
AMISS: Final = 3
_PAGE: Final = 200
_OURS: Final = "main connector"
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_DAY: Final = click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="On this day; today when left out."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class Whole(Record, frozen=True, kw_only=True):
    """A system with everybody who stands behind it on a day."""

    day: date
    system: ShownSystem
    deployments: list[ShownDependant]


class Concerned(Record, frozen=True, kw_only=True):
    """A system with which something is not as it should be."""

    system_id: UUID
    system: str
    findings: tuple[SystemFinding, ...]


class Checked(Record, frozen=True, kw_only=True):
    """What is not as it should be on a day."""

    day: date
    findings: list[Concerned]
    mismatches: list[ShownMismatch]


@click.group()
def systems() -> None:
    """Look after the register of information systems, and what runs on them."""


@systems.command("list")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List information systems and intermediaries by name.

    Each line: state, class, last day of the security certificate that stands, name, producer, id; separated by tabs.
    """
    found = asyncio.run(_list(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode([system_bodies.listed(one) for one in found]))
        return
    for one in found:
        last_day = "-" if one.security_last_day is None else one.security_last_day.isoformat()
        click.echo("\t".join((one.state, one.system_class, last_day, one.name, one.producer.name, str(one.id))))


@systems.command("show")
@click.argument("system")
@_DAY
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, system: str, day: datetime | None, main_connector: str | None, as_json: bool) -> None:
    """Show SYSTEM, by its name or id: what it is, what is amiss, and whose services stand behind it on a day.

    Each line begins with what it is of. system: its state, class, name, producer, id. release: number, first day, first
    day no longer. certificate: kind, whether it stands, last day, number, issuer. finding: what is not as it should be.
    deployment: service, tenant, first day, first day no longer. Separated by tabs; a dash where there is nothing.
    """
    found = asyncio.run(_show(desk, main_connector, system, _on(desk, day)))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for line in _lines(found):
        click.echo("\t".join(line))


@systems.command("import")
@click.argument("file", type=click.File("rb"))
@_MAIN_CONNECTOR
@click.option("--dry-run", is_flag=True, help="Report what would be done and which rows are bad; change nothing.")
@click.option("--accept-good-rows", is_flag=True, help="Take the good rows even though others are bad.")
@_AS_JSON
@click.pass_obj
def import_(
    desk: Desk, *, file: BinaryIO, main_connector: str | None, dry_run: bool, accept_good_rows: bool, as_json: bool
) -> None:
    """Bring in the systems of FILE with their versions, certificates of conformity and deployments.

    FILE is CSV (UTF-8; semicolons or commas) or a JSON array; `-` is standard input. docs/capabilities/systems.md
    tells of its fields, docs/examples/systems.csv is an example. The tenants must be there already.

    All rows are taken, or none: every bad row is reported with its line, field and reason, and the exit code is 5.
    What is there already is left as it is and what it lacks is added, so the same file can be brought in again.
    """
    content = file.read(LARGEST_FILE + 1)
    done = asyncio.run(_import(desk, main_connector, content, dry_run=dry_run, accept_good_rows=accept_good_rows))
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        _tell(done, dry_run=dry_run)
    if done.bad_rows:
        click.get_current_context().exit(BAD_ROWS)


@systems.command("check")
@_DAY
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_context
def check(context: click.Context, *, day: datetime | None, main_connector: str | None, as_json: bool) -> None:
    """Tell what is not as it should be with systems on a day, and where Annex 1 and what runs differ.

    Each line begins with what it is of. finding: what is the matter, the system, its id, a sentence. not_in_annex: a
    service that runs, and the tenant whose Annex 1 does not have it. without_system: a service of Annex 1, and the
    tenant for whom nothing is known to run it. Separated by tabs.

    Ends with 3 when there is any line, else with 0. Nothing is refused because of what it tells.
    """
    desk: Desk = context.obj
    found = asyncio.run(_check(desk, main_connector, _on(desk, day)))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for line in _checked(found):
            click.echo("\t".join(line))
    if found.findings or found.mismatches:
        context.exit(AMISS)


async def _list(desk: Desk, main_connector: str | None) -> list[ListedSystem]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await _all(tx)


async def _show(desk: Desk, main_connector: str | None, asked: str, day: date) -> Whole:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            system = await reading.system(tx, await _id(tx, asked))
            behind = await _behind(tx, system, day)
            tenants = await _tenants(tx, behind, day)
            return Whole(
                day=day,
                system=system_bodies.shown(system, await reading.concerns(tx, system, day)),
                deployments=[
                    bodies.dependant(one, None if one.tenancy_id is None else tenants.get(one.tenancy_id))
                    for one in behind
                ],
            )


async def _import(
    desk: Desk, main_connector: str | None, content: bytes, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await import_systems(tx, desk.clock, content, dry_run=dry_run, accept_good_rows=accept_good_rows)


async def _check(desk: Desk, main_connector: str | None, day: date) -> Checked:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            concerned: list[Concerned] = []
            for one in await _all(tx):
                found = await reading.concerns(tx, await reading.system(tx, one.id), day)
                if found:
                    concerned.append(Concerned(system_id=one.id, system=one.name, findings=found))
            return Checked(day=day, findings=concerned, mismatches=await _mismatches(tx, day))


async def _mismatches(tx: Transaction, day: date) -> list[ShownMismatch]:
    found: list[ShownMismatch] = []
    after: UUID | None = None
    while page := await reading.mismatches(tx, day, after=after, count=_PAGE):
        tenants = await parties.tenants_on(tx, [one.tenancy_id for one in page], day)
        found += [bodies.mismatch(one, tenants.get(one.tenancy_id)) for one in page]
        after = page[-1].tenancy_id
    return found


async def _all(tx: Transaction) -> list[ListedSystem]:
    found: list[ListedSystem] = []
    after: SystemPosition | None = None
    while page := await reading.listed(tx, after=after, count=_PAGE):
        found += page
        after = SystemPosition(name=page[-1].name, id=page[-1].id)
    return found


async def _id(tx: Transaction, asked: str) -> UUID:
    try:
        return UUID(asked)
    except ValueError:
        found = await reading.named(tx, asked)
    if found is None:
        raise SystemNotFound("no information system has that name or id")
    return found


async def _behind(tx: Transaction, system: InformationSystem, day: date) -> list[Dependant]:
    found: list[Dependant] = []
    after: DependantPosition | None = None
    while page := await reading.behind(tx, system.id, day, after=after, count=_PAGE):
        found += page
        after = DependantPosition(holder=page[-1].holder, service=page[-1].service)
    return found


async def _tenants(tx: Transaction, behind: list[Dependant], day: date) -> dict[TenancyId, NamedOnDay]:
    return await parties.tenants_on(tx, {one.tenancy_id for one in behind if one.tenancy_id is not None}, day)


def _lines(found: Whole) -> Iterator[tuple[str, ...]]:
    system = found.system
    yield "system", system.state, system.system_class, system.name, system.producer.name, str(system.id)
    for release in system.releases:
        yield "release", release.number, release.since.isoformat(), _day(release.until)
    for one in system.certificates:
        yield "certificate", one.kind, "stands" if one.stands else "-", _day(one.last_day), one.number, one.issuer
    for finding in system.findings:
        yield "finding", finding.what, finding.sentence.en
    for deployed in found.deployments:
        tenant = _OURS if deployed.tenancy_id is None else f"{deployed.tenant} ({deployed.business_id})"
        yield "deployment", deployed.service, tenant, deployed.since.isoformat(), _day(deployed.until)


def _checked(found: Checked) -> Iterator[tuple[str, ...]]:
    for concerned in found.findings:
        for finding in concerned.findings:
            yield "finding", finding.what, concerned.system, str(concerned.system_id), finding.sentence.en
    for one in found.mismatches:
        tenant = one.tenant or str(one.tenancy_id)
        yield from (("not_in_annex", service, tenant) for service in one.not_in_annex)
        yield from (("without_system", service, tenant) for service in one.without_system)


def _tell(done: Imported, *, dry_run: bool) -> None:
    for row in done.bad_rows:
        number = "" if row.row == row.line else f", row {row.row}"
        click.echo(f"line {row.line}{number}{f', {row.field}' if row.field else ''}: bad: {row.reason}")
    did = "Taken" if done.changed else "Would be taken" if dry_run else "Nothing was changed. Good rows"
    click.echo(
        f"{did}: {done.systems} systems, {done.releases} versions, {done.certificates} certificates,"
        f" {done.deployments} deployments; {done.already_there} were there already."
    )


def _day(day: date | None) -> str:
    return "-" if day is None else day.isoformat()


def _on(desk: Desk, day: datetime | None) -> date:
    return day_in_finland(desk.clock.now()) if day is None else day.date()
