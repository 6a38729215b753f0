"""Files, folders and zips of certificates into the inventory, on the operator's machine; keys stay where they are."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from msgspec.structs import replace

from kanta_tenancy.certificates.inventory import apart, intake
from kanta_tenancy.certificates.inventory.intake import BATCH, Examination
from kanta_tenancy.certificates.inventory.model import Arrival, LeftOut, SourceNamed, TakenIn
from kanta_tenancy.certificates.looking.gathering import bundled
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.x509.bundles import Found, KeyMaterialFound, NotRead

_MANY: Final = 2 * BATCH  # fewer are examined sooner than processes are started
_TOLD: Final = 3  # files that could not be read, in what is kept of a source's trouble


class Gathered(Record, frozen=True, kw_only=True):
    """What a source on this machine has."""

    source: SourceNamed
    arrivals: tuple[Arrival, ...]
    keys: tuple[str, ...]  # where private keys are; they were not kept
    not_read: tuple[NotRead, ...]

    @property
    def missing(self) -> str | None:
        """What of the source could not be read; None: all could. A file of another kind was never to be read."""
        closed = [one for one in self.not_read if not one.of_another_kind]
        if not closed:
            return None if self.arrivals else "no certificate is there"
        told = "; ".join(f"{one.where}: {one.why}" for one in closed[:_TOLD])
        return told if len(closed) <= _TOLD else f"{told}; and {len(closed) - _TOLD} more"


class Imported(Record, frozen=True, kw_only=True):
    """What an import of a source did, or would do."""

    source: str
    changed: bool
    new: int
    known: int
    ended: int
    before: int
    after: int
    trouble: str | None
    keys: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def gather(paths: Sequence[Path], password: bytes | None, source: SourceNamed) -> Gathered:
    """Read what is in files and folders and below them, as certificates that nobody has looked at yet."""
    found = list(bundled([path.absolute() for path in paths], password))
    return Gathered(
        source=source,
        arrivals=tuple(Arrival(der=one.der, place=one.where) for one in found if isinstance(one, Found)),
        keys=tuple(dict.fromkeys(one.where for one in found if isinstance(one, KeyMaterialFound))),
        not_read=tuple(one for one in found if isinstance(one, NotRead)),
    )


async def import_source(db: Database, caller: Caller, clock: Clock, gathered: Gathered, *, dry_run: bool) -> Imported:
    """Bring what a source has into the inventory, in one transaction; one that is interrupted has changed nothing.

    A source where nothing is found is taken to be away, as a folder whose disk is: what it had stays.
    """
    with _examination(len(gathered.arrivals)) as examine:
        if dry_run:
            return await _tried(db, caller, clock, gathered, examine)
        async with db.transaction(caller) as tx:
            return await _do(tx, clock, gathered, examine)


class _Undone(Exception):
    """All was done to see what it would do, and is undone."""

    def __init__(self, done: Imported) -> None:
        super().__init__()
        self.done = done


async def _tried(db: Database, caller: Caller, clock: Clock, gathered: Gathered, examine: Examination) -> Imported:
    try:
        async with db.transaction(caller) as tx:
            _undo(await _do(tx, clock, gathered, examine))
    except _Undone as undone:
        return replace(undone.done, changed=False)


def _undo(done: Imported) -> NoReturn:
    raise _Undone(done)


@contextmanager
def _examination(count: int) -> Iterator[Examination]:
    if count < _MANY:
        yield intake.here
    else:
        with apart.in_processes(len(os.sched_getaffinity(0))) as examine:
            yield examine


async def _do(tx: Transaction, clock: Clock, gathered: Gathered, examine: Examination) -> Imported:
    if gathered.arrivals:
        taken = await intake.take_in(
            tx, clock, gathered.source, gathered.arrivals, missing=gathered.missing, examine=examine
        )
    else:
        source = await intake.source_failed(tx, clock, gathered.source, gathered.missing or "")
        taken = TakenIn(
            source=source,
            certificates=(),
            new=(),
            known=(),
            ended=0,
            before=source.certificates,
            after=source.certificates,
        )
    return Imported(
        source=taken.source.name,
        changed=True,
        new=len(taken.new),
        known=len(taken.known),
        ended=taken.ended,
        before=taken.before,
        after=taken.after,
        trouble=taken.source.trouble,
        keys=gathered.keys,
        left_out=taken.left_out,
    )
