"""What people put down of an agreement in force: notices, service-production agreements, rescissions, circumstances."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.agreements.ends import Breach, CircumstanceKind, Decision, Period, Unit
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import AccessKeyId, AgreementId, ContactId, TenancyId
from kanta_tenancy.kernel.records import Record


class NewNotice(Record, frozen=True, kw_only=True):
    party: Party  # who gives it
    given_on: date
    message: str | None = None
    exhibit_id: UUID | None = None
    delivered_on: date | None = None
    delivered_how: str | None = None


class Notice(Record, frozen=True, kw_only=True):
    """A written notice of termination (clause 20). What it says stays; when it was delivered is told once."""

    id: UUID
    tenancy_id: TenancyId
    agreement_id: AgreementId
    party: Party  # who gives it
    given_on: date
    message: str | None
    exhibit_id: UUID | None
    recorded_at: datetime
    delivered_on: date | None
    delivered_how: str | None
    main_connector_agrees_at: datetime | None  # to its withdrawal
    tenant_agrees_at: datetime | None
    version: int

    @property
    def is_withdrawn(self) -> bool:
        """Whether both parties have agreed that it shall not hold."""
        return self.main_connector_agrees_at is not None and self.tenant_agrees_at is not None


class NewServiceAgreement(Record, frozen=True, kw_only=True):
    name: str
    since: date
    last_day: date | None = None
    period: Period | None = None
    exhibit_id: UUID | None = None


class ServiceAgreement(Record, frozen=True, kw_only=True):
    """Another agreement of the same two, on producing services; it bears on theirs (clause 20)."""

    id: UUID
    tenancy_id: TenancyId
    name: str  # what people call it by
    since: date
    last_day: date | None  # the last day in force; None: until further notice
    notice_count: int | None  # None: it says nothing else than one month
    notice_unit: Unit | None
    exhibit_id: UUID | None
    recorded_at: datetime
    version: int

    @property
    def period(self) -> Period | None:
        """The notice period that prevails over one month, if it says another."""
        if self.notice_count is None or self.notice_unit is None:
            return None
        return Period(count=self.notice_count, unit=self.notice_unit)

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.last_day is None or day <= self.last_day)


class NoticeGiven(Record, frozen=True, kw_only=True, tag="notice.given"):
    notice_id: UUID
    agreement_id: AgreementId
    party: Party
    given_on: date
    delivered_on: date | None
    at: datetime


class NoticeDelivered(Record, frozen=True, kw_only=True, tag="notice.delivered"):
    notice_id: UUID
    agreement_id: AgreementId
    party: Party
    delivered_on: date
    at: datetime


class NoticeWithdrawn(Record, frozen=True, kw_only=True, tag="notice.withdrawn"):
    notice_id: UUID
    agreement_id: AgreementId
    at: datetime


class NewRescission(Record, frozen=True, kw_only=True):
    breach: Breach
    description: str
    exhibit_id: UUID  # the evidence


class Rescission(Record, frozen=True, kw_only=True):
    """That the main connector rescinds at once, proposed by one of its people and confirmed by another (clause 20)."""

    id: UUID
    tenancy_id: TenancyId
    agreement_id: AgreementId
    breach: Breach
    description: str
    exhibit_id: UUID
    proposed_at: datetime
    proposed_by: ContactId
    proposed_with: AccessKeyId
    confirmed_at: datetime | None = None
    confirmed_by: ContactId | None = None
    confirmed_with: AccessKeyId | None = None
    dropped_at: datetime | None = None
    version: int

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.dropped_at is None


class AgreementRescinded(Record, frozen=True, kw_only=True, tag="agreement.rescinded"):
    rescission_id: UUID
    agreement_id: AgreementId
    breach: Breach
    at: datetime


class NewCircumstance(Record, frozen=True, kw_only=True):
    kind: CircumstanceKind
    party: Party  # whom it befell
    known_on: date
    note: str
    happened_on: date | None = None
    exhibit_id: UUID | None = None
    decide_by: date | None = None


class Circumstance(Record, frozen=True, kw_only=True):
    """Something that befell a party. It ends nothing by itself, but the main connector has to decide what follows."""

    id: UUID
    tenancy_id: TenancyId
    kind: CircumstanceKind
    party: Party
    happened_on: date | None
    known_on: date
    note: str
    exhibit_id: UUID | None
    decide_by: date
    recorded_at: datetime
    decided_at: datetime | None = None
    decision: Decision | None = None
    reason: str | None = None
    version: int
