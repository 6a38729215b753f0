"""Sources of certificates over HTTP; a tenant sees none."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.actions import sources as actions
from kanta_tenancy.certificates.inventory.bodies.sources import (
    PromisingSource,
    ShownSource,
    SourcesAsked,
    shown_source,
)
from kanta_tenancy.certificates.inventory.errors import SourceChanged, SourceNotFound
from kanta_tenancy.certificates.inventory.model import Source
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission


@get(
    "/certificate-sources",
    operation_id="listCertificateSources",
    opt=needs(Permission.CERTIFICATES_READ, query=SourcesAsked),
)
async def list_sources(call: NamedDependency[Call]) -> Response[Page[ShownSource]]:
    """List where certificates come from, and how it went the last time that each was read; to a tenant, none."""
    asked = call.asked(SourcesAsked)
    async with call.transaction() as tx:
        rows = await reading.sources_listed(tx, after=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_source)


@put(
    "/certificate-sources/{source_id:uuid}",
    operation_id="promiseCertificateSource",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    responses=refusals(SourceNotFound, SourceChanged),
)
async def promise_source(
    source_id: FromPath[UUID], data: JSONBody[PromisingSource], call: NamedDependency[Call]
) -> Response[ShownSource]:
    """Say how often a source is read again; one that is late is told of."""
    async with call.transaction() as tx:
        source = await actions.promise(
            tx, call.clock, source_id, read_every_hours=data.read_every_hours, version=call.expected_version
        )
    return with_etag(shown_source(source), source.version)


@delete(
    "/certificate-sources/{source_id:uuid}",
    operation_id="endCertificateSource",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(SourceNotFound, SourceChanged),
)
async def end_source(source_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownSource]:
    """Say that nobody reads a source any more: its places end, its certificates stay in the inventory."""
    async with call.transaction() as tx:
        source = await actions.end(tx, call.clock, source_id, version=call.expected_version)
    return with_etag(shown_source(source), source.version)


def _position(source: Source) -> UUID:
    return source.id


HANDLERS: Final = (list_sources, promise_source, end_source)
