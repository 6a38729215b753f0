"""Access keys in PostgreSQL. A secret's digest goes in and is compared by one caller; nobody lists it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import AccessKeyId, ContactId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Statement, statement
from kanta_tenancy.parties.errors import KeyNotFound, PartyChanged
from kanta_tenancy.parties.model import AccessKey, KeyFound


class _Touched(Record, frozen=True, kw_only=True):
    touched: int


INSERT: Final[Statement[AccessKey]] = statement("parties/access_key.insert", AccessKey)
FIND: Final[Statement[AccessKey]] = statement("parties/access_key.find", AccessKey)
FIND_FOR_UPDATE: Final[Statement[AccessKey]] = statement("parties/access_key.find_for_update", AccessKey)
PAGE: Final[Statement[AccessKey]] = statement("parties/access_key.page", AccessKey)
OPEN_OF_CONTACT: Final[Statement[AccessKey]] = statement("parties/access_key.open_of_contact", AccessKey)
REVOKE: Final[Statement[AccessKey]] = statement("parties/access_key.revoke", AccessKey)
LOOK_UP: Final[Statement[KeyFound]] = statement("parties/access_key.look_up", KeyFound)
TOUCH: Final[Statement[_Touched]] = statement("parties/access_key.touch", _Touched)


async def insert(tx: Transaction, key: AccessKey, secret_sha256: bytes) -> AccessKey:
    kept = await INSERT.one(
        tx,
        id=key.id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=key.tenancy_id,
        organisation_id=key.organisation_id,
        contact_id=key.contact_id,
        system_name=key.system_name,
        permissions=list(key.permissions),
        secret_sha256=secret_sha256,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )
    return _found(kept, key.id)


async def find(tx: Transaction, key_id: AccessKeyId) -> AccessKey:
    """Read a key.

    Raises:
        KeyNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=key_id), key_id)


async def take(tx: Transaction, key_id: AccessKeyId) -> AccessKey:
    """Read a key and hold it until the transaction ends.

    Raises:
        KeyNotFound: the scope has none of that id.
    """
    return _found(await FIND_FOR_UPDATE.one(tx, main_connector_id=tx.scope.main_connector_id, id=key_id), key_id)


async def page(tx: Transaction, *, after: UUID, limit: int) -> list[AccessKey]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, limit=limit)


async def open_of(tx: Transaction, contact_id: ContactId, *, at: datetime) -> list[AccessKey]:
    """Return the keys of a contact that are neither revoked nor expired; no new one comes while it is held."""
    realm = tx.scope.main_connector_id
    return await OPEN_OF_CONTACT.all(tx, main_connector_id=realm, contact_id=contact_id, at=at)


async def revoke(tx: Transaction, revoked: AccessKey) -> AccessKey:
    """Write a revoked key over the version it came from.

    Raises:
        PartyChanged: another transaction changed it first.
    """
    kept = await REVOKE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=revoked.id,
        revoked_at=revoked.revoked_at,
        version=revoked.version,
    )
    if kept is None:
        raise PartyChanged(f"key {revoked.id} is no longer at version {revoked.version - 1}")
    return kept


async def look_up(
    connection: Connection, key_ids: Collection[AccessKeyId], *, on_day: date
) -> dict[AccessKeyId, KeyFound]:
    """Say whom keys belong to, whatever their realm; one that is not there is left out."""
    return {one.id: one for one in await LOOK_UP.all(connection, ids=list(key_ids), on_day=on_day)}


async def touch(connection: Connection, used: Mapping[AccessKeyId, datetime]) -> int:
    """Note in which hour each key was used last, and return how many were not noted before."""
    row = await TOUCH.one(connection, ids=list(used.keys()), hours=list(used.values()))
    return 0 if row is None else row.touched


def _found(key: AccessKey | None, key_id: AccessKeyId) -> AccessKey:
    if key is None:
        raise KeyNotFound(f"no access key {key_id}")
    return key
