"""Recording what was seen in the Soteri register (K1.2)."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import OrganisationId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import checking, wording
from kanta_tenancy.parties.actions import acts
from kanta_tenancy.parties.errors import EvidenceWithdrawn, PartyChanged
from kanta_tenancy.parties.model import EvidenceChanged, NewEvidence, SoteriEvidence
from kanta_tenancy.parties.store import evidence as store
from kanta_tenancy.parties.store import organisations
from kanta_tenancy.parties.wording import Examination


async def record_evidence(
    tx: Transaction, clock: Clock, organisation_id: OrganisationId, new: NewEvidence
) -> SoteriEvidence:
    """Record a look into the register, of a tenant or of the main connector itself.

    Raises:
        OrganisationNotFound: the scope has none of that id.
        MainConnectorsOwn: the scope is a tenant's; the main connector looks, for both parties.
        PartyUnfit: what was recorded is not acceptable (K1.2).
    """
    organisation = await organisations.share(tx, organisation_id)
    acts.only_main_connector(tx, "recording Soteri evidence")
    at = clock.now()
    seen = Examination()
    fit = checking.evidence(new, seen, today=day_in_finland(at))
    acts.fit(seen.flaws)
    kept = await store.insert(tx, new_id(), organisation, fit, at)
    await acts.journal(tx, "recorded", None, kept, at=at, announce=_changed(kept, at))
    return kept


async def withdraw_evidence(
    tx: Transaction, clock: Clock, organisation_id: OrganisationId, evidence_id: UUID, *, reason: str, version: int
) -> SoteriEvidence:
    """Mark a piece of evidence as mistaken, so that it counts no longer; it stays to be read.

    Args:
        version: the one that the caller saw.

    Raises:
        EvidenceNotFound: the organisation has none of that id, or the scope does not see it.
        MainConnectorsOwn: the scope is a tenant's.
        EvidenceWithdrawn: it is marked already.
        PartyChanged: it is not at that version.
        PartyUnfit: the reason is not acceptable.
    """
    before = await store.take(tx, organisation_id, evidence_id)
    acts.only_main_connector(tx, "withdrawing Soteri evidence")
    if before.withdrawn_at is not None:
        raise EvidenceWithdrawn(f"evidence {evidence_id} is withdrawn already")
    if before.version != version:
        raise PartyChanged(f"the evidence is at version {before.version}", version=before.version)
    seen = Examination()
    why = seen.text("reason", wording.name, reason, clause="K1.2")
    acts.fit(seen.flaws)
    at = clock.now()
    kept = await store.withdraw(tx, organisation_id, evidence_id, reason=why, at=at)
    await acts.journal(tx, "withdrawn", before, kept, at=at, announce=_changed(kept, at))
    return kept


def _changed(evidence: SoteriEvidence, at: datetime) -> EvidenceChanged:
    return EvidenceChanged(evidence_id=evidence.id, organisation_id=evidence.organisation_id, at=at)
