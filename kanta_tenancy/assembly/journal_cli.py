"""The commands `journal verify|checkpoint`: whether anybody has tampered with what was done, and what shows it."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click
from msgspec.structs import replace

from kanta_tenancy.assembly import document_evidence
from kanta_tenancy.assembly.document_files import EXISTING
from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.postgres.journal import Walk, chains, verify_chain
from kanta_tenancy.parties import desk_work
from kanta_tenancy.parties.model import MainConnector
from kanta_tenancy.seals import certificates, rotating, stamps, verifying
from kanta_tenancy.seals import desk_work as desk_of_seals
from kanta_tenancy.seals.desk_work import SealersDesk
from kanta_tenancy.seals.elsewhere import KeptCheckpoint
from kanta_tenancy.seals.model import Checkpoint
from kanta_tenancy.seals.stamps import Stamped, StampJudgement, StampTrust
from kanta_tenancy.trust import judging


class Tally:
    """What was verified, and how many breaks were told."""

    def __init__(self, trust: StampTrust) -> None:
        self.trust = trust
        self.stamps = dict.fromkeys(Stamped, 0)
        self.unproved: list[str] = []
        self.realms = 0
        self.chains = 0
        self.entries = 0
        self.checkpoints = 0
        self.breaks = 0

    def tell(self, realm: MainConnector, sentence: str) -> None:
        self.breaks += 1
        click.echo(f"main connector {realm.business_id}, {sentence}")

    def add_stamps(self, realm: MainConnector, line: verifying.Line) -> None:
        for stands, count in line.stamps.items():
            self.stamps[stands] += count
        self.unproved += (f"main connector {realm.business_id}, {sentence}" for sentence in line.unproved)

    def told_of_stamps(self) -> Iterator[str]:
        """Say how the timestamps stand; each that is open only to those who said whom they believe."""
        if self.trust.anchors:
            yield from self.unproved
        proved, unproved = self.stamps[Stamped.PROVED], self.stamps[Stamped.INDETERMINATE]
        if proved or unproved:
            yield f"Timestamps: {proved:,} proved, {unproved:,} indeterminate, {self.stamps[Stamped.NONE]:,} to come."


@click.group()
def journal() -> None:
    """Look after the journal of who did what."""


@journal.command()
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option(
    "--checkpoint",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Compare also with a checkpoint that was kept elsewhere; may be given several times.",
)
@click.option(
    "--timestamp-trust",
    type=EXISTING,
    multiple=True,
    metavar="CA.pem",
    help="Authorities whose timestamps of checkpoints are believed; may be given several times.",
)
@click.option(
    "--crl",
    type=EXISTING,
    multiple=True,
    metavar="CA.crl",
    help="Their revocation lists, DER or PEM, beside those that are kept; may be given several times.",
)
@click.pass_context
def verify(
    context: click.Context,
    *,
    main_connector: str | None,
    files: tuple[Path, ...],
    timestamp_trust: tuple[Path, ...],
    crl: tuple[Path, ...],
) -> None:
    """Verify that no entry of the journal was changed, removed or put in later.

    Each tenancy has a chain of entries of its own, and so has each main connector for its own acts; every entry is
    sealed with the one before. All chains are read from their beginning, beside a service that goes on writing, and
    compared with all checkpoints, whose seals are verified too.

    Says in a sentence each place where a chain or a checkpoint is broken. Ends with 0 when all are whole and with 3
    when one is not; with 4 when all are whole and --timestamp-trust is given, and it is open whether to believe a
    timestamp. docs/operations/journal.md tells what to do then, and what this cannot find.
    """
    desk: Desk = context.obj
    tally = Tally(_trusted(timestamp_trust, crl))
    began = time.perf_counter()
    asyncio.run(_verify(desk, main_connector, [desk_of_seals.read_kept(file) for file in files], tally))
    took = time.perf_counter() - began
    click.echo(
        f"{_count(tally.breaks, 'break') if tally.breaks else 'Whole'}: {_count(tally.realms, 'main connector')},"
        f" {_count(tally.chains, 'chain')}, {_count(tally.entries, 'entry', 'entries')},"
        f" {_count(tally.checkpoints, 'checkpoint')}"
        f" in {took:.1f} s, {tally.entries / took:,.0f} a second."
    )
    for line in tally.told_of_stamps():
        click.echo(line)
    if tally.breaks:
        context.exit(Outcome.INVALID)
    if timestamp_trust and tally.unproved:
        context.exit(Outcome.INDETERMINATE)


@journal.command("checkpoint")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option(
    "--out",
    type=click.File("wb", atomic=True),
    metavar="FILE",
    help="Write it as a file, to be kept where whoever owns the database cannot write.",
)
@click.option("--number", type=click.IntRange(min=1), help="With --out: an earlier one, by its number, instead.")
@click.pass_obj
def make_checkpoint(desk: SealersDesk, *, main_connector: str | None, out: BinaryIO | None, number: int | None) -> None:
    """Seal where all chains of the journal end now, as is done each hour by itself.

    When nothing has happened since the newest checkpoint, that one stands. Each line: main connector, number, how
    many chains there are, how many had moved, the root; separated by tabs. With --out, one main connector's.
    """
    if number is not None and out is None:
        raise click.UsageError("--number is for --out.")
    if number is None:
        for done in asyncio.run(desk_of_seals.make_checkpoints(desk, main_connector)):
            one = done.made.checkpoint
            facts = (done.main_connector.business_id, one.number, one.size, done.made.moved, one.root.hex())
            click.echo("\t".join(map(str, facts)), err=out is not None)
    if out is not None:
        out.write(asyncio.run(desk_of_seals.export(desk, main_connector, number)))


async def _verify(desk: Desk, main_connector: str | None, kept: list[KeptCheckpoint], tally: Tally) -> None:
    async with desk.database() as db:
        async with db.unscoped() as connection:
            for sentence in rotating.broken_successions(await certificates(connection)):
                tally.breaks += 1
                click.echo(sentence)
        realms = [await desk_work.realm(db, main_connector)] if main_connector else await desk_work.realms(db)
        for realm in realms:
            tally.realms += 1
            await _verify_realm(db, desk, realm, tally)
        for one in kept:
            await _verify_kept(db, desk, one, realms, tally)


async def _verify_kept(
    db: Database, desk: Desk, kept: KeptCheckpoint, realms: list[MainConnector], tally: Tally
) -> None:
    of = verifying.claimed(kept.seal).main_connector_id
    realm = next((one for one in realms if one.id == of), None)
    if realm is None:
        tally.breaks += 1
        click.echo(f"main connector {of}: a checkpoint of it was kept, and it is not among those that were verified")
        return
    async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
        async for sentence in verifying.verify_kept(tx, kept):
            tally.tell(realm, sentence)
    tally.checkpoints += 1


async def _verify_realm(db: Database, desk: Desk, realm: MainConnector, tally: Tally) -> None:
    after = UUID(int=0)
    async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
        # Asked before the chains are: whatever is there now has its chain by then, and what comes later is not missed.
        unmet = {chain async for chain in desk_work.chains_of(tx)}
        while batch := await chains(tx, after=after):
            unmet.difference_update(batch)
            for chain in batch:
                walk = Walk(chain)
                async for sentence in verify_chain(tx, walk):
                    tally.tell(realm, sentence)
                tally.chains += 1
                tally.entries += walk.count
            after = batch[-1]
        now = desk.clock.now()
        kept = (await judging(tx, realm.id, now)).revocation
        trust = replace(tally.trust, data=tally.trust.data.with_more(kept))
        line = verifying.Line(await certificates(tx), realm.id, partial(_stamp, trust, now))
        async for sentence in verifying.verify(tx, line):
            tally.tell(realm, sentence)
        tally.checkpoints += line.count
        tally.add_stamps(realm, line)
    for chain in sorted(unmet):
        tally.tell(realm, f"chain {chain}: it is missing as a whole")


def _stamp(trust: StampTrust, now: datetime, checkpoint: Checkpoint) -> StampJudgement:
    return stamps.judge(checkpoint.seal, checkpoint.token, sealed_at=checkpoint.at, trust=trust, now=now)


def _trusted(files: tuple[Path, ...], lists: tuple[Path, ...]) -> StampTrust:
    return StampTrust(anchors=document_evidence.certificates(files), data=document_evidence.revocation_data(lists, ()))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
