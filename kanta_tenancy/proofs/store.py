"""Seals on manifests in PostgreSQL. The only module that reads `sql/queries/proofs/`."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class KeptSeal(Record, frozen=True, kw_only=True):
    seal: str


class Span(Record, frozen=True, kw_only=True):
    """From which entry of a chain to which something is told of; nowhere: None."""

    first: int | None
    last: int | None


INSERT: Final = statement("proofs/seal.insert", Nothing)
FIND: Final = statement("proofs/seal.find", KeptSeal)
INSERT_OF_CASE: Final = statement("proofs/case_seal.insert", Nothing)
FIND_OF_CASE: Final = statement("proofs/case_seal.find", KeptSeal)
SPAN: Final = statement("proofs/case_seal.span", Span)


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


async def find_of_case(tx: Transaction, tenancy_id: UUID | None, subject: str, manifest_sha256: str) -> str | None:
    found = await FIND_OF_CASE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        holder=tenancy_id or tx.scope.main_connector_id,
        subject=subject,
        manifest_sha256=manifest_sha256,
    )
    return None if found is None else found.seal


async def add_of_case(
    tx: Transaction, *, tenancy_id: UUID | None, subject: str, manifest_sha256: str, seal: str, sealed_at: datetime
) -> None:
    """Keep the seal on the manifest of a case; one that is there stays as it is."""
    await INSERT_OF_CASE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        subject=subject,
        manifest_sha256=manifest_sha256,
        seal=seal,
        sealed_at=sealed_at,
    )


async def span(tx: Transaction, chain: UUID, ids: Collection[str], since: datetime) -> tuple[int, int] | None:
    """Return the first and the last entry of a chain since a time in which one of these ids stands; None: none does."""
    found = await SPAN.one(tx, chain=chain, ids=list(ids), since=since)
    return None if found is None or found.first is None or found.last is None else (found.first, found.last)
