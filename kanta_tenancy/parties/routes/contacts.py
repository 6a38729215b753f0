"""Contacts over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.identifiers import ContactId, OrganisationId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.actions.contacts import change_contact, end_contact, name_contact
from kanta_tenancy.parties.bodies import SaidContact, ShownContact, shown_contact
from kanta_tenancy.parties.errors import (
    ContactEnded,
    ContactHoldsKeys,
    ContactNotFound,
    ContactOverlaps,
    OrganisationNotFound,
    PartyChanged,
    PartyUnfit,
)
from kanta_tenancy.parties.model import Contact, Permission
from kanta_tenancy.parties.store import contacts as store
from kanta_tenancy.parties.store import organisations

_FIRST: Final = UUID(int=0)


@get(
    "/{organisation_id:uuid}/contacts",
    operation_id="listContacts",
    opt=needs(Permission.PARTIES_READ, query=PageQuery),
    responses=refusals(OrganisationNotFound),
)
async def list_contacts(organisation_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownContact]]:
    """List an organisation's contacts, past ones too, in the order in which they were named."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        of = await organisations.find(tx, OrganisationId(organisation_id))
        rows = await store.page(tx, of.id, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_contact)


@post(
    "/{organisation_id:uuid}/contacts",
    operation_id="nameContact",
    opt=needs(Permission.PARTIES_WRITE, etag=True),
    responses=refusals(OrganisationNotFound, PartyUnfit, ContactOverlaps),
)
async def name(
    organisation_id: FromPath[UUID], data: JSONBody[SaidContact], call: NamedDependency[Call]
) -> Response[ShownContact]:
    """Name a person as a contact for one function. A tenant names its own contacts."""
    return await once(
        call,
        lambda tx: name_contact(tx, call.clock, OrganisationId(organisation_id), data.new()),
        answer=lambda kept: with_etag(
            shown_contact(kept),
            kept.version,
            location=f"/v1/organisations/{kept.organisation_id}/contacts/{kept.id}",
        ),
    )


@get(
    "/{organisation_id:uuid}/contacts/{contact_id:uuid}",
    operation_id="readContact",
    opt=needs(Permission.PARTIES_READ, etag=True),
    responses=refusals(ContactNotFound),
)
async def read(
    organisation_id: FromPath[UUID], contact_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownContact]:
    """Read one contact."""
    async with call.transaction() as tx:
        found = await store.find(tx, OrganisationId(organisation_id), ContactId(contact_id))
    return unless_seen(call.request, shown_contact(found), found.version)


@put(
    "/{organisation_id:uuid}/contacts/{contact_id:uuid}",
    operation_id="changeContact",
    opt=needs(Permission.PARTIES_WRITE, if_match=True),
    responses=refusals(ContactNotFound, PartyUnfit, PartyChanged, ContactEnded, ContactHoldsKeys, ContactOverlaps),
)
async def change(
    organisation_id: FromPath[UUID],
    contact_id: FromPath[UUID],
    data: JSONBody[SaidContact],
    call: NamedDependency[Call],
) -> Response[ShownContact]:
    """Write everything about a contact anew, while its time runs; whoever holds open keys keeps the e-mail address."""
    async with call.transaction() as tx:
        kept = await change_contact(
            tx,
            call.clock,
            OrganisationId(organisation_id),
            ContactId(contact_id),
            data.new(),
            version=call.expected_version,
        )
    return with_etag(shown_contact(kept), kept.version)


@delete(
    "/{organisation_id:uuid}/contacts/{contact_id:uuid}",
    operation_id="endContact",
    opt=needs(Permission.PARTIES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(ContactNotFound, PartyChanged),
)
async def end(
    organisation_id: FromPath[UUID], contact_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownContact]:
    """End a contact's time today. It stays to be read; keys that the person holds as this contact open nothing more."""
    async with call.transaction() as tx:
        kept = await end_contact(
            tx, call.clock, OrganisationId(organisation_id), ContactId(contact_id), version=call.expected_version
        )
    return with_etag(shown_contact(kept), kept.version)


def _position(contact: Contact) -> UUID:
    return contact.id


HANDLERS: Final = (list_contacts, name, read, change, end)
