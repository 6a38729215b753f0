"""The watch at the command line: `certificates endpoints …`, and `certificates check`."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.certificates.findings import FindingPosition, KeptFinding, open_ones
from kanta_tenancy.certificates.findings.bodies import ShownFinding
from kanta_tenancy.certificates.findings.bodies import shown as shown_finding
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.watching import actions, bodies, reading
from kanta_tenancy.certificates.watching.bodies import ShownObservation, ShownServer
from kanta_tenancy.certificates.watching.errors import EndpointRefused
from kanta_tenancy.certificates.watching.model import EndpointPosition, WatchedEndpoint
from kanta_tenancy.certificates.watching.rhythm import LONGEST_HOURS
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.commands import InOrder
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.probing.endpoint import StartTls
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.parties import desk_work
from kanta_tenancy.systems import reading as systems
from kanta_tenancy.systems.errors import SystemNotFound

AMISS: Final = 3
_PAGE: Final = 200
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class Whole(Record, frozen=True, kw_only=True):
    """A watched server with what it did."""

    endpoint: ShownServer
    observations: list[ShownObservation]


class Checked(Record, frozen=True, kw_only=True):
    """How the watch stands, and what is amiss."""

    late_since: datetime | None
    findings: list[ShownFinding]


@click.group(cls=InOrder)
def endpoints() -> None:
    """Watch servers: have them asked for their certificates again and again."""


@endpoints.command("watch")
@click.argument("place", metavar="HOST:PORT")
@click.option("--sni", metavar="NAME", help="The name to ask for and to compare with; else HOST.")
@click.option("--starttls", type=click.Choice([one.value for one in StartTls]), help="The protocol that TLS begins in.")
@click.option("--every", type=click.IntRange(1, LONGEST_HOURS), metavar="HOURS", help="How often; else every 6 hours.")
@click.option("--expect", metavar="SHA256", help="The certificate of the inventory that it should serve.")
@click.option("--system", metavar="SYSTEM", help="The information system that it belongs to, by name or id.")
@_MAIN_CONNECTOR
@click.pass_obj
def watch(desk: Desk, /, *, place: str, main_connector: str | None, **said: Any) -> None:
    """Have the server at HOST:PORT asked for its certificates from now on; print its id.

    The service asks, not this command: internal addresses need KANTA_PROBING_ALLOWED there.
    """
    click.echo(asyncio.run(_watch(desk, main_connector, place, said)).id)


@endpoints.command("list")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List the servers that are watched, newest first.

    Each line: serves, fails or new; since when or the last time; place; the name that is asked for; id. Separated by
    tabs; a dash where there is nothing.
    """
    found = asyncio.run(_list(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        click.echo("\t".join(_line(one)))


@endpoints.command("show")
@click.argument("endpoint", type=click.UUID)
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, endpoint: UUID, main_connector: str | None, as_json: bool) -> None:
    """Show ENDPOINT, by its id, and what it served or why nothing, newest first.

    The first line is as in a list. Each other line: from, to, how often; trouble or a dash; TLS version; SHA-256 of the
    certificates in the order in which they came. Separated by tabs.
    """
    found = asyncio.run(_show(desk, main_connector, endpoint))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    click.echo("\t".join(_line(found.endpoint)))
    for one in found.observations:
        click.echo("\t".join(_observation(one)))


@endpoints.command("end")
@click.argument("endpoint", type=click.UUID)
@click.option("--because", required=True, help="Why it is watched no longer.")
@_MAIN_CONNECTOR
@click.pass_obj
def end(desk: Desk, *, endpoint: UUID, because: str, main_connector: str | None) -> None:
    """Watch ENDPOINT, by its id, no longer."""
    asyncio.run(_end(desk, main_connector, endpoint, because))


@click.command()
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_context
def check(context: click.Context, *, main_connector: str | None, as_json: bool) -> None:
    """Tell what is amiss with certificates, their sources and servers, and whether they are watched in time.

    Each line: error or warning, rule, since when, a sentence, id of the finding; separated by tabs. A watch that is
    late is told first, and has no id.

    Ends with 3 when there is any line, else with 0.
    """
    desk: Desk = context.obj
    found = asyncio.run(_check(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for line in _amiss(found):
            click.echo("\t".join(line))
    if found.findings or found.late_since is not None:
        context.exit(AMISS)


async def _watch(desk: Desk, main_connector: str | None, place: str, said: dict[str, Any]) -> WatchedEndpoint:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return await actions.watch(
                tx,
                desk.clock,
                place,
                server_name=said["sni"],
                start_tls=None if said["starttls"] is None else StartTls(said["starttls"]),
                probe_every_hours=said["every"],
                expected_id=await _certificate(tx, said["expect"]),
                system_id=await _system(tx, said["system"]),
            )


async def _certificate(tx: Transaction, sha256: str | None) -> UUID | None:
    if sha256 is None:
        return None
    plain = sha256.replace(":", "").lower()
    found = await inventory.known(tx, [plain])
    if plain not in found:
        raise EndpointRefused("the inventory has no certificate of that SHA-256")
    return found[plain]


async def _system(tx: Transaction, asked: str | None) -> UUID | None:
    if asked is None:
        return None
    try:
        return UUID(asked)
    except ValueError:
        found = await systems.named(tx, asked)
    if found is None:
        raise SystemNotFound("no information system has that name or id")
    return found


async def _list(desk: Desk, main_connector: str | None) -> list[ShownServer]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found: list[WatchedEndpoint] = []
            after: EndpointPosition | None = None
            while page := await reading.listed(tx, after=after, count=_PAGE):
                found += page
                after = EndpointPosition(id=page[-1].id)
            return [bodies.shown(one) for one in found]


async def _show(desk: Desk, main_connector: str | None, endpoint_id: UUID) -> Whole:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            endpoint = await reading.endpoint(tx, endpoint_id)
            did = await reading.observed(tx, endpoint_id, after=None, count=_PAGE)
            return Whole(endpoint=bodies.shown(endpoint), observations=[bodies.observed(one) for one in did])


async def _end(desk: Desk, main_connector: str | None, endpoint_id: UUID, because: str) -> None:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            seen = await reading.endpoint(tx, endpoint_id)
            await actions.watch_no_longer(tx, desk.clock, endpoint_id, version=seen.version, because=because)


async def _check(desk: Desk, main_connector: str | None) -> Checked:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            standing = await reading.watch(tx, (), desk.clock.now())
            found: list[KeptFinding] = []
            after: FindingPosition | None = None
            while page := await open_ones(tx, after=after, count=_PAGE):
                found += page
                after = FindingPosition(id=page[-1].id)
            return Checked(late_since=standing.late_since, findings=[shown_finding(one) for one in found])


def _line(one: ShownServer) -> tuple[str, ...]:
    state, at = ("fails", one.failing_since) if one.failing_since else ("serves", one.served_at)
    return "new" if one.probed_at is None else state, _at(at), one.place, one.server_name or "-", str(one.id)


def _observation(one: ShownObservation) -> tuple[str, ...]:
    trouble = f"{one.trouble}: {one.detail}" if one.trouble else "-"
    return _at(one.first_at), _at(one.last_at), str(one.times), trouble, one.protocol or "-", " ".join(one.chain) or "-"


def _amiss(found: Checked) -> Iterator[tuple[str, ...]]:
    if found.late_since is not None:
        yield "error", "watch.late", _at(found.late_since), "The watch of certificates does not look any more.", "-"
    for one in found.findings:
        # A stranger wrote some of the text, and a terminal obeys some characters.
        yield one.severity.value, one.rule, _at(one.first_at), fit_to_be_shown(one.sentence.en), str(one.id)


def _at(at: datetime | None) -> str:
    return "-" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
