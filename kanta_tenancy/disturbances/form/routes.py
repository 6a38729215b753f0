"""Links to the form over HTTP: made, listed and revoked."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.form import actions, bodies, store
from kanta_tenancy.disturbances.form.bodies import MadeFormLink, SaidFormLink, ShownFormLink
from kanta_tenancy.disturbances.form.errors import FormLinkChanged, FormLinkNotFound, FormLinkTooWide
from kanta_tenancy.disturbances.form.model import FormLink
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound

_FIRST: Final = UUID(int=0)


@get("/disturbances/form-links", operation_id="listFormLinks", opt=needs(Permission.KEYS_MANAGE, query=PageQuery))
async def list_links(call: NamedDependency[Call]) -> Response[Page[ShownFormLink]]:
    """List the links to the form that you may manage, revoked ones too, in the order in which they were made."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await store.page(tx, after=asked.position(UUID) or _FIRST, count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=bodies.shown)


@post(
    "/disturbances/form-links",
    operation_id="makeFormLink",
    opt=needs(Permission.KEYS_MANAGE, etag=True),
    responses=refusals(FormLinkTooWide, DisturbanceRefused, TenancyNotFound),
)
async def make_link(data: JSONBody[SaidFormLink], call: NamedDependency[Call]) -> Response[MadeFormLink]:
    """Make a link by which people report without an access key. Its path is in this answer and nowhere else.

    Who makes one must have the permission `disturbances.report` too.
    """
    tenancy_id = None if data.tenancy_id is None else TenancyId(data.tenancy_id)
    return await once(
        call,
        lambda tx: actions.make(tx, call.clock, name=data.name, tenancy_id=tenancy_id, giver=call.caller.permissions),
        answer=lambda done: with_etag(
            bodies.made(*done), done[0].version, location=f"/v1/disturbances/form-links/{done[0].id}"
        ),
        secret=True,
    )


@get(
    "/disturbances/form-links/{form_link_id:uuid}",
    operation_id="readFormLink",
    opt=needs(Permission.KEYS_MANAGE, etag=True),
    responses=refusals(FormLinkNotFound),
)
async def read_link(form_link_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFormLink]:
    """Read one link to the form, without its secret."""
    async with call.transaction() as tx:
        found = await store.find(tx, form_link_id)
    return unless_seen(call.request, bodies.shown(found), found.version)


@delete(
    "/disturbances/form-links/{form_link_id:uuid}",
    operation_id="revokeFormLink",
    opt=needs(Permission.KEYS_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(FormLinkNotFound, FormLinkChanged),
)
async def revoke_link(form_link_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFormLink]:
    """Close a link to the form for ever: it opens nothing from the next request on. What came through it stays."""
    async with call.transaction() as tx:
        kept = await actions.revoke(tx, call.clock, form_link_id, version=call.expected_version)
    return with_etag(bodies.shown(kept), kept.version)


def _position(link: FormLink) -> UUID:
    return link.id


HANDLERS: Final = (list_links, make_link, read_link, revoke_link)
