"""Disturbances at the command line: `disturbances report|list|show|acknowledge|duties|close`, and others'."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.disturbances import files_cli as files
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances import receivers_cli as receivers
from kanta_tenancy.disturbances.actions import assessing, closing, reporting
from kanta_tenancy.disturbances.actions.closing import SaidCause, SaidFindings
from kanta_tenancy.disturbances.bodies import disturbances as bodies
from kanta_tenancy.disturbances.bodies.duties import shown_duty
from kanta_tenancy.disturbances.bodies.reports import ShownIntake, taken_in
from kanta_tenancy.disturbances.case import Cause, Disturbance, KeptDuty, Place, SaidReport, State
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.disturbances.follow_ups import cli as follow_ups
from kanta_tenancy.disturbances.form import cli as form
from kanta_tenancy.disturbances.model import Answer
from kanta_tenancy.disturbances.reading import Whole
from kanta_tenancy.disturbances.summary import cli as summary
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

WAITING: Final = 3  # the exit code while something waits to be acknowledged, or is overdue
_PAGE: Final = 200
_SHORT: Final = 8
_NONE: Final = "-"
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_SINCE: Final = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z"])


@click.group()
def disturbances() -> None:
    """Report disturbances, see how they stand, and what is still to be told of them."""


@disturbances.command("report")
@click.argument("what")
@click.option(
    "--since",
    type=_SINCE,
    metavar="TIME",
    help="When it began, in Finland unless an offset is said; now when left out.",
)
@click.option("--over", is_flag=True, help="It is not going on any more.")
@click.option("--service", metavar="KEY", help="A Kanta service, such as prescription.")
@click.option("--system", "system_id", type=click.UUID, metavar="ID", help="An information system.")
@click.option(
    "--place", type=click.Choice([one.value for one in Place]), default=Place.UNKNOWN.value, help="Where it is."
)
@click.option("--patient-safety", is_flag=True, help="Patient safety is affected.")
@click.option("--data-protection", is_flag=True, help="Data protection is affected.")
@click.option("--symptom", help="An error code, or what is seen.")
@click.option("--contact", help="Whom to ask, and how.")
@click.option("--join", type=click.UUID, metavar="ID", help="The open disturbance that this is the same as.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def report(
    desk: Desk,
    *,
    what: str,
    since: datetime | None,
    over: bool,
    service: str | None,
    system_id: UUID | None,
    place: str,
    patient_safety: bool,
    data_protection: bool,
    symptom: str | None,
    contact: str | None,
    join: UUID | None,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """Report WHAT does not work, as the main connector; the named person is called at once.

    The same within minutes is one report. No patient data: a personal identity code is refused.
    """
    said = SaidReport(
        what=what,
        since=_instant(since, desk.clock.now()),
        ongoing=not over,
        service=service,
        system_id=system_id,
        place=Place(place),
        patient_safety=Answer.YES if patient_safety else Answer.UNKNOWN,
        data_protection=Answer.YES if data_protection else Answer.UNKNOWN,
        symptom=symptom,
        contact=contact,
    )
    done = asyncio.run(_report(desk, main_connector, said, join))
    if as_json:
        click.echo(msgspec.json.encode(done))
        return
    click.echo(f"{'Came before' if done.repeated else 'Reported'}: {done.reference}, {done.disturbance_id}")
    for one in done.similar:
        click.echo(f"Perhaps the same: {one.reference}, {one.id}, {one.state.value}")


@disturbances.command("list")
@click.option("--all", "every", is_flag=True, help="Those that are over too.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_context
def list_(context: click.Context, *, every: bool, main_connector: str | None, as_json: bool) -> None:
    """List disturbances and maintenance that are open, newest first.

    Each line: reference, state, kind, when it began, what, id; separated by tabs. Ends with 3 while one waits to be
    acknowledged, else with 0.
    """
    desk: Desk = context.obj
    found = asyncio.run(_list(desk, main_connector, every=every))
    if as_json:
        click.echo(msgspec.json.encode([bodies.shown(one) for one in found]))
    for one in () if as_json else found:
        title = one.title or one.what or _NONE
        click.echo("\t".join((one.reference, one.state, one.kind, _time(one.since), _one_line(title), str(one.id))))
    if any(one.state is State.REPORTED for one in found):
        context.exit(WAITING)


@disturbances.command("show")
@click.argument("disturbance")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, disturbance: str, main_connector: str | None, as_json: bool) -> None:
    """Show DISTURBANCE, by its id, or its reference while it is open: reports, answers, duties, calls, what was told.

    Each line begins with what it is of: disturbance, report, answer, duty, possible, call, finding, hold or status.
    Separated by tabs; a dash where there is nothing.
    """
    found = asyncio.run(_show(desk, main_connector, disturbance))
    if as_json:
        click.echo(msgspec.json.encode(bodies.whole(found, reading.would_arise(found))))
        return
    for line in _lines(found):
        click.echo("\t".join(line))


@disturbances.command("acknowledge")
@click.argument("disturbance")
@_MAIN_CONNECTOR
@click.pass_obj
def acknowledge(desk: Desk, *, disturbance: str, main_connector: str | None) -> None:
    """Say that DISTURBANCE, by its id or reference, is known: nobody else is called."""
    found = asyncio.run(_acknowledge(desk, main_connector, disturbance))
    click.echo(f"Acknowledged: {found.reference}")


@disturbances.command("duties")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_context
def duties(context: click.Context, *, main_connector: str | None, as_json: bool) -> None:
    """List what is still to be told, by when it is due.

    Each line: when it is due, whether it is overdue, who tells, whom, by what, of which disturbance, id; separated by
    tabs. Ends with 3 while something is overdue, else with 0.
    """
    desk: Desk = context.obj
    now = desk.clock.now()
    found = sorted(asyncio.run(_duties(desk, main_connector)), key=lambda one: (one.due_at, one.id))
    if as_json:
        click.echo(msgspec.json.encode([shown_duty(one) for one in found]))
    for one in () if as_json else found:
        click.echo("\t".join(_duty(one, now)))
    if any(one.due_at < now for one in found):
        context.exit(WAITING)


@disturbances.command("close")
@click.argument("disturbance", type=click.UUID)
@click.option(
    "--cause",
    type=(click.Choice([one.value for one in Cause]), str),
    metavar="CLASS TEXT",
    help="What it came from, when nobody has said it yet: " + ", ".join(one.value for one in Cause) + ".",
)
@click.option("--remedy", metavar="TEXT", help="What was done, when nobody has said it yet.")
@_MAIN_CONNECTOR
@click.pass_obj
def close(
    desk: Desk, *, disturbance: UUID, cause: tuple[str, str] | None, remedy: str | None, main_connector: str | None
) -> None:
    """Close DISTURBANCE, by its id, once it is over and everything was told; refused, it names all that is missing."""
    said = SaidFindings(cause=None if cause is None else SaidCause(cause=Cause(cause[0]), text=cause[1]), remedy=remedy)
    found = asyncio.run(_close(desk, main_connector, disturbance, said))
    click.echo(f"Closed: {found.reference}")


OF_ROOMS = (form.link, form.links, form.unlink, follow_ups.follow_ups, summary.summary)
for command in (*OF_ROOMS, files.document, files.register, files.proof, receivers.receiver, receivers.post):
    disturbances.add_command(command)


async def _report(desk: Desk, main_connector: str | None, said: SaidReport, join: UUID | None) -> ShownIntake:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            taken = await reporting.report(tx, desk.clock, said, join=join)
            return taken_in(taken, await reporting.similar(tx, taken, said))


async def _list(desk: Desk, main_connector: str | None, *, every: bool) -> list[Disturbance]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await _all(tx, every=every)


async def _show(desk: Desk, main_connector: str | None, asked: str) -> Whole:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await reading.whole(tx, await _id(tx, asked))


async def _acknowledge(desk: Desk, main_connector: str | None, asked: str) -> Disturbance:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found = await reading.disturbance(tx, await _id(tx, asked))
            return await assessing.acknowledge(tx, desk.clock, found.id, version=found.version)


async def _close(desk: Desk, main_connector: str | None, disturbance_id: UUID, said: SaidFindings) -> Disturbance:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found = await reading.disturbance(tx, disturbance_id)
            if said != SaidFindings():
                found = await closing.find_out(tx, desk.clock, found.id, said, version=found.version)
            return await closing.close(tx, desk.clock, found.id, version=found.version)


async def _duties(desk: Desk, main_connector: str | None) -> list[KeptDuty]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found: list[KeptDuty] = []
            while page := await reading.open_duties(tx, after=found[-1].id if found else None, count=_PAGE):
                found += page
            return found


async def _all(tx: Transaction, *, every: bool) -> list[Disturbance]:
    found: list[Disturbance] = []
    states = tuple(State) if every else None
    while page := await reading.listed(tx, states, before=found[-1].id if found else None, count=_PAGE):
        found += page
    return found


async def _id(tx: Transaction, asked: str) -> UUID:
    if len(asked) != _SHORT:
        try:
            return UUID(asked)
        except ValueError as why:
            raise DisturbanceNotFound("no disturbance has that id or reference") from why
    named = [one.id for one in await _all(tx, every=False) if one.reference == asked.upper()]
    if len(named) != 1:
        raise DisturbanceNotFound(f"{len(named)} open disturbances have that reference: give the id")
    return named[0]


def _lines(found: Whole) -> Iterator[tuple[str, ...]]:
    one = found.disturbance
    yield "disturbance", one.reference, one.state, one.kind, _time(one.since), one.title or _NONE, str(one.id)
    for report in found.reports:
        by = _NONE if report.tenancy_id is None else str(report.tenancy_id)
        yield "report", _time(report.reported_at), by, _one_line(report.what)
    for answer in found.answers:
        yield "answer", answer.fact, answer.answer, answer.basis, answer.answered_by, _time(answer.answered_at)
    for duty in found.duties:
        who = _NONE if duty.tenancy_id is None else str(duty.tenancy_id)
        yield "duty", duty.state, duty.purpose, who, duty.addressee, duty.rule, _time(duty.due_at), str(duty.id)
    for rule in reading.would_arise(found):
        yield "possible", rule.to, rule.key
    for call in found.calls:
        yield (
            "call",
            str(call.number),
            _time(call.called_at),
            str(call.contact_id or "administrators"),
            str(call.people),
        )
    yield from _ended(found)
    for status in found.statuses:
        yield "status", str(status.number), status.phase, _time(status.published_at)


def _ended(found: Whole) -> Iterator[tuple[str, ...]]:
    for finding in found.findings:
        kind = finding.kind if finding.cause is None else f"{finding.kind}/{finding.cause}"
        yield "finding", kind, finding.said_by, _time(finding.said_at), _one_line(finding.text)
    for hold in found.holds:
        yield "hold", hold.key, _time(hold.placed_at), hold.because.en


def _duty(one: KeptDuty, now: datetime) -> tuple[str, ...]:
    late = "overdue" if one.due_at < now else _NONE
    who = "main connector" if one.tenancy_id is None else str(one.tenancy_id)
    reference = one.disturbance_id.hex[-_SHORT:].upper()
    return _time(one.due_at), late, who, one.addressee, one.rule, reference, str(one.id)


def _instant(said: datetime | None, now: datetime) -> datetime:
    if said is None:
        return now
    return said if said.tzinfo is not None else said.replace(tzinfo=HELSINKI)


def _time(at: datetime) -> str:
    return at.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M")


def _one_line(text: str) -> str:
    return " ".join(text.split())
