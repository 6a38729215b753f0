"""Prepared signatures in PostgreSQL."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.signing.prepared.errors import PreparedNotFound
from kanta_tenancy.agreements.signing.prepared.model import Prepared
from kanta_tenancy.agreements.store.agreements import NEWEST_POSSIBLE
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Octets(Record, frozen=True, kw_only=True):
    to_sign: bytes


class Marked(Record, frozen=True, kw_only=True):
    completed_at: datetime


INSERT: Final = statement("agreements/prepared_signature.insert", Nothing)
FIND: Final = statement("agreements/prepared_signature.find", Prepared)
TO_SIGN: Final = statement("agreements/prepared_signature.to_sign", Octets)
OPEN_ONES: Final = statement("agreements/prepared_signature.open_ones", Prepared)
COMPLETE: Final = statement("agreements/prepared_signature.complete", Marked)
FORGET_EXPIRED: Final = statement("agreements/prepared_signature.forget_expired", Nothing)


async def add(tx: Transaction, prepared: Prepared, to_sign: bytes) -> None:
    said = msgspec.structs.asdict(prepared)
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, to_sign=to_sign, **said)


async def find(tx: Transaction, prepared_id: UUID) -> Prepared:
    """Read one.

    Raises:
        PreparedNotFound: the caller's party has none of that id.
    """
    found = await FIND.one(tx, prepared_id=prepared_id)
    if found is None:
        raise PreparedNotFound(f"no prepared signature {prepared_id}")
    return found


async def to_sign(tx: Transaction, prepared_id: UUID) -> bytes:
    """Read what was handed out.

    Raises:
        PreparedNotFound: the caller's party has none of that id.
    """
    found = await TO_SIGN.one(tx, prepared_id=prepared_id)
    if found is None:
        raise PreparedNotFound(f"no prepared signature {prepared_id}")
    return found.to_sign


async def open_ones(
    tx: Transaction, agreement: Agreement, *, at: datetime, before: UUID | None, count: int
) -> list[Prepared]:
    """Read a page of those that can be completed at an instant, newest first."""
    return await OPEN_ONES.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        agreement_id=agreement.id,
        version=agreement.version,
        at=at,
        before=NEWEST_POSSIBLE if before is None else before,
        count=count,
    )


async def complete(tx: Transaction, prepared_id: UUID, *, at: datetime) -> bool:
    """Mark one as completed; return False when it is already."""
    return await COMPLETE.one(tx, prepared_id=prepared_id, at=at) is not None


async def forget_expired(tx: Transaction, agreement: Agreement, *, at: datetime) -> None:
    """Delete what the caller's party prepared for an agreement and never signed."""
    realm = tx.scope.main_connector_id
    await FORGET_EXPIRED.run(tx, main_connector_id=realm, agreement_id=agreement.id, at=at)
