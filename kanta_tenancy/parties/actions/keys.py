"""Giving out access keys, and closing them."""

from datetime import date, datetime

from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AccessKeyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import granting, tokens, wording
from kanta_tenancy.parties.actions import acts
from kanta_tenancy.parties.errors import (
    ContactNotFound,
    KeyHolderUnfit,
    KeyRevoked,
    PartyChanged,
    PermissionsTooWide,
)
from kanta_tenancy.parties.model import AccessKey, NewKey, Organisation
from kanta_tenancy.parties.store import contacts, organisations
from kanta_tenancy.parties.store import keys as store
from kanta_tenancy.parties.wording import Examination, Unfit


async def create_key(
    tx: Transaction, clock: Clock, new: NewKey, *, giver: frozenset[str]
) -> tuple[AccessKey, tokens.Token]:
    """Make a key for a contact or a system of the main connector or of a tenant.

    Args:
        giver: the permissions of whoever makes it.

    Returns:
        The key and, this once, its token.

    Raises:
        OrganisationNotFound: the scope has none of that id.
        KeyHolderUnfit: it would belong to nobody, to two, to a contact of another organisation or time, or to an
            organisation that is neither the main connector nor a tenant.
        PermissionsTooWide: it would allow more than its giver may, or than a tenant may.
        PartyUnfit: it has no permission, or expires at a time that is not acceptable: past, too far away, or after the
            key that makes it.
    """
    at = clock.now()
    organisation = await organisations.share(tx, new.organisation_id)
    await _check_organisation(tx, organisation)
    wide = granting.too_wide(new.permissions, giver=giver, for_tenant=organisation.tenancy_id is not None)
    if wide:
        raise PermissionsTooWide(f"{len(wide)} of the permissions cannot be given", flaws=wide)
    giver_ends = await _end_of_giver(tx)
    asked = _examined(new, at, giver_ends)
    await _check_holder(tx, asked, day_in_finland(at))
    token = tokens.draw(AccessKeyId(new_id()))
    key = AccessKey(
        id=token.key_id,
        organisation_id=organisation.id,
        tenancy_id=organisation.tenancy_id,
        contact_id=asked.contact_id,
        system_name=asked.system_name,
        permissions=tuple(sorted(asked.permissions)),
        version=1,
        created_at=at,
        expires_at=granting.expiry(asked.expires_at, at, giver_ends=giver_ends),
        revoked_at=None,
        last_used_hour=None,
    )
    kept = await store.insert(tx, key, token.sha256)
    await acts.journal(tx, "created", None, kept, at=at)
    return kept, token


async def revoke_key(tx: Transaction, clock: Clock, key_id: AccessKeyId, *, version: int) -> AccessKey:
    """Close a key for ever; who holds it is a stranger from the next request on.

    Args:
        version: the one that the caller saw.

    Raises:
        KeyNotFound: the scope has none of that id.
        KeyRevoked: it is closed already.
        PartyChanged: somebody changed it first.
    """
    before = await store.take(tx, key_id)
    if before.revoked_at is not None:
        raise KeyRevoked(f"the key was revoked at {before.revoked_at:%Y-%m-%dT%H:%M:%SZ}")
    if before.version != version:
        raise PartyChanged(f"the key is at version {before.version}", version=before.version)
    at = clock.now()
    kept = await store.revoke(tx, replace(before, revoked_at=at, version=before.version + 1))
    await acts.journal(tx, "revoked", _without_use(before), _without_use(kept), at=at)
    return kept


async def _check_organisation(tx: Transaction, organisation: Organisation) -> None:
    if organisation.tenancy_id is not None:
        return
    if (await organisations.main_connector(tx)).organisation_id != organisation.id:
        raise KeyHolderUnfit("the organisation is neither the main connector nor a tenant", rule="K1.1")


async def _check_holder(tx: Transaction, new: NewKey, today: date) -> None:
    if new.contact_id is None:
        return
    try:
        contact = await contacts.take(tx, new.organisation_id, new.contact_id)
    except ContactNotFound as why:
        raise KeyHolderUnfit("the organisation has no such contact", flaws=(_of_contact("no such contact"),)) from why
    if today < contact.valid_from or (contact.valid_until is not None and today >= contact.valid_until):
        detail = "the contact is not one today"
        raise KeyHolderUnfit(detail, flaws=(_of_contact(detail),))


def _of_contact(detail: str) -> Flaw:
    return Flaw(field="contact_id", detail=detail)


async def _end_of_giver(tx: Transaction) -> datetime | None:
    # An operator at the command line has no key.
    return None if tx.actor.key_id is None else (await store.find(tx, tx.actor.key_id)).expires_at


def _examined(new: NewKey, at: datetime, giver_ends: datetime | None) -> NewKey:
    seen = Examination()
    system_name = seen.optional("system_name", wording.name, new.system_name)
    if (new.contact_id is None) == (system_name is None):
        raise KeyHolderUnfit("a key belongs to one contact or to one named system")
    if not new.permissions:
        seen.note("permissions", "a key without any would open nothing", clause="")
    try:
        granting.expiry(new.expires_at, at, giver_ends=giver_ends)
    except Unfit as why:
        seen.note("expires_at", str(why), clause="")
    acts.fit(seen.flaws)
    return replace(new, system_name=system_name)


def _without_use(key: AccessKey) -> AccessKey:
    # Its last use is noted outside any transaction, and is no change that somebody made.
    return replace(key, last_used_hour=None)
