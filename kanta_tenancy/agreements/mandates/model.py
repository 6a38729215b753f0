"""What a mandate is: that a person may sign for a party, on what ground, from when until when."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId
from kanta_tenancy.kernel.records import Record


class MandateGround(enum.StrEnum):
    TRADE_REGISTER = "trade_register"  # an office that is entered there
    POWER_OF_ATTORNEY = "power_of_attorney"  # a document, which is kept as a file
    PROCURATION = "procuration"
    OTHER = "other"  # in words


class NewMandate(Record, frozen=True, kw_only=True):
    """What is put down of a mandate."""

    party: Party
    tenancy_id: TenancyId | None  # None: the main connector's, towards all of its tenants
    person: str
    ground: MandateGround
    words: str | None = None
    exhibit_id: UUID | None = None
    valid_from: date
    valid_until: date | None = None  # its last day; None: until further notice


class Mandate(Record, frozen=True, kw_only=True):
    """A mandate as it was put down, and that it ended, if it did."""

    id: UUID
    tenancy_id: TenancyId | None
    organisation_id: OrganisationId
    party: Party
    person: str
    ground: MandateGround
    words: str | None
    exhibit_id: UUID | None
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    recorded_by: Party
    ended_on: date | None = None  # the first day on which it does not hold
    ended_because: str | None = None
    ended_at: datetime | None = None
    ended_by: Party | None = None
    version: int


class RunsOut(Record, frozen=True, kw_only=True):
    """A mandate whose last day comes, or has come, while somebody is still to sign by it."""

    id: UUID  # of the signatory's place in the offer
    mandate_id: UUID
    agreement_id: UUID
    reference: str
    tenancy_id: TenancyId
    party: Party
    last_day: date
