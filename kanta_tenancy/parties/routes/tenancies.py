"""Tenancies over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.actions.tenancies import open_tenancy
from kanta_tenancy.parties.bodies import (
    SaidTenancy,
    ShownTenancy,
    ShownTenancyWithParties,
    shown_tenancy,
    shown_with_parties,
)
from kanta_tenancy.parties.errors import (
    MainConnectorsOwn,
    OrganisationNotFound,
    OwnTenant,
    PartyUnfit,
    TenancyExists,
    TenancyNotFound,
)
from kanta_tenancy.parties.model import Permission, TenancyLine
from kanta_tenancy.parties.store import tenancies as store

_FIRST: Final = UUID(int=0)


@get("/", operation_id="listTenancies", opt=needs(Permission.PARTIES_READ, query=PageQuery))
async def list_tenancies(call: NamedDependency[Call]) -> Response[Page[ShownTenancy]]:
    """List the tenancies that you may see, in the order in which they began."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        rows = await store.page(tx, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_tenancy)


@post(
    "/",
    operation_id="openTenancy",
    opt=needs(Permission.PARTIES_WRITE),
    responses=refusals(OrganisationNotFound, PartyUnfit, TenancyExists, OwnTenant, MainConnectorsOwn),
)
async def open_one(data: JSONBody[SaidTenancy], call: NamedDependency[Call]) -> Response[ShownTenancy]:
    """Make a registered organisation your tenant; from now on it can get keys of its own."""

    async def act(tx: Transaction) -> TenancyLine:
        opened = await open_tenancy(tx, call.clock, OrganisationId(data.organisation_id), reference=data.reference)
        return await store.find(tx, opened.id)

    return await once(
        call,
        act,
        answer=lambda line: Response(shown_tenancy(line), headers={"Location": f"/v1/tenancies/{line.id}"}),
    )


@get(
    "/{tenancy_id:uuid}",
    operation_id="readTenancy",
    opt=needs(Permission.PARTIES_READ),
    responses=refusals(TenancyNotFound),
)
async def read(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownTenancyWithParties:
    """Read one tenancy and both parties as an agreement made today would name them."""
    today = day_in_finland(call.clock.now())
    async with call.transaction() as tx:
        line = await store.find(tx, TenancyId(tenancy_id))
        both = await store.the_parties(tx, line.id, on_day=today)
    return shown_with_parties(line, both, today)


def _position(line: TenancyLine) -> UUID:
    return line.id


HANDLERS: Final = (list_tenancies, open_one, read)
