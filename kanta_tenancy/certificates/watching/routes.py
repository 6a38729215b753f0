"""Watched servers over HTTP: translate, call one action, translate back. They are the main connector's."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.inventory.errors import SourceNotFound
from kanta_tenancy.certificates.watching import accepting, actions, bodies, reading
from kanta_tenancy.certificates.watching.bodies import (
    AcceptedSize,
    EndingWatch,
    NewWatch,
    SaidWatch,
    ServersAsked,
    ShownObservation,
    ShownServer,
    ShownSourceSize,
    ShownWatch,
)
from kanta_tenancy.certificates.watching.errors import (
    EndpointChanged,
    EndpointEnded,
    EndpointNotFound,
    EndpointRefused,
    EndpointTaken,
    SizeAcceptable,
)
from kanta_tenancy.certificates.watching.model import (
    EndpointPosition,
    Observation,
    ObservationPosition,
    Watch,
    WatchedEndpoint,
)
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission

Acted = Callable[[Transaction], Awaitable[WatchedEndpoint]]
_MOVED: Final = (EndpointNotFound, EndpointChanged, EndpointEnded)


@post(
    "/certificate-endpoints",
    operation_id="watchCertificateEndpoint",
    opt=needs(Permission.CERTIFICATES_WRITE, etag=True),
    responses=refusals(EndpointRefused, EndpointTaken),
)
async def watch_endpoint(data: JSONBody[NewWatch], call: NamedDependency[Call]) -> Response[ShownServer]:
    """Ask a server for its certificates from now on, again and again. The first time is at once, in the background."""

    async def act(tx: Transaction) -> WatchedEndpoint:
        return await actions.watch(
            tx,
            call.clock,
            data.place,
            server_name=data.server_name,
            start_tls=data.start_tls,
            probe_every_hours=data.probe_every_hours,
            expected_id=data.expected_id,
            system_id=data.system_id,
        )

    return await _acted(call, act, made=True)


@get(
    "/certificate-endpoints",
    operation_id="listCertificateEndpoints",
    opt=needs(Permission.CERTIFICATES_READ, query=ServersAsked),
)
async def list_endpoints(call: NamedDependency[Call]) -> Response[Page[ShownServer]]:
    """List the servers that are watched, newest first; a tenant's list is empty."""
    asked = call.asked(ServersAsked)
    after = asked.position(EndpointPosition)
    async with call.transaction() as tx:
        rows = await reading.listed(
            tx, ended_too=asked.ended, system_id=asked.system_id, after=after, count=asked.fetch
        )
    return paged(call.request, asked, rows, position=_position, body=bodies.shown)


@get(
    "/certificate-endpoints/{watched_id:uuid}",
    operation_id="readCertificateEndpoint",
    opt=needs(Permission.CERTIFICATES_READ, etag=True),
    responses=refusals(EndpointNotFound),
)
async def read_endpoint(watched_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownServer]:
    """Read how a server is watched, and how it went the last time."""
    async with call.transaction() as tx:
        endpoint = await reading.endpoint(tx, watched_id)
    return unless_seen(call.request, bodies.shown(endpoint), endpoint.version)


@get(
    "/certificate-endpoints/{watched_id:uuid}/observations",
    operation_id="listCertificateObservations",
    opt=needs(Permission.CERTIFICATES_READ, query=PageQuery),
    responses=refusals(EndpointNotFound),
)
async def list_observations(
    watched_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownObservation]]:
    """List what a server did, newest first: which certificates it served, or why none, from when to when."""
    asked = call.asked(PageQuery)
    after = asked.position(ObservationPosition)
    async with call.transaction() as tx:
        rows = await reading.observed(tx, watched_id, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_observed, body=bodies.observed)


@put(
    "/certificate-endpoints/{watched_id:uuid}",
    operation_id="watchCertificateEndpointOtherwise",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    responses=refusals(*_MOVED, EndpointRefused),
)
async def watch_otherwise(
    watched_id: FromPath[UUID], data: JSONBody[SaidWatch], call: NamedDependency[Call]
) -> Response[ShownServer]:
    """Say anew how often a server is asked, what it should serve and whose it is; it is asked at once."""
    said = Watch(probe_every_hours=data.probe_every_hours, expected_id=data.expected_id, system_id=data.system_id)
    async with call.transaction() as tx:
        endpoint = await actions.watch_otherwise(tx, call.clock, watched_id, said, version=call.expected_version)
    return with_etag(bodies.shown(endpoint), endpoint.version)


@post(
    "/certificate-endpoints/{watched_id:uuid}/probe",
    operation_id="probeCertificateEndpoint",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=202,
    responses=refusals(*_MOVED),
)
async def probe_endpoint(watched_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownServer]:
    """Have a server asked at once, in the background; what comes of it is in its observations soon."""
    return await _acted(call, lambda tx: actions.ask_now(tx, call.clock, watched_id, version=call.expected_version))


@post(
    "/certificate-endpoints/{watched_id:uuid}/end",
    operation_id="endCertificateEndpoint",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED, EndpointRefused),
)
async def end_endpoint(
    watched_id: FromPath[UUID], data: JSONBody[EndingWatch], call: NamedDependency[Call]
) -> Response[ShownServer]:
    """Watch a server no longer; that is final, and it can be watched anew."""
    return await _acted(
        call,
        lambda tx: actions.watch_no_longer(
            tx, call.clock, watched_id, version=call.expected_version, because=data.reason
        ),
    )


@post(
    "/certificate-sources/{source_id:uuid}/size",
    operation_id="acceptCertificateSourceSize",
    opt=needs(Permission.CERTIFICATES_WRITE),
    status_code=200,
    responses=refusals(SourceNotFound, SizeAcceptable, EndpointRefused),
)
async def accept_size(
    source_id: FromPath[UUID], data: JSONBody[AcceptedSize], call: NamedDependency[Call]
) -> Response[ShownSourceSize]:
    """Say that a source is meant to have fewer certificates than it had; what was told of that is cleared."""

    async def do(tx: Transaction) -> ShownSourceSize:
        accepted = await accepting.accept_size(
            tx, call.clock, source_id, certificates=data.certificates, because=data.reason
        )
        return bodies.source(accepted)

    return await once(call, do, answer=Response)


def watch_route(kinds: Sequence[str]) -> Any:
    """Return the route that tells how the watch itself stands.

    Args:
        kinds: of the promises by which the service watches certificates.
    """

    @get("/certificate-watch", operation_id="readCertificateWatch", opt=needs(Permission.CERTIFICATES_READ))
    async def read_watch(call: NamedDependency[Call]) -> ShownWatch:
        """Tell whether certificates are watched in time. This answers also when nothing but the API works."""
        async with call.transaction() as tx:
            standing = await reading.watch(tx, kinds, call.clock.now())
        return ShownWatch(
            next_round_at=standing.next_round_at,
            late_since=standing.late_since,
            overdue=tuple(bodies.overdue(one) for one in standing.overdue),
        )

    return read_watch


def routes(kinds: Sequence[str]) -> Router:
    """Return the routes of watched servers and of the watch.

    Args:
        kinds: of the promises by which the service watches certificates.
    """
    return Router(path="/", route_handlers=[*HANDLERS, watch_route(kinds)], tags=["Certificates"])


async def _acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownServer]:
    async def do(tx: Transaction) -> ShownServer:
        return bodies.shown(await act(tx))

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: ShownServer, *, made: bool) -> Response[ShownServer]:
    return with_etag(body, body.version, location=f"/v1/certificate-endpoints/{body.id}" if made else None)


def _position(endpoint: WatchedEndpoint) -> Any:
    return EndpointPosition(id=endpoint.id)


def _observed(observation: Observation) -> Any:
    return ObservationPosition(id=observation.id)


HANDLERS: Final = (
    watch_endpoint, list_endpoints, read_endpoint, list_observations, watch_otherwise, probe_endpoint, end_endpoint,
    accept_size,
)  # fmt: skip
