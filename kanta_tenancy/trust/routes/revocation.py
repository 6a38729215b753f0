"""Kept revocation data over HTTP, and for which certificates it is kept fresh."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.parties import Permission
from kanta_tenancy.trust import reading
from kanta_tenancy.trust.bodies.revocation import ShownStatement, ShownWatched, shown, shown_watched
from kanta_tenancy.trust.model import KeptStatement, Watched


@get("/revocation-data", operation_id="listRevocationData", opt=needs(Permission.TRUST_READ, query=PageQuery))
async def list_statements(call: NamedDependency[Call]) -> Response[Page[ShownStatement]]:
    """List the revocation lists and OCSP answers that are kept, newest first."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.newest_statements(tx, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=partial(shown, now=call.clock.now()))


@get("/watched-certificates", operation_id="listWatchedCertificates", opt=needs(Permission.TRUST_READ, query=PageQuery))
async def list_watched(call: NamedDependency[Call]) -> Response[Page[ShownWatched]]:
    """List the signers' certificates whose revocation data is kept fresh, and how each stood when last asked about.

    They are the main connector's to see: a tenant's list is empty.
    """
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.watched_chains(tx, after=asked.position(str), count=asked.fetch)
    return paged(call.request, asked, rows, position=_fingerprint, body=shown_watched)


def _position(one: KeptStatement) -> UUID:
    return one.id


def _fingerprint(watched: Watched) -> str:
    return watched.sha256


HANDLERS: Final = (list_statements, list_watched)
