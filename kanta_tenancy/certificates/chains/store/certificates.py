"""Certificates as they are examined. The only module that reads `sql/queries/certificates/chain.sql`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains.model import (
    Authority,
    ChainRow,
    Examined,
    Renewed,
    Subject,
    Suggested,
    Waiting,
)
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Alone(Record, frozen=True, kw_only=True):
    alone: bool


WAITING_REALMS: Final = statement("certificates/chain.waiting_realms", Waiting)
ALONE: Final = statement("certificates/chain.alone", Alone)
BECOME_ALONE: Final = statement("certificates/chain.become_alone", Alone)
TAKE_WAITING: Final = statement("certificates/chain.take_waiting", Subject)
FIND: Final = statement("certificates/chain.find", Subject)
TAKE: Final = statement("certificates/chain.take", Subject)
AUTHORITIES_NAMED: Final = statement("certificates/chain.authorities_named", Authority)
AUTHORITIES: Final = statement("certificates/chain.authorities", Authority)
EXAMINED: Final = statement("certificates/chain.examined", Nothing)
PUT_OFF: Final = statement("certificates/chain.put_off", Nothing)
EXAMINE_ORPHANS: Final = statement("certificates/chain.examine_orphans", Nothing)
EXAMINE_CHILDREN: Final = statement("certificates/chain.examine_children", Nothing)
PREDECESSORS: Final = statement("certificates/chain.predecessors", Suggested)
SUCCESSORS: Final = statement("certificates/chain.successors", Suggested)
CHAIN: Final = statement("certificates/chain.chain", ChainRow)
LINE: Final = statement("certificates/chain.line", Renewed)

NEVER: Final = datetime.max.replace(tzinfo=UTC)


async def waiting_realms(connection: Connection, now: datetime) -> list[MainConnectorId]:
    return [MainConnectorId(one.main_connector_id) for one in await WAITING_REALMS.all(connection, now=now)]


async def is_alone(tx: Transaction) -> bool:
    """Return whether nobody else examines in this realm until the transaction ends."""
    row = await ALONE.one(tx, main_connector_id=tx.scope.main_connector_id)
    return row is not None and row.alone


async def become_alone(tx: Transaction) -> None:
    """Wait until nobody else examines in this realm, and let nobody else until the transaction ends."""
    await BECOME_ALONE.one(tx, main_connector_id=tx.scope.main_connector_id)


async def take_waiting(tx: Transaction, now: datetime, *, count: int) -> list[Subject]:
    """Hold some of the certificates that are to be examined and that nobody else holds."""
    return await TAKE_WAITING.all(tx, main_connector_id=tx.scope.main_connector_id, now=now, count=count)


async def find(tx: Transaction, certificate_id: UUID) -> Subject:
    """Read one certificate, and hold nothing.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    if found is None:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    return found


async def take(tx: Transaction, ids: Collection[UUID]) -> list[Subject]:
    """Hold certificates until the transaction ends; those that the scope does not have are left out."""
    return await TAKE.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def authorities_named(tx: Transaction, names: Collection[str]) -> list[Authority]:
    return await AUTHORITIES_NAMED.all(tx, main_connector_id=tx.scope.main_connector_id, names=list(names))


async def authorities(tx: Transaction, sha256s: Collection[str]) -> list[Authority]:
    return await AUTHORITIES.all(tx, main_connector_id=tx.scope.main_connector_id, sha256s=list(sha256s))


async def examined(tx: Transaction, found: Sequence[Examined], *, at: datetime) -> None:
    await EXAMINED.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        at=at,
        ids=[one.id for one in found],
        issuers=[one.issuer_sha256 for one in found],
        lines=[one.line_sha256 for one in found],
        next=[one.examine_at for one in found],
    )


async def put_off(tx: Transaction, certificate_id: UUID, *, until: datetime) -> None:
    await PUT_OFF.run(tx, main_connector_id=tx.scope.main_connector_id, id=certificate_id, at=until)


async def examine_below(tx: Transaction, *, names: Collection[str], issuers: Collection[str], at: datetime) -> None:
    """Have those examined again that name one of these as their issuer and have none, and whom these issued."""
    realm = tx.scope.main_connector_id
    if names:
        await EXAMINE_ORPHANS.run(tx, main_connector_id=realm, names=list(names), at=at)
    if issuers:
        await EXAMINE_CHILDREN.run(tx, main_connector_id=realm, issuers=list(issuers), at=at)


async def predecessors(tx: Transaction, ids: Collection[UUID]) -> list[Suggested]:
    """Read, of each certificate, the last one in use before it that looks as if this one renewed it."""
    return await PREDECESSORS.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def successors(tx: Transaction, ids: Collection[UUID]) -> list[Suggested]:
    """Read, of each certificate that is in use, the next one in use that looks as if it renewed this one."""
    return await SUCCESSORS.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def chain(tx: Transaction, certificate_id: UUID) -> list[ChainRow]:
    """Read the way up from a certificate, itself first; nothing when the scope does not have it."""
    return await CHAIN.all(tx, certificate_id=certificate_id)


async def line(tx: Transaction, certificate_id: UUID) -> list[Renewed]:
    """Read what a certificate took the place of and what took its place, with itself, in that order."""
    return await LINE.all(tx, certificate_id=certificate_id)
