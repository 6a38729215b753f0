"""Seals on manifests in PostgreSQL. The only module that reads `sql/queries/proofs/`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class KeptSeal(Record, frozen=True, kw_only=True):
    seal: str


INSERT: Final = statement("proofs/seal.insert", Nothing)
FIND: Final = statement("proofs/seal.find", KeptSeal)


async def find(tx: Transaction, agreement_id: UUID, manifest_sha256: str) -> str | None:
    found = await FIND.one(tx, agreement_id=agreement_id, manifest_sha256=manifest_sha256)
    return None if found is None else found.seal


async def add(
    tx: Transaction, *, tenancy_id: UUID, agreement_id: UUID, manifest_sha256: str, seal: str, sealed_at: datetime
) -> None:
    """Keep the seal on a manifest; one that is there stays as it is."""
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        agreement_id=agreement_id,
        manifest_sha256=manifest_sha256,
        seal=seal,
        sealed_at=sealed_at,
    )
