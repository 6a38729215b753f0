"""What people do: servers are watched, watched otherwise, asked now, and watched no longer."""

from uuid import UUID

from msgspec.structs import asdict, replace

from kanta_tenancy import promises
from kanta_tenancy.certificates.findings import note
from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory.actions import sources
from kanta_tenancy.certificates.inventory.model import SourceKind, SourceNamed
from kanta_tenancy.certificates.watching import checking, comparing, history, owing, rounds
from kanta_tenancy.certificates.watching.errors import EndpointEnded
from kanta_tenancy.certificates.watching.model import NewEndpoint, Watch, WatchedEndpoint
from kanta_tenancy.certificates.watching.rhythm import rhythm_on
from kanta_tenancy.certificates.watching.store import endpoints as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.probing.endpoint import StartTls


async def watch(
    tx: Transaction,
    clock: Clock,
    place: str,
    *,
    server_name: str | None = None,
    start_tls: StartTls | None = None,
    probe_every_hours: int | None = None,
    expected_id: UUID | None = None,
    system_id: UUID | None = None,
) -> WatchedEndpoint:
    """Ask a server for its certificates from now on, again and again.

    Args:
        place: `host:port`, or `[address]:port`.
        server_name: what is asked for, and compared with; None: the host.
        expected_id: the certificate that it should serve; whatever replaces that is expected then.

    Raises:
        EndpointRefused: what was said is not acceptable, or names what is not there.
        EndpointTaken: that server is watched already.
    """
    at = clock.now()
    read = checking.endpoint(place, server_name=server_name, start_tls=start_tls)
    new = NewEndpoint(
        host=read.host,
        port=read.port,
        server_name=read.server_name,
        start_tls=read.start_tls,
        probe_every_hours=checking.hours(probe_every_hours, rhythm_on(day_in_finland(at))),
        expected_id=expected_id,
        system_id=system_id,
    )
    endpoint = WatchedEndpoint(id=new_id(), version=1, created_at=at, **asdict(new))
    await store.add(tx, endpoint)
    await promises.owe(tx, owing.to_probe(endpoint, due=at, at=at))
    await rounds.make_rounds(tx, at)
    await record(tx, history.of_endpoint("watched", None, endpoint, at=at))
    return endpoint


async def watch_otherwise(
    tx: Transaction, clock: Clock, endpoint_id: UUID, said: Watch, *, version: int
) -> WatchedEndpoint:
    """Say anew how often a server is asked, what it should serve and whose it is; it is asked at once.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointEnded: it is watched no longer.
        EndpointRefused: what was said is not acceptable, or names what is not there.
    """
    before = await _taken(tx, endpoint_id, version)
    at = clock.now()
    checking.hours(said.probe_every_hours, rhythm_on(day_in_finland(at)))
    after = replace(before, version=before.version + 1, **asdict(said))
    await store.save(tx, after)
    await promises.owe(tx, owing.to_probe(after, due=at, at=at))
    await record(tx, history.of_endpoint("changed", before, after, at=at))
    return after


async def ask_now(tx: Transaction, clock: Clock, endpoint_id: UUID, *, version: int) -> WatchedEndpoint:
    """Have a server asked at once; what comes of it is in its observations soon.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointEnded: it is watched no longer.
    """
    endpoint = await _taken(tx, endpoint_id, version)
    at = clock.now()
    await promises.owe(tx, owing.to_probe(endpoint, due=at, at=at))
    return endpoint


async def watch_no_longer(
    tx: Transaction, clock: Clock, endpoint_id: UUID, *, version: int, because: str
) -> WatchedEndpoint:
    """Ask a server no more; what it served is served there no more, and what was amiss with it is cleared.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointEnded: it is watched no longer already.
        EndpointRefused: the reason cannot be kept.
    """
    before = await _taken(tx, endpoint_id, version)
    at = clock.now()
    after = replace(
        before, ended_at=at, ended_because=checking.reason(because), failing_since=None, version=before.version + 1
    )
    await store.save(tx, after)
    await promises.release(tx, owing.key_of(after.id), at=at, because="The server is watched no longer")
    if after.probed_at is not None:
        source = await intake.source_read(tx, clock, source_of(after))
        await sources.end(tx, clock, source.id, version=source.version)
    for family in (comparing.SERVED, comparing.ANSWERS):
        await note(tx, at, comparing.subjects(after.id), (), family=family)
    await record(tx, history.of_endpoint("watched_no_longer", before, after, at=at))
    return after


def source_of(endpoint: WatchedEndpoint) -> SourceNamed:
    """Return the source under which the inventory keeps what a server serves."""
    name = checking.source_name(endpoint)
    return SourceNamed(kind=SourceKind.ENDPOINT, name=name, read_every_hours=endpoint.probe_every_hours)


async def _taken(tx: Transaction, endpoint_id: UUID, version: int) -> WatchedEndpoint:
    endpoint = await store.take(tx, endpoint_id, version)
    if endpoint.ended_at is not None:
        raise EndpointEnded("the server is watched no longer; watch it anew")
    return endpoint
