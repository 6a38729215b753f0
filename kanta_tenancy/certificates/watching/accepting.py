"""People say that a source is meant to have fewer certificates than it had."""

from uuid import UUID

from kanta_tenancy.certificates.findings import note
from kanta_tenancy.certificates.inventory.errors import SourceNotFound
from kanta_tenancy.certificates.watching import checking, history, standing
from kanta_tenancy.certificates.watching.errors import SizeAcceptable
from kanta_tenancy.certificates.watching.model import SourceStanding
from kanta_tenancy.certificates.watching.rhythm import rhythm_on
from kanta_tenancy.certificates.watching.store import sources
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def accept_size(
    tx: Transaction, clock: Clock, source_id: UUID, *, certificates: int, because: str
) -> SourceStanding:
    """Say that a source has as many certificates as it should, though it had more.

    Args:
        certificates: how many it has, as whoever accepts that saw it.

    Raises:
        SourceNotFound: there is none of that id.
        SizeAcceptable: it has not shrunk, or has another number of certificates by now.
        EndpointRefused: the reason cannot be kept.
    """
    said = checking.reason(because)
    at = clock.now()
    rhythm = rhythm_on(day_in_finland(at))
    source = await sources.find(tx, source_id)
    if source is None:
        raise SourceNotFound(f"no source of certificates {source_id}")
    if source.certificates != certificates or not standing.shrank(source, rhythm):
        detail = f"it has {source.certificates} certificates, and at most {source.most or source.certificates} before"
        raise SizeAcceptable(detail, certificates=source.certificates, most=source.most)
    await sources.accept(tx, source_id, certificates)
    accepted = await sources.find(tx, source_id) or source
    await note(
        tx,
        at,
        [standing.subject_of(source_id)],
        [*standing.of_source(accepted, rhythm, at)],
        family=standing.SOURCES,
    )
    act = history.of_size(source_id, most=source.most, certificates=certificates, because=said, at=at)
    await record(tx, act)
    return accepted
