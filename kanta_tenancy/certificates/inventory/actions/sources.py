"""What people say of a source: how often it is read, and that nobody reads it any more."""

from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.certificates.inventory import history
from kanta_tenancy.certificates.inventory.model import Source
from kanta_tenancy.certificates.inventory.store import sources
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record

_BATCH = 1_000


async def promise(
    tx: Transaction, clock: Clock, source_id: UUID, *, read_every_hours: int | None, version: int
) -> Source:
    """Say how often a source is read again; None: nobody promises it.

    Raises:
        SourceNotFound, SourceChanged: there is none, or not at that version any more.
    """
    before = await sources.take(tx, source_id, version)
    after = replace(before, read_every_hours=read_every_hours, version=version + 1)
    await sources.save(tx, after)
    await record(tx, history.of_source("promised", before, after, at=clock.now(), read_every_hours=read_every_hours))
    return after


async def end(tx: Transaction, clock: Clock, source_id: UUID, *, version: int) -> Source:
    """Say that nobody reads a source any more; its places end, its certificates stay.

    Raises:
        SourceNotFound, SourceChanged: there is none, or not at that version any more.
    """
    before = await sources.take(tx, source_id, version)
    at = clock.now()
    still = list((await sources.places_still(tx, source_id)).values())
    for start in range(0, len(still), _BATCH):
        await sources.end_places(tx, still[start : start + _BATCH], at)
    after = replace(before, certificates=0, ended_at=at, version=version + 1)
    await sources.save(tx, after)
    await record(tx, history.of_source("ended", before, after, at=at, ended=len(still)))
    return after
