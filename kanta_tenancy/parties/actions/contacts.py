"""Naming contacts, and ending their time."""

from datetime import date, datetime

from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import ContactId, OrganisationId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import checking
from kanta_tenancy.parties.actions import acts
from kanta_tenancy.parties.errors import ContactEnded, ContactHoldsKeys, PartyChanged
from kanta_tenancy.parties.model import Contact, NewContact
from kanta_tenancy.parties.store import contacts as store
from kanta_tenancy.parties.store import keys, organisations
from kanta_tenancy.parties.wording import Examination


async def name_contact(tx: Transaction, clock: Clock, organisation_id: OrganisationId, new: NewContact) -> Contact:
    """Name a person as an organisation's contact for one function; a tenant names its own.

    Raises:
        OrganisationNotFound: the scope has none of that id.
        PartyUnfit: what was said of the person is not acceptable (K1.1).
        ContactOverlaps: the person is a contact for that function in that time already.
    """
    organisation = await organisations.share(tx, organisation_id)
    fit = _examined(new)
    at = clock.now()
    kept = await store.insert(tx, ContactId(new_id()), organisation, fit, at)
    await acts.journal(tx, "named", None, kept, at=at)
    return kept


async def change_contact(
    tx: Transaction,
    clock: Clock,
    organisation_id: OrganisationId,
    contact_id: ContactId,
    change: NewContact,
    *,
    version: int,
) -> Contact:
    """Write everything about a contact anew; whoever holds access keys as this contact stays the same person.

    Args:
        version: the one that the change was made from.

    Raises:
        ContactNotFound: the organisation has none of that id, or the scope does not see it.
        PartyUnfit: the change is not acceptable (K1.1).
        PartyChanged: somebody changed it first.
        ContactEnded: its time is over; a new one is named instead.
        ContactHoldsKeys: the e-mail address is another one, and open keys belong to the contact.
        ContactOverlaps: the person is a contact for that function in that time already.
    """
    before = await _at_version(tx, organisation_id, contact_id, version)
    at = clock.now()
    fit = _examined(change)
    await _check_same_person(tx, before, fit, at)
    after = replace(
        before,
        name=fit.name,
        email=fit.email,
        phone=fit.phone,
        function=fit.function,
        valid_from=fit.valid_from,
        valid_until=fit.valid_until,
        version=before.version + 1,
    )
    kept = await store.save(tx, after)
    await acts.journal(tx, "changed", before, kept, at=at)
    return kept


async def end_contact(
    tx: Transaction, clock: Clock, organisation_id: OrganisationId, contact_id: ContactId, *, version: int
) -> Contact:
    """End a contact's time today, and with it every key that the person holds as this contact.

    One whose time is over already stays as it is.

    Raises:
        ContactNotFound: the organisation has none of that id, or the scope does not see it.
        PartyChanged: somebody changed it first.
    """
    before = await _at_version(tx, organisation_id, contact_id, version)
    at = clock.now()
    today = day_in_finland(at)
    if _is_over(before, today):
        return before
    last = max(today, before.valid_from)
    kept = await store.save(tx, replace(before, valid_until=last, version=before.version + 1))
    await acts.journal(tx, "ended", before, kept, at=at)
    return kept


async def _at_version(tx: Transaction, organisation_id: OrganisationId, contact_id: ContactId, version: int) -> Contact:
    before = await store.take(tx, organisation_id, contact_id)
    if before.version != version:
        raise PartyChanged(f"the contact is at version {before.version}", version=before.version)
    return before


async def _check_same_person(tx: Transaction, before: Contact, change: NewContact, at: datetime) -> None:
    # The journal names who acted by the contact's id, and a key opens for whoever the contact is.
    if _is_over(before, day_in_finland(at)):
        raise ContactEnded(f"the contact's time was over on {before.valid_until}")
    if change.email.lower() != before.email.lower() and await keys.open_of(tx, before.id, at=at):
        flaw = Flaw(field="email", detail="who holds open access keys keeps the address")
        raise ContactHoldsKeys("access keys that are open belong to the contact", flaws=(flaw,))


def _is_over(contact: Contact, today: date) -> bool:
    return contact.valid_until is not None and contact.valid_until <= max(today, contact.valid_from)


def _examined(new: NewContact) -> NewContact:
    seen = Examination()
    fit = checking.contact(new, seen)
    acts.fit(seen.flaws)
    return fit
