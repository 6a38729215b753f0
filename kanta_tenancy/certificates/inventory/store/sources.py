"""Sources of certificates and their places in PostgreSQL. The only one that reads `queries/certificates/source.sql`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.inventory.errors import SourceChanged, SourceNotFound
from kanta_tenancy.certificates.inventory.model import Place, Source, SourceNamed
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

Found = tuple[UUID, str]  # a certificate, and where


class Added(Record, frozen=True, kw_only=True):
    certificate_id: UUID
    first: bool  # the source had it nowhere else


class Still(Record, frozen=True, kw_only=True):
    id: UUID
    certificate_id: UUID
    place: str


OPEN: Final = statement("certificates/source.open", Source)
SAVE: Final = statement("certificates/source.save", Nothing)
ADD_PLACES: Final = statement("certificates/source.add_places", Added)
ADD_OTHER_PLACES: Final = statement("certificates/source.add_other_places", Nothing)
PLACES_STILL: Final = statement("certificates/source.places_still", Still)
END_PLACES: Final = statement("certificates/source.end_places", Nothing)
PAGE: Final = statement("certificates/source.page", Source)
LOCK: Final = statement("certificates/source.lock", Source)
PLACES_OF: Final = statement("certificates/source.places_of", Place)


async def hold(tx: Transaction, named: SourceNamed, at: datetime) -> Source:
    """Read the source of a name, made when there is none, and hold it until the transaction ends."""
    source = await OPEN.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=new_id(),
        kind=named.kind,
        name=named.name,
        read_every_hours=named.read_every_hours,
        at=at,
    )
    if source is None:
        raise LookupError("a statement that writes or updates a source returned none")
    return source


async def take(tx: Transaction, source_id: UUID, version: int) -> Source:
    """Read a source that somebody reads still, and hold it until the transaction ends.

    Raises:
        SourceNotFound: the scope has none of that id.
        SourceChanged: it is at another version.
    """
    held = await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, source_id=source_id)
    if held is None or held.ended_at is not None:
        raise SourceNotFound(f"no source {source_id} that is read still")
    if held.version != version:
        raise SourceChanged(f"it is at version {held.version}, not {version}", version=held.version)
    return held


async def page(tx: Transaction, *, after: UUID | None, count: int) -> list[Source]:
    """Read a page of the sources that somebody reads still, the oldest first."""
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after or UUID(int=0), count=count)


async def save(tx: Transaction, source: Source) -> None:
    """Write a later state of a source that the transaction holds."""
    await SAVE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        source_id=source.id,
        read_every_hours=source.read_every_hours,
        last_read_at=source.last_read_at,
        trouble=source.trouble,
        certificates=source.certificates,
        ended_at=source.ended_at,
        version=source.version,
    )


async def add_places(tx: Transaction, source_id: UUID, found: Sequence[Found], at: datetime) -> list[Added]:
    """Say where a source has certificates; return what it was not known to have there."""
    return await ADD_PLACES.all(tx, **_places(tx, source_id, found, at))


async def add_other_places(tx: Transaction, source_id: UUID, found: Sequence[Found], at: datetime) -> None:
    """Say where a source that the transaction holds has certificates, beside those of `places_still`."""
    await ADD_OTHER_PLACES.run(tx, **_places(tx, source_id, found, at))


def _places(tx: Transaction, source_id: UUID, found: Sequence[Found], at: datetime) -> dict[str, object]:
    return {
        "main_connector_id": tx.scope.main_connector_id,
        "source_id": source_id,
        "at": at,
        "ids": [new_id() for _ in found],
        "certificate_ids": [certificate_id for certificate_id, _ in found],
        "places": [place for _, place in found],
    }


async def places_still(tx: Transaction, source_id: UUID) -> dict[Found, UUID]:
    """Return where a source has certificates, each with the id of its row."""
    return {(one.certificate_id, one.place): one.id for one in await PLACES_STILL.all(tx, source_id=source_id)}


async def end_places(tx: Transaction, ids: Collection[UUID], at: datetime) -> int:
    return await END_PLACES.run(tx, ids=list(ids), at=at)


async def places_of(tx: Transaction, certificate_id: UUID) -> list[Place]:
    """Read where a certificate is and was, the oldest first."""
    return await PLACES_OF.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
