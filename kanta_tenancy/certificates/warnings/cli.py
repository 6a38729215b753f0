"""Warnings at the command line: what is open, and that somebody sees to it."""

import asyncio
from typing import Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.certificates.findings import KeptFinding
from kanta_tenancy.certificates.warnings import actions, bodies, levels, reading
from kanta_tenancy.certificates.warnings.bodies import ShownOpenWarning
from kanta_tenancy.certificates.warnings.errors import WarningNotOpen
from kanta_tenancy.certificates.warnings.model import Digest, Level, OpenPosition, WarningState
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

_PAGE: Final = 200
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)


@click.command("warnings")
@_MAIN_CONNECTOR
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def warnings(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List warnings that nobody has acknowledged, the most urgent first.

    Each line: last day, days left, level, up to whom it was told, kind, name, id of the certificate; separated by tabs.
    """
    found = asyncio.run(_open(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        name = one.common_name or one.subject or one.sha256
        up_to = "-" if one.up_to is None else one.up_to.value
        cells = (one.ends_on.isoformat(), str(one.days_left), one.level, up_to, one.kind, name, str(one.certificate_id))
        click.echo("\t".join(cells))


@click.command("acknowledge")
@click.option(
    "--digest", type=click.UUID, metavar="NUMBER", help="All that a digest tells of; its mail has the number."
)
@click.option("--certificate", type=click.UUID, metavar="ID", help="The open warning of one certificate.")
@click.option("--finding", type=click.UUID, metavar="ID", help="One finding.")
@_MAIN_CONNECTOR
@click.pass_obj
def acknowledge(
    desk: Desk, *, digest: UUID | None, certificate: UUID | None, finding: UUID | None, main_connector: str | None
) -> None:
    """Say that somebody sees to what people were warned of, so that nobody else is told.

    Name a digest, a certificate or a finding. When a certificate comes to its next level, or what was amiss comes back
    or grows more severe, people are told again.
    """
    if sum(one is not None for one in (digest, certificate, finding)) != 1:
        raise click.UsageError("Name a digest, a certificate or a finding.")
    if digest is not None:
        done = asyncio.run(_digest(desk, main_connector, digest))
        click.echo(f"acknowledged\t{done.id}\t{done.certificates} certificates\t{done.findings} findings")
    elif finding is not None:
        seen_to = asyncio.run(_finding(desk, main_connector, finding))
        click.echo(f"acknowledged\t{finding}\t{seen_to.rule}")
    elif certificate is not None:
        level = asyncio.run(_certificate(desk, main_connector, certificate))
        click.echo(f"acknowledged\t{certificate}\t{levels.name(level)}")


async def _open(desk: Desk, main_connector: str | None) -> list[ShownOpenWarning]:
    today = day_in_finland(desk.clock.now())
    found: list[ShownOpenWarning] = []
    after: OpenPosition | None = None
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            while page := await reading.open_warnings(tx, after=after, count=_PAGE):
                found += [bodies.open_warning(one, today) for one in page]
                after = OpenPosition(ends_on=page[-1].ends_on, certificate_id=page[-1].certificate_id)
    return found


async def _digest(desk: Desk, main_connector: str | None, digest_id: UUID) -> Digest:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            seen = await reading.digest(tx, digest_id)
            return await actions.acknowledge_digest(tx, desk.clock, digest_id, version=seen.version)


async def _finding(desk: Desk, main_connector: str | None, finding_id: UUID) -> KeptFinding:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            return await actions.acknowledge_finding(tx, desk.clock, finding_id)


async def _certificate(desk: Desk, main_connector: str | None, certificate_id: UUID) -> Level:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            level = await _open_level(tx, desk, certificate_id)
            await actions.acknowledge_warning(tx, desk.clock, certificate_id, level)
            return level


async def _open_level(tx: Transaction, desk: Desk, certificate_id: UUID) -> Level:
    warned, _ = await reading.of_certificate(tx, certificate_id, day_in_finland(desk.clock.now()))
    for one in warned:
        if one.state is WarningState.OPEN:
            return one.level
    raise WarningNotOpen("no warning of the certificate is open")
