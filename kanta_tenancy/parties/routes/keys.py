"""Access keys over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.identifiers import AccessKeyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.actions.keys import create_key, revoke_key
from kanta_tenancy.parties.bodies import MadeKey, SaidKey, ShownKey, made_key, shown_key
from kanta_tenancy.parties.errors import (
    KeyHolderUnfit,
    KeyNotFound,
    KeyRevoked,
    OrganisationNotFound,
    PartyChanged,
    PartyUnfit,
    PermissionsTooWide,
)
from kanta_tenancy.parties.model import AccessKey, Permission
from kanta_tenancy.parties.store import keys as store

_FIRST: Final = UUID(int=0)


@get("/", operation_id="listKeys", opt=needs(Permission.KEYS_MANAGE, query=PageQuery))
async def list_keys(call: NamedDependency[Call]) -> Response[Page[ShownKey]]:
    """List the keys that you may manage, closed ones too, in the order in which they were made."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        rows = await store.page(tx, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_key)


@post(
    "/",
    operation_id="createKey",
    opt=needs(Permission.KEYS_MANAGE, etag=True),
    responses=refusals(OrganisationNotFound, KeyHolderUnfit, PermissionsTooWide, PartyUnfit),
)
async def create(data: JSONBody[SaidKey], call: NamedDependency[Call]) -> Response[MadeKey]:
    """Make a key, for your own organisation or for a tenant of yours. Its token is in this answer and nowhere else."""
    return await once(
        call,
        lambda tx: create_key(tx, call.clock, data.new(), giver=call.caller.permissions),
        answer=lambda made: with_etag(made_key(*made), made[0].version, location=f"/v1/keys/{made[0].id}"),
        secret=True,
    )


@get(
    "/{key_id:uuid}",
    operation_id="readKey",
    opt=needs(Permission.KEYS_MANAGE, etag=True),
    responses=refusals(KeyNotFound),
)
async def read(key_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownKey]:
    """Read one key, without its secret."""
    async with call.transaction() as tx:
        found = await store.find(tx, AccessKeyId(key_id))
    return unless_seen(call.request, shown_key(found), found.version)


@delete(
    "/{key_id:uuid}",
    operation_id="revokeKey",
    opt=needs(Permission.KEYS_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(KeyNotFound, KeyRevoked, PartyChanged),
)
async def revoke(key_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownKey]:
    """Close a key for ever, from the next request on."""
    async with call.transaction() as tx:
        kept = await revoke_key(tx, call.clock, AccessKeyId(key_id), version=call.expected_version)
    return with_etag(shown_key(kept), kept.version)


def _position(key: AccessKey) -> UUID:
    return key.id


HANDLERS: Final = (list_keys, create, read, revoke)
