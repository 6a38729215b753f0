"""Findings in PostgreSQL. The only module that reads `sql/queries/certificates/finding.sql`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.findings.model import Finding, KeptFinding, OpenCount, Touched
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

PUT: Final = statement("certificates/finding.put", Touched)
OUTGROWN: Final = statement("certificates/finding.outgrown", Touched)
CLEAR: Final = statement("certificates/finding.clear", Touched)
OPEN: Final = statement("certificates/finding.open", KeptFinding)
EVERY: Final = statement("certificates/finding.every", KeptFinding)
OF_CERTIFICATES: Final = statement("certificates/finding.of_certificates", KeptFinding)
COUNT_OPEN: Final = statement("certificates/finding.count_open", OpenCount)
SOME: Final = statement("certificates/finding.some", KeptFinding)
TOLD_TO_EVERYBODY: Final = statement("certificates/finding.told_to_everybody", Nothing)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def put(tx: Transaction, at: datetime, rows: Sequence[tuple[UUID, Finding]]) -> list[Touched]:
    """Open findings under these ids, or note those that are open already as seen again, under the ids they have."""
    if not rows:
        return []
    found = [one for _, one in rows]
    return await PUT.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        at=at,
        ids=[key for key, _ in rows],
        rules=[one.rule for one in found],
        severities=[one.severity for one in found],
        sources=[one.source for one in found],
        certainties=[one.certainty for one in found],
        subjects=[one.subject for one in found],
        certificate_ids=[one.certificate_id for one in found],
        sentences=[msgspec.to_builtins(one.sentence) for one in found],
        facts=[dict(one.facts) for one in found],
    )


async def clear_outgrown(tx: Transaction, at: datetime, found: Sequence[Finding]) -> list[Touched]:
    """Clear the open findings of these rules and subjects that matter less than what was found now."""
    worse = [one for one in found if one.severity is Severity.ERROR]
    if not worse:
        return []
    return await OUTGROWN.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        at=at,
        rules=[one.rule for one in worse],
        subjects=[one.subject for one in worse],
    )


async def clear(
    tx: Transaction, at: datetime, *, family: str, subjects: Collection[str], seen: Sequence[UUID]
) -> list[Touched]:
    """Clear the open findings of a family about these subjects, but for those that were seen."""
    return await CLEAR.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        at=at,
        family=family,
        subjects=list(subjects),
        seen=list(seen),
    )


async def page(
    tx: Transaction,
    *,
    cleared_too: bool,
    severities: Collection[Severity],
    family: str | None,
    before: UUID | None,
    count: int,
) -> list[KeptFinding]:
    """Read a page of findings, newest first."""
    return await (EVERY if cleared_too else OPEN).all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        severities=list(severities),
        family=family,
        before=before or NEWEST_POSSIBLE,
        count=count,
    )


async def of_certificates(tx: Transaction, ids: Collection[UUID]) -> list[KeptFinding]:
    """Read the open findings about these certificates."""
    return await OF_CERTIFICATES.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def count_open(tx: Transaction) -> list[OpenCount]:
    return await COUNT_OPEN.all(tx, main_connector_id=tx.scope.main_connector_id)


async def some(tx: Transaction, ids: Collection[UUID]) -> list[KeptFinding]:
    return await SOME.all(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids))


async def told_to_everybody(tx: Transaction, ids: Collection[UUID], *, at: datetime) -> int:
    return await TOLD_TO_EVERYBODY.run(tx, main_connector_id=tx.scope.main_connector_id, ids=list(ids), at=at)
