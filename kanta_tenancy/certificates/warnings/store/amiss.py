"""Whom findings were told, in PostgreSQL. The only module that reads `sql/queries/certificates/amiss.sql`."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.findings import FindingPosition, KeptFinding
from kanta_tenancy.certificates.warnings.addressing import Told
from kanta_tenancy.certificates.warnings.model import Amiss
from kanta_tenancy.certificates.warnings.store.warnings import Escalation
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

UNTOLD: Final = statement("certificates/amiss.untold", Amiss)
UNANSWERED: Final = statement("certificates/amiss.unanswered", Amiss)
ESCALATIONS: Final = statement("certificates/amiss.escalations", Escalation)
TOLD: Final = statement("certificates/amiss.told", Nothing)
TELL_ANEW: Final = statement("certificates/amiss.tell_anew", Nothing)
OF_DIGEST: Final = statement("certificates/amiss.of_digest", KeptFinding)
ACKNOWLEDGE: Final = statement("certificates/amiss.acknowledge", Nothing)
ACKNOWLEDGE_ITEMS: Final = statement("certificates/amiss.acknowledge_items", Nothing)


async def untold(tx: Transaction, today: date) -> list[Amiss]:
    """Read what people are to be told of and nobody was, in the order in which it was found."""
    return await UNTOLD.all(tx, main_connector_id=tx.scope.main_connector_id, today=today)


async def unanswered(tx: Transaction, now: datetime, today: date) -> list[Amiss]:
    """Read what the next people are to be told of, as nobody acknowledged it."""
    return await UNANSWERED.all(tx, main_connector_id=tx.scope.main_connector_id, now=now, today=today)


async def escalations(tx: Transaction) -> list[datetime]:
    """Return at which times the next people are to be told of something."""
    return [one.next_at for one in await ESCALATIONS.all(tx, main_connector_id=tx.scope.main_connector_id)]


async def told(tx: Transaction, told: Collection[Told[Amiss]], *, at: datetime) -> None:
    """Write up to whom each was told, and when the next are."""
    await TOLD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        ids=[one.of.finding_id for one in told],
        rungs=[one.rung for one in told],
        told_tos=[one.of.responsible_id for one in told],
        next_ats=[one.next_at for one in told],
        at=at,
    )


async def tell_anew(tx: Transaction, certificate_ids: Iterable[UUID]) -> int:
    """Have those told again for which somebody else is responsible than when they were told."""
    realm = tx.scope.main_connector_id
    return await TELL_ANEW.run(tx, main_connector_id=realm, certificate_ids=list(certificate_ids))


async def of_digest(
    tx: Transaction, digest_id: UUID, *, after: FindingPosition | None, count: int
) -> list[KeptFinding]:
    """Read a page of the findings of which a digest tells, in the order in which they were opened."""
    begin = UUID(int=0) if after is None else after.id
    realm = tx.scope.main_connector_id
    return await OF_DIGEST.all(tx, main_connector_id=realm, digest_id=digest_id, after=begin, count=count)


async def acknowledge(tx: Transaction, finding_id: UUID, *, by: str, at: datetime) -> bool:
    """Write that somebody sees to a finding; return whether it waited for that."""
    realm = tx.scope.main_connector_id
    return bool(await ACKNOWLEDGE.run(tx, main_connector_id=realm, finding_id=finding_id, by=by, at=at))


async def acknowledge_items(tx: Transaction, digest_id: UUID, *, by: str, at: datetime) -> int:
    """Write that somebody sees to the findings of a digest; return how many waited for that."""
    realm = tx.scope.main_connector_id
    return await ACKNOWLEDGE_ITEMS.run(tx, main_connector_id=realm, digest_id=digest_id, by=by, at=at)
