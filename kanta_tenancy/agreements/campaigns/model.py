"""What a campaign is: a new model for many tenants, and a row for each of them."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.agreements.model import Register, Signatory
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class CampaignStatus(enum.StrEnum):
    DRAFT = "draft"  # it can be looked at, and changes nothing
    RUNNING = "running"  # offers are made as its cohorts' days come
    PAUSED = "paused"  # no offer is made until it is resumed
    DONE = "done"  # nobody waits for an offer any more
    CANCELLED = "cancelled"  # no further offer is made; those that were made stand


class RowState(enum.StrEnum):
    WAITING = "waiting"  # for its cohort's day, or for its turn
    OFFERED = "offered"  # what became of the offer, its agreement tells
    SKIPPED = "skipped"  # a rule says no; the row says why
    FAILED = "failed"  # it was tried and could not be done; the row says why


class Reason(enum.StrEnum):
    """Why a tenant gets no offer."""

    NO_AGREEMENT = "no_agreement_in_force"
    AGREEMENT_ENDS = "agreement_ends"  # it is in force, and its end is known
    OFFER_OPEN = "offer_open"  # the tenant has another one to sign already
    SAME_MODEL = "same_model"  # it is on that model already
    LANGUAGE_LACKING = "language_lacking"  # the new model is not there in the agreement's language
    EVIDENCE_MISSING = "evidence_missing"  # a party is not shown to be in the Soteri register (K1.2)
    SERVICE_MISSING = "service_missing"
    REGISTER_MISSING = "register_missing"
    SIGNATORY_MISSING = "signatory_missing"  # nobody is known who signs for the tenant


class Cohort(Record, frozen=True, kw_only=True):
    """Which tenants come on which day. A tenant belongs to the first cohort that it fits."""

    name: str
    starts_on: date  # Europe/Helsinki
    tenancies: tuple[TenancyId, ...] = ()  # these; empty: whoever the rules below fit
    languages: tuple[Language, ...] = ()  # of the agreement in force; empty: any
    services: tuple[str, ...] = ()  # at least one of these is in use; empty: any
    at_a_time: int | None = None  # so many on its day, and as many more after every so many days
    every_days: int = 1


class Campaign(Record, frozen=True, kw_only=True):
    id: UUID
    name: str
    status: CampaignStatus
    version: int
    model: str
    model_version: str
    signatories: tuple[Signatory, ...]  # the main connector's; the tenant's are carried over
    services: tuple[str, ...] | None  # None: carried over, those of the day of the offer
    registers: tuple[Register, ...] | None  # None: carried over
    cohorts: tuple[Cohort, ...]
    remind_after: tuple[int, ...]  # days
    sign_with_own_key: bool  # the key beside the service signs each offer for the main connector
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None


class NewCampaign(Record, frozen=True, kw_only=True):
    name: str
    model: str
    model_version: str
    signatories: tuple[Signatory, ...]
    cohorts: tuple[Cohort, ...]
    services: tuple[str, ...] | None = None
    registers: tuple[Register, ...] | None = None
    remind_after: tuple[int, ...] = ()
    sign_with_own_key: bool = False


class Candidate(Record, frozen=True, kw_only=True):
    """What the rules of cohorts look at."""

    tenancy_id: TenancyId
    language: Language | None  # of the agreement in force; None: there is none
    services: tuple[str, ...]
    model: str | None = None
    model_version: str | None = None


class Place(Record, frozen=True, kw_only=True):
    """A tenant's place in a campaign: in which cohort, and from which day."""

    tenancy_id: TenancyId
    cohort: int  # from 1
    starts_on: date


class Ground(Record, frozen=True, kw_only=True):
    """Where a tenancy stands on a day: what an offer carries over, and what it is held against."""

    tenancy_id: TenancyId
    agreement_id: AgreementId | None  # that has not ended; None: there is none
    agreement_version: int | None
    language: Language | None
    model: str | None
    model_version: str | None
    registers: tuple[Register, ...]
    signatories: tuple[Signatory, ...]
    in_force_until: datetime | None
    services: tuple[str, ...]  # as the day ends
    open_offer: AgreementId | None


class Obstacle(Record, frozen=True, kw_only=True):
    reason: Reason
    detail: str


class Claimed(Record, frozen=True, kw_only=True):
    """A row that this instance alone may work on until its lease runs out."""

    campaign_id: UUID
    tenancy_id: TenancyId
    main_connector_id: MainConnectorId
    leased_until: datetime


class Held(Record, frozen=True, kw_only=True):
    """A claimed row that the transaction holds, and how its campaign stands at that moment."""

    status: CampaignStatus
    attempts: int


class Row(Record, frozen=True, kw_only=True):
    """A tenant's row as it is now."""

    tenancy_id: TenancyId
    cohort: int
    starts_on: date
    state: RowState
    attempts: int
    reason: str | None
    detail: str | None
    agreement_id: AgreementId | None
    replaces: AgreementId | None
    settled_at: datetime | None


class Foreseen(Record, frozen=True, kw_only=True):
    """What would happen to a tenant now: an offer, unless there are obstacles."""

    place: Place
    ground: Ground
    obstacles: tuple[Obstacle, ...]


class ReminderDue(Record, frozen=True, kw_only=True, tag="campaign.reminder_due"):
    """A tenant has had an offer for some days and has not signed it."""

    campaign_id: UUID
    agreement_id: AgreementId
    offered_on: date
    number: int  # 1 for the first reminder
    at: datetime
