"""A certificate's chain at the command line: `certificates chain`."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import click
import msgspec

from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.chains import reading
from kanta_tenancy.certificates.chains.bodies import ShownChain, ShownLine, shown_chain, shown_line
from kanta_tenancy.certificates.chains.model import ChainEnd
from kanta_tenancy.certificates.findings import KeptFinding
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.parties import desk_work

AMISS: Final = 3
_NOTHING: Final = "-"


class Whole(Record, frozen=True, kw_only=True):
    """A certificate's chain, what is amiss with it, and what it renewed or was renewed by."""

    chain: ShownChain
    findings: list[KeptFinding]
    renewals: ShownLine


@click.command("chain")
@click.argument("certificate")
@click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_context
def chain(context: click.Context, /, *, certificate: str, main_connector: str | None, as_json: bool) -> None:
    """Show who issued CERTIFICATE, by its id or SHA-256, who was revoked, what is amiss, and what renews what.

    Each line begins with what it is of. link: revocation status, whether that is fresh, last instant (UTC), subject,
    id; from the certificate upwards. end: how the way up ends, and whose certificate is missing. finding: severity,
    rule, sentence. renewal: step, days of overlap (below zero: days without cover), last instant, id. suggested:
    successor or predecessor, days, last instant, id; nobody has recorded it. Separated by tabs; a dash where there is
    nothing.

    Ends with 3 when there is a finding that is an error, with 5 when there is no such certificate, else with 0.
    """
    desk: Desk = context.obj
    found = asyncio.run(_whole(desk, main_connector, certificate))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for line in _lines(found):
            click.echo("\t".join(fit_to_be_shown(one) for one in line))
    if any(one.severity is Severity.ERROR for one in found.findings):
        context.exit(AMISS)


async def _whole(desk: Desk, main_connector: str | None, asked: str) -> Whole:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            certificate_id = await inventory.identified(tx, asked)
            return Whole(
                chain=shown_chain(await reading.chain_of(tx, certificate_id), desk.clock.now()),
                findings=await findings.of_certificates(tx, [certificate_id]),
                renewals=shown_line(certificate_id, await reading.line_of(tx, certificate_id)),
            )


def _lines(found: Whole) -> Iterator[tuple[str, ...]]:
    yield from _chain(found.chain)
    for finding in found.findings:
        yield "finding", finding.severity, finding.rule, finding.sentence.en
    for one in found.renewals.certificates:
        if one.step:
            yield "renewal", f"{one.step:+}", _number(one.overlap_days), _until(one.not_after), str(one.certificate_id)
    for word, suggested in (
        ("successor", found.renewals.suggested_successor),
        ("predecessor", found.renewals.suggested_predecessor),
    ):
        if suggested is not None:
            days = _number(suggested.overlap_days)
            yield "suggested", word, days, _until(suggested.not_after), str(suggested.certificate_id)


def _chain(found: ShownChain) -> Iterator[tuple[str, ...]]:
    for link in found.links:
        said = link.revocation
        status = (_NOTHING, _NOTHING) if said is None else (said.status, "fresh" if said.fresh else "stale")
        yield "link", *status, _until(link.not_after), link.subject or _NOTHING, str(link.certificate_id or _NOTHING)
    missing = found.missing_issuer if found.end is ChainEnd.ISSUER_MISSING else None
    yield "end", found.end, missing or _NOTHING


def _until(instant: datetime | None) -> str:
    return _NOTHING if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(days: int | None) -> str:
    return _NOTHING if days is None else str(days)
