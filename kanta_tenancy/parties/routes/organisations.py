"""Organisations over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.actions.organisations import change_organisation, register_organisation
from kanta_tenancy.parties.bodies import (
    OrganisationsAsked,
    SaidNewOrganisation,
    SaidOrganisation,
    ShownOrganisation,
    shown_organisation,
)
from kanta_tenancy.parties.errors import (
    MainConnectorsOwn,
    OrganisationExists,
    OrganisationNotFound,
    PartyChanged,
    PartyUnfit,
)
from kanta_tenancy.parties.model import Organisation, Permission
from kanta_tenancy.parties.store import organisations as store

_FIRST: Final = UUID(int=0)


@get(
    "/",
    operation_id="listOrganisations",
    opt=needs(Permission.PARTIES_READ, query=OrganisationsAsked),
    responses=refusals(PartyUnfit),
)
async def list_organisations(call: NamedDependency[Call]) -> Response[Page[ShownOrganisation]]:
    """List the organisations that you may see, in the order of their registration; a tenant sees itself."""
    asked = call.asked(OrganisationsAsked)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        rows = await _rows(tx, asked, after)
    return paged(call.request, asked, rows, position=_position, body=shown_organisation)


@post(
    "/",
    operation_id="registerOrganisation",
    opt=needs(Permission.PARTIES_WRITE, etag=True),
    responses=refusals(PartyUnfit, OrganisationExists, MainConnectorsOwn),
)
async def register(data: JSONBody[SaidNewOrganisation], call: NamedDependency[Call]) -> Response[ShownOrganisation]:
    """Register an organisation; a tenancy makes it a tenant later (K1.1)."""
    return await once(
        call,
        lambda tx: register_organisation(tx, call.clock, data.new()),
        answer=lambda kept: with_etag(shown_organisation(kept), kept.version, location=f"/v1/organisations/{kept.id}"),
    )


@get(
    "/{organisation_id:uuid}",
    operation_id="readOrganisation",
    opt=needs(Permission.PARTIES_READ, etag=True),
    responses=refusals(OrganisationNotFound),
)
async def read(organisation_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownOrganisation]:
    """Read one organisation, with what is odd about it."""
    async with call.transaction() as tx:
        found = await store.find(tx, OrganisationId(organisation_id))
    return unless_seen(call.request, shown_organisation(found), found.version)


@put(
    "/{organisation_id:uuid}",
    operation_id="changeOrganisation",
    opt=needs(Permission.PARTIES_WRITE, if_match=True),
    responses=refusals(OrganisationNotFound, PartyUnfit, PartyChanged, MainConnectorsOwn),
)
async def change(
    organisation_id: FromPath[UUID], data: JSONBody[SaidOrganisation], call: NamedDependency[Call]
) -> Response[ShownOrganisation]:
    """Write an organisation's names, language and OID anew. Its business id never changes: another one joins anew."""
    async with call.transaction() as tx:
        kept = await change_organisation(
            tx, call.clock, OrganisationId(organisation_id), data.change(), version=call.expected_version
        )
    return with_etag(shown_organisation(kept), kept.version)


async def _rows(tx: Transaction, asked: OrganisationsAsked, after: UUID) -> list[Organisation]:
    if asked.business_id is None:
        return await store.page(tx, after=after, limit=asked.fetch)
    try:
        number = wording.business_id(asked.business_id)
    except wording.Unfit as why:
        raise PartyUnfit(f"business_id: {why}", flaws=(Flaw(field="business_id", detail=str(why)),)) from why
    return [one for one in await store.with_business_ids(tx, [number]) if one.id > after]


def _position(organisation: Organisation) -> UUID:
    return organisation.id


HANDLERS: Final = (list_organisations, register, read, change)
