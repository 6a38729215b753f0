"""Proof bundles at the command line: `proof make`."""

import asyncio
from functools import partial
from typing import BinaryIO
from uuid import UUID

import click

from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.parties import desk_work
from kanta_tenancy.proofs.making import make as make_bundle
from kanta_tenancy.seals.desk_work import SealersDesk


@click.group()
def proof() -> None:
    """Make a proof bundle of an agreement, and verify one that anybody made."""


@proof.command()
@click.argument("agreement", type=click.UUID)
@click.option("--out", type=click.File("wb", atomic=True), required=True, metavar="FILE", help="Where to write it.")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Whose; may be left out when there is only one.")
@click.pass_obj
def make(desk: SealersDesk, *, agreement: UUID, out: BinaryIO, main_connector: str | None) -> None:
    """Write everything that proves AGREEMENT (its id) into one file, sealed by the service.

    The same content gives the same bytes. It is refused while the journal's next checkpoint, made each hour, has yet to
    see what was done last: `journal checkpoint` makes one at once.
    """
    out.write(asyncio.run(_made(desk, main_connector, AgreementId(agreement))))


async def _made(desk: SealersDesk, main_connector: str | None, agreement_id: AgreementId) -> bytes:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        begin = partial(db.transaction, desk_work.at_desk(desk, of.id))
        return (await make_bundle(begin, desk.clock, desk.seal_keys(), agreement_id)).content
