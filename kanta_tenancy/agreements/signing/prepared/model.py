"""What a signature is that was prepared for a key elsewhere."""

import enum
from datetime import datetime, timedelta
from uuid import UUID

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record


class State(enum.StrEnum):
    OPEN = "open"  # the signature value can be handed in
    USED = "used"  # it was, and was accepted
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # somebody signed meanwhile, or the agreement was withdrawn


class Asked(Record, frozen=True, kw_only=True):
    """What is to be prepared, and for whom."""

    certificates: str  # PEM, the signer's own first
    position: int  # of the signatory, among those of the caller's party
    comments: str
    lasts: timedelta  # for how long its value is waited for


class Prepared(Record, frozen=True, kw_only=True):
    """A signature that was prepared; the octets to sign are read apart."""

    id: UUID
    tenancy_id: TenancyId
    agreement_id: AgreementId
    party: Party
    position: int
    version: int  # of the agreement that it was prepared from
    document_sha256: str
    certificate_sha256: str
    prepared_at: datetime
    expires_at: datetime
    completed_at: datetime | None = None

    def state(self, *, version: int, at: datetime) -> State:
        """Return its state at an instant at which the agreement is at some version."""
        if self.completed_at is not None:
            return State.USED
        if self.version != version:
            return State.SUPERSEDED
        return State.EXPIRED if at >= self.expires_at else State.OPEN
