"""Digests in PostgreSQL. The only module that reads `sql/queries/certificates/digest.sql`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.warnings.errors import DigestAcknowledged, DigestChanged, DigestNotFound
from kanta_tenancy.certificates.warnings.model import Amiss, Concern, Digest, DigestPosition, Item, ItemPosition
from kanta_tenancy.certificates.warnings.store.sweeps import OneCertificate
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Issued(Record, frozen=True, kw_only=True):
    sha256: str
    certificates: int


INSERT: Final = statement("certificates/digest.insert", Nothing)
INSERT_ITEMS: Final = statement("certificates/digest.insert_items", Nothing)
INSERT_FINDINGS: Final = statement("certificates/digest.insert_findings", Nothing)
ISSUED: Final = statement("certificates/digest.issued", Issued)
FIND: Final = statement("certificates/digest.find", Digest)
PAGE: Final = statement("certificates/digest.page", Digest)
ITEMS: Final = statement("certificates/digest.items", Item)
ACKNOWLEDGE: Final = statement("certificates/digest.acknowledge", Digest)
ACKNOWLEDGE_ITEMS: Final = statement("certificates/digest.acknowledge_items", OneCertificate)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(
    tx: Transaction, digests: Sequence[tuple[Digest, Sequence[Concern], Sequence[Amiss]]], *, at: datetime
) -> None:
    """Write digests with the warnings and findings that they tell of."""
    realm = tx.scope.main_connector_id
    made = [digest for digest, _, _ in digests]
    await INSERT.run(
        tx,
        main_connector_id=realm,
        ids=[one.id for one in made],
        contact_ids=[one.contact_id for one in made],
        certificates=[one.certificates for one in made],
        findings=[one.findings for one in made],
        urgent=[one.urgent for one in made],
        at=at,
    )
    items = [(digest.id, concern) for digest, concerns, _ in digests for concern in concerns]
    await INSERT_ITEMS.run(
        tx,
        main_connector_id=realm,
        digest_ids=[digest_id for digest_id, _ in items],
        certificate_ids=[concern.certificate_id for _, concern in items],
        levels=[concern.level for _, concern in items],
    )
    found = [(digest.id, one) for digest, _, amiss in digests for one in amiss]
    await INSERT_FINDINGS.run(
        tx,
        main_connector_id=realm,
        digest_ids=[digest_id for digest_id, _ in found],
        finding_ids=[one.finding_id for _, one in found],
    )


async def issued(tx: Transaction, sha256s: Collection[str], now: datetime) -> dict[str, int]:
    """Count the certificates in use that each of these authorities issued and that have not ended."""
    rows = await ISSUED.all(tx, main_connector_id=tx.scope.main_connector_id, sha256s=list(sha256s), now=now)
    return {one.sha256: one.certificates for one in rows}


async def find(tx: Transaction, digest_id: UUID) -> Digest:
    """Read a digest.

    Raises:
        DigestNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, digest_id=digest_id)
    if found is None:
        raise DigestNotFound(f"no digest {digest_id}")
    return found


async def page(tx: Transaction, *, after: DigestPosition | None, count: int) -> list[Digest]:
    """Read a page of digests, newest first."""
    before = NEWEST_POSSIBLE if after is None else after.id
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, before=before, count=count)


async def items(tx: Transaction, digest_id: UUID, *, after: ItemPosition | None, count: int) -> list[Item]:
    """Read a page of what a digest tells of, by certificate, with what became of each."""
    begin = UUID(int=0) if after is None else after.certificate_id
    realm = tx.scope.main_connector_id
    return await ITEMS.all(tx, main_connector_id=realm, digest_id=digest_id, after=begin, count=count)


async def acknowledge(
    tx: Transaction, digest_id: UUID, *, version: int, by: str, at: datetime
) -> tuple[Digest, list[UUID]]:
    """Write that somebody acknowledged a digest, and close the warnings of it that are open; return which those were.

    Raises:
        DigestNotFound, DigestChanged: there is none, or not at that version any more.
        DigestAcknowledged: somebody did before.
    """
    said = {"main_connector_id": tx.scope.main_connector_id, "digest_id": digest_id, "by": by, "at": at}
    saved = await ACKNOWLEDGE.one(tx, version=version, **said)
    if saved is None:
        there = await find(tx, digest_id)
        if there.version != version:
            raise DigestChanged(f"the digest is at version {there.version}, not {version}", version=there.version)
        raise DigestAcknowledged("it was acknowledged already")
    return saved, [one.id for one in await ACKNOWLEDGE_ITEMS.all(tx, **said)]
