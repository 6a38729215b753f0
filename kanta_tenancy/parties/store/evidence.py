"""Soteri evidence in PostgreSQL."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Statement, statement
from kanta_tenancy.parties.errors import EvidenceNotFound, EvidenceWithdrawn
from kanta_tenancy.parties.model import NewEvidence, Organisation, SoteriEvidence

INSERT: Final[Statement[SoteriEvidence]] = statement("parties/soteri_evidence.insert", SoteriEvidence)
FIND_FOR_UPDATE: Final[Statement[SoteriEvidence]] = statement("parties/soteri_evidence.find_for_update", SoteriEvidence)
FIND_OF_ORGANISATIONS: Final[Statement[SoteriEvidence]] = statement(
    "parties/soteri_evidence.find_of_organisations", SoteriEvidence
)
PAGE: Final[Statement[SoteriEvidence]] = statement("parties/soteri_evidence.page", SoteriEvidence)
WITHDRAW: Final[Statement[SoteriEvidence]] = statement("parties/soteri_evidence.withdraw", SoteriEvidence)


async def insert(
    tx: Transaction, evidence_id: UUID, of: Organisation, new: NewEvidence, at: datetime
) -> SoteriEvidence:
    """Write a look into the register, of an organisation that the transaction holds or shares."""
    kept = await INSERT.one(
        tx,
        id=evidence_id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=of.tenancy_id,
        organisation_id=of.id,
        finding=new.finding,
        entry_reference=new.entry_reference,
        checked_on=new.checked_on,
        checked_by=new.checked_by,
        document_name=new.document_name,
        document_sha256=new.document_sha256,
        recorded_at=at,
    )
    return _found(kept, evidence_id)


async def take(tx: Transaction, organisation_id: OrganisationId, evidence_id: UUID) -> SoteriEvidence:
    """Read a piece of evidence and hold it until the transaction ends.

    Raises:
        EvidenceNotFound: the organisation has none of that id, or the scope does not see it.
    """
    realm = tx.scope.main_connector_id
    return _found(
        await FIND_FOR_UPDATE.one(tx, main_connector_id=realm, organisation_id=organisation_id, id=evidence_id),
        evidence_id,
    )


async def of_organisations(tx: Transaction, organisation_ids: Iterable[OrganisationId]) -> list[SoteriEvidence]:
    realm = tx.scope.main_connector_id
    return await FIND_OF_ORGANISATIONS.all(tx, main_connector_id=realm, organisation_ids=list(organisation_ids))


async def page(tx: Transaction, organisation_id: OrganisationId, *, after: UUID, limit: int) -> list[SoteriEvidence]:
    realm = tx.scope.main_connector_id
    return await PAGE.all(tx, main_connector_id=realm, organisation_id=organisation_id, after=after, limit=limit)


async def withdraw(
    tx: Transaction, organisation_id: OrganisationId, evidence_id: UUID, *, reason: str, at: datetime
) -> SoteriEvidence:
    """Mark a piece of evidence as mistaken.

    Raises:
        EvidenceWithdrawn: it is marked already.
    """
    kept = await WITHDRAW.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        organisation_id=organisation_id,
        id=evidence_id,
        reason=reason,
        withdrawn_at=at,
    )
    if kept is None:
        raise EvidenceWithdrawn(f"evidence {evidence_id} is withdrawn already")
    return kept


def _found(evidence: SoteriEvidence | None, evidence_id: UUID) -> SoteriEvidence:
    if evidence is None:
        raise EvidenceNotFound(f"no Soteri evidence {evidence_id}")
    return evidence
