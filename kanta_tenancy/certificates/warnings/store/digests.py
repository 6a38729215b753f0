"""Digests in PostgreSQL. The only module that reads `sql/queries/certificates/digest.sql`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.warnings.model import Concern, Digest
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Responsible(Record, frozen=True, kw_only=True):
    id: UUID
    responsible_id: ContactId | None


class Issued(Record, frozen=True, kw_only=True):
    sha256: str
    certificates: int


INSERT: Final = statement("certificates/digest.insert", Nothing)
INSERT_ITEMS: Final = statement("certificates/digest.insert_items", Nothing)
RESPONSIBLE: Final = statement("certificates/digest.responsible", Responsible)
ISSUED: Final = statement("certificates/digest.issued", Issued)


async def add(tx: Transaction, digests: Sequence[tuple[Digest, Sequence[Concern]]], *, at: datetime) -> None:
    """Write digests with the warnings that they tell of."""
    realm = tx.scope.main_connector_id
    made = [digest for digest, _ in digests]
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
    items = [(digest.id, concern) for digest, concerns in digests for concern in concerns]
    await INSERT_ITEMS.run(
        tx,
        main_connector_id=realm,
        digest_ids=[digest_id for digest_id, _ in items],
        certificate_ids=[concern.certificate_id for _, concern in items],
        levels=[concern.level for _, concern in items],
    )


async def responsible(tx: Transaction, certificate_ids: Collection[UUID]) -> dict[UUID, ContactId | None]:
    """Return who is responsible for each of these certificates."""
    realm = tx.scope.main_connector_id
    rows = await RESPONSIBLE.all(tx, main_connector_id=realm, certificate_ids=list(certificate_ids))
    return {one.id: one.responsible_id for one in rows}


async def issued(tx: Transaction, sha256s: Collection[str], now: datetime) -> dict[str, int]:
    """Count the certificates in use that each of these authorities issued and that have not ended."""
    rows = await ISSUED.all(tx, main_connector_id=tx.scope.main_connector_id, sha256s=list(sha256s), now=now)
    return {one.sha256: one.certificates for one in rows}
