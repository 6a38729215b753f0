"""The command `journal verify`: whether anybody has tampered with what was done."""

import asyncio
import time
from uuid import UUID

import click

from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.postgres.journal import Walk, chains, verify_chain
from kanta_tenancy.parties import desk_work
from kanta_tenancy.parties.model import MainConnector


class Tally:
    """What was verified, and how many breaks were told."""

    def __init__(self) -> None:
        self.realms = 0
        self.chains = 0
        self.entries = 0
        self.breaks = 0


@click.group()
def journal() -> None:
    """Look after the journal of who did what."""


@journal.command()
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.pass_context
def verify(context: click.Context, *, main_connector: str | None) -> None:
    """Verify that no entry of the journal was changed, removed or put in later.

    Each tenancy has a chain of entries of its own, and so has each main connector for its own acts; every entry is
    sealed with the one before. All chains are read from their beginning, beside a service that goes on writing.

    Says in a sentence each place where a chain is broken. Ends with 0 when all chains are whole and with 3 when one
    is not. docs/operations/journal.md tells what to do then, and what this cannot find.
    """
    desk: Desk = context.obj
    tally = Tally()
    began = time.perf_counter()
    asyncio.run(_verify(desk, main_connector, tally))
    took = time.perf_counter() - began
    click.echo(
        f"{_count(tally.breaks, 'break') if tally.breaks else 'Whole'}: {_count(tally.realms, 'main connector')},"
        f" {_count(tally.chains, 'chain')}, {_count(tally.entries, 'entry', 'entries')}"
        f" in {took:.1f} s, {tally.entries / took:,.0f} a second."
    )
    if tally.breaks:
        context.exit(Outcome.INVALID)


async def _verify(desk: Desk, main_connector: str | None, tally: Tally) -> None:
    async with desk.database() as db:
        realms = [await desk_work.realm(db, main_connector)] if main_connector else await desk_work.realms(db)
        for realm in realms:
            tally.realms += 1
            await _verify_realm(db, desk, realm, tally)


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
                    tally.breaks += 1
                    click.echo(f"main connector {realm.business_id}, {sentence}")
                tally.chains += 1
                tally.entries += walk.count
            after = batch[-1]
    for chain in sorted(unmet):
        tally.breaks += 1
        click.echo(f"main connector {realm.business_id}, chain {chain}: it is missing as a whole")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
