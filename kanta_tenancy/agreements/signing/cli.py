"""Signatures at the command line: `agreements signatures`, and those on paper: `agreements sign-on-paper`."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import click
import msgspec

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.bodies import kept_signature, shown
from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.model import Agreement, Party, Signature
from kanta_tenancy.agreements.signing import papers
from kanta_tenancy.agreements.signing.on_paper import SaidOnPaper
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work


@click.command("signatures")
@click.argument("agreement", type=click.UUID)
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose agreement; not needed while there is one main connector only.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def signatures(desk: Desk, *, agreement: UUID, main_connector: str | None, as_json: bool) -> None:
    """List who has signed AGREEMENT, in their order, with the level of each signature.

    Each line: party, position, digital or paper, level, level wanted, trust and revocation as they were judged when it
    was accepted, the instant of that, whom the certificate names; separated by tabs, - for what there is not.
    """

    async def read() -> Agreement:
        async with desk.database() as db:
            realm = await desk_work.realm(db, main_connector)
            async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
                return await reading.one(tx, AgreementId(agreement))

    found = asyncio.run(read()).signatures
    if as_json:
        click.echo(msgspec.json.encode([kept_signature(one) for one in found]))
        return
    for one in found:
        click.echo("\t".join(_line(one)))


@click.command("sign-on-paper")
@click.argument("agreement", type=click.UUID)
@click.argument("scan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--party", type=click.Choice([one.value for one in Party]), required=True, help="Who signed.")
@click.option("--position", type=click.IntRange(1, 2), default=1, show_default=True, help="2: the second of two.")
@click.option("--signed-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day that the paper says.")
@click.option("--received-on", type=click.DateTime(["%Y-%m-%d"]), help="When it reached you; today if left out.")
@click.option("--received-by", metavar="NAME", required=True, help="The person who has the paper now.")
@click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose agreement; not needed while there is one main connector only.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def sign_on_paper(
    desk: Desk,
    *,
    agreement: UUID,
    scan: Path,
    party: str,
    position: int,
    signed_on: datetime,
    received_on: datetime | None,
    received_by: str,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """Put down that somebody has signed AGREEMENT on paper, of which SCAN is a PDF, PNG, JPEG or TIFF.

    The agreement shows for ever that this signature is a scan, which nothing verifies. The paper itself is the
    original: keep it.
    """
    content = scan.read_bytes()
    papers.examine(content)

    def said(exhibit_id: UUID) -> SaidOnPaper:
        return SaidOnPaper(
            party=Party(party),
            position=position,
            signed_on=signed_on.date(),
            received_on=_day(received_on),
            received_by=received_by,
            exhibit_id=exhibit_id,
        )

    async def put_down(tx: Transaction) -> Agreement:
        before = await reading.one(tx, AgreementId(agreement))
        exhibit = await exhibits.add(tx, desk.clock, tenancy_id=before.tenancy_id, name=scan.name, content=content)
        return await papers.put_down(
            tx, desk.clock, agreement_id=before.id, version=before.version, said=said(exhibit.id)
        )

    async def run() -> Agreement:
        async with desk.database() as db:
            realm = await desk_work.realm(db, main_connector)
            async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
                return await put_down(tx)

    signed = asyncio.run(run())
    if as_json:
        click.echo(msgspec.json.encode(shown(signed)))
    else:
        click.echo(f"{signed.reference}\t{signed.status}\tsigned on paper; the scan is not verified")


def _line(one: Signature) -> tuple[str, ...]:
    trust, revocation = ("-", "-") if one.judged is None else (one.judged.trust, one.judged.revocation)
    signed_at = f"{one.signed_at:%Y-%m-%dT%H:%M:%SZ}"
    level = (one.level or "-", one.level_wanted or "-")
    place = (one.party, str(one.position), one.manner)
    return *place, *level, trust, revocation, signed_at, one.certificate_subject or "-"


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else instant.date()
