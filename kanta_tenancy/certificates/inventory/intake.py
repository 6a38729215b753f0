"""Certificates come into the inventory, and what their source no longer has goes; a source that fails says so.

All of a source comes in one transaction: one that is interrupted has changed nothing, and it can be repeated.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.certificates.inventory import examining, history
from kanta_tenancy.certificates.inventory.examining import Examined
from kanta_tenancy.certificates.inventory.model import (
    Arrival,
    CertificatesArrived,
    LeftOut,
    Source,
    SourceKind,
    SourceNamed,
    SourceRead,
    TakenIn,
)
from kanta_tenancy.certificates.inventory.store import certificates, sources
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.machinery.x509.reading import MAX_BYTES

T = TypeVar("T")
Examination = Callable[[Iterable[Sequence[bytes]]], AsyncIterator[Sequence[Examined]]]

BATCH: Final = 1_000  # certificates in a statement and in a message
_LONGEST_PLACE: Final = 1_000
_LONGEST_TROUBLE: Final = 500


async def here(batches: Iterable[Sequence[bytes]]) -> AsyncIterator[Sequence[Examined]]:
    """Examine batches of certificates one after the other in this process."""
    for batch in batches:
        yield examining.examine_all(batch)


async def take_in(
    tx: Transaction,
    clock: Clock,
    named: SourceNamed,
    arrivals: Iterable[Arrival],
    *,
    tenancy_id: TenancyId | None = None,
    missing: str | None = None,
    examine: Examination = here,
) -> TakenIn:
    """Bring what a source has into the inventory; where it was known to have a certificate and has none now, that ends.

    What is handed in adds to what was handed in before, and ends nothing. Bytes that are no certificate, nor the
    beginning of one, are left out: they may be a private key.

    Args:
        tenancy_id: whose the certificates are that are new; None: the main connector's own.
        missing: what of the source could not be read; then nothing that was there before is taken to have gone.
        examine: reads batches of certificates, in order.
    """
    at = clock.now()
    source = await sources.hold(tx, named, at)
    sorting = _Sorting(arrivals)
    whole = missing is None and source.kind is not SourceKind.HANDED_IN
    places = _Places(tx, source, at, still=await sources.places_still(tx, source.id) if whole else None)
    there, arrived = await _certificates(tx, sorting, places, tenancy_id=tenancy_id, examine=examine, at=at)
    await places.end()
    new = {one for batch in arrived for one in batch.values()}
    after = len(there) if whole else source.certificates + places.certificates
    read = _read(source, at, certificates=after, missing=missing)
    # The journal last: whoever else writes into it waits for this transaction from then on, and many take seconds.
    for batch in arrived:
        told = CertificatesArrived(certificate_ids=tuple(batch.values()), at=at)
        await record(tx, history.of_arrivals(source, batch, at=at), announce=told)
    await _save(tx, source, read, at, new=len(new), added=places.added, ended=places.ended)
    ids = [there[sha256] for sha256 in sorting.order]
    return TakenIn(
        source=read,
        certificates=tuple(ids),
        new=tuple(one for one in ids if one in new),
        known=tuple(one for one in ids if one not in new),
        ended=places.ended,
        before=source.certificates,
        after=after,
        left_out=tuple(sorting.left_out),
    )


async def source_read(tx: Transaction, clock: Clock, named: SourceNamed) -> Source:
    """Say that a source could be read, and has what it had."""
    at = clock.now()
    source = await sources.hold(tx, named, at)
    read = _read(source, at, certificates=source.certificates, missing=None)
    await _save(tx, source, read, at, new=0)
    return read


async def source_failed(tx: Transaction, clock: Clock, named: SourceNamed, why: str) -> Source:
    """Say that a source could not be read; what it had stays where it was."""
    at = clock.now()
    source = await sources.hold(tx, named, at)
    failed = _read(source, at, certificates=source.certificates, missing=why)
    await _save(tx, source, failed, at, new=0)
    return failed


class _Places:
    """Says where a source has certificates, as they come, and counts: how many places, and certificates it had not.

    Args:
        still: where a source that is read whole had them until now; it has them no more where they do not come again.
    """

    def __init__(
        self, tx: Transaction, source: Source, at: datetime, *, still: dict[sources.Found, UUID] | None
    ) -> None:
        self._tx = tx
        self._source = source
        self._at = at
        self._still = still
        self.added = 0
        self.ended = 0
        self.certificates = 0  # counted when the source is not read whole

    async def add(self, there: Mapping[str, UUID], places: Mapping[str, Iterable[str]]) -> None:
        """Say where certificates are, given by their SHA-256."""
        found = [(one, place) for sha256, one in there.items() for place in places[sha256]]
        if self._still is not None:
            still = self._still
            found = [one for one in found if still.pop(one, None) is None]
        for batch in _batches(found):
            await self._add(batch)

    async def end(self) -> None:
        """Say that the certificates are no more where they did not come again."""
        for batch in _batches(list((self._still or {}).values())):
            self.ended += await sources.end_places(self._tx, batch, self._at)

    async def _add(self, found: Sequence[sources.Found]) -> None:
        if self._still is not None:
            await sources.add_other_places(self._tx, self._source.id, found, self._at)
            self.added += len(found)
            return
        added = await sources.add_places(self._tx, self._source.id, found, self._at)
        self.added += len(added)
        self.certificates += len({one.certificate_id for one in added if one.first})


class _Sorting:
    """What arrived, by SHA-256: each certificate once, with all its places."""

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self.ders: dict[str, bytes] = {}
        self.places: dict[str, dict[str, None]] = {}
        self.left_out: list[LeftOut] = []
        for one in arrivals:
            self._sort(one, fit_to_be_shown(one.place)[:_LONGEST_PLACE] or "-")

    @property
    def order(self) -> Iterable[str]:
        """The certificates as they came."""
        return self.ders

    def _sort(self, one: Arrival, place: str) -> None:
        why = _unfit(one.der)
        if why is not None:
            self.left_out.append(LeftOut(place=place, why=why))
            return
        der = _alone(one.der)
        if len(der) < len(one.der):
            why = f"{len(one.der) - len(der)} bytes behind the certificate are no part of it"
            self.left_out.append(LeftOut(place=place, why=why))
        sha256 = hashlib.sha256(der).hexdigest()
        self.ders.setdefault(sha256, der)
        self.places.setdefault(sha256, {})[place] = None


def _unfit(der: bytes) -> str | None:
    if not examining.could_be_a_certificate(der):
        return "it does not begin as a certificate does"
    size = len(der)
    return f"a certificate has at most {MAX_BYTES} bytes, this one has {size}" if size > MAX_BYTES else None


def _alone(der: bytes) -> bytes:
    try:
        return tlv.element(der).whole
    except tlv.NotDer:
        return der  # cut off, or of a length that DER does not know: told as unreadable


async def _certificates(
    tx: Transaction,
    sorting: _Sorting,
    places: _Places,
    *,
    tenancy_id: TenancyId | None,
    examine: Examination,
    at: datetime,
) -> tuple[dict[str, UUID], list[dict[str, UUID]]]:
    """Write those that are new, and where all are; return all by SHA-256, and those that are new by batches."""
    # In ascending order, so that of two who bring the same certificates one waits for the other, and none for both.
    ascending = sorted(sorting.ders)
    there: dict[str, UUID] = {}
    for batch in _batches(ascending):
        there |= await certificates.known(tx, batch)
    await places.add(there, sorting.places)
    unknown = [sha256 for sha256 in ascending if sha256 not in there]
    arrived: list[dict[str, UUID]] = []
    async for examined in examine([sorting.ders[one] for one in batch] for batch in _batches(unknown)):
        added = await certificates.take_in(tx, examined, tenancy_id=tenancy_id, at=at)
        others = [one.sha256 for one in examined if one.sha256 not in added]
        # Others: somebody brought them at the same time.
        now = added | await certificates.known(tx, others) if others else added
        await places.add(now, sorting.places)  # while the next batches are examined, rather than behind the last
        there |= now
        if added:
            arrived.append(added)
    return there, arrived


def _read(source: Source, at: datetime, *, certificates: int, missing: str | None) -> Source:
    return replace(
        source,
        last_read_at=at if missing is None else source.last_read_at,
        trouble=None if missing is None else fit_to_be_shown(missing)[:_LONGEST_TROUBLE] or "it was not said why",
        certificates=certificates,
    )


async def _save(
    tx: Transaction, before: Source, after: Source, at: datetime, *, new: int, added: int = 0, ended: int = 0
) -> None:
    """Write how reading a source went; the journal and other rooms hear of it when it changed anything."""
    await sources.save(tx, after)
    first = before.last_read_at is None and after.last_read_at is not None
    if first or new or added or ended or before.trouble != after.trouble:
        told = SourceRead(
            source_id=after.id, before=before.certificates, after=after.certificates, trouble=after.trouble, at=at
        )
        did = "read" if after.trouble is None else "failed"
        act = history.of_source(did, before, after, at=at, new=new, added=added, ended=ended)
        await record(tx, act, announce=told)


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
