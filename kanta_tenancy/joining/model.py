"""What the main connector has with Kela: applications for joining, notices of technical changes, the roster (K2.1)."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Stage(enum.StrEnum):
    """How far a joining has come; the stages are those of kanta.fi."""

    DRAFTED = "drafted"  # prepared here; Kela knows nothing of it
    APPLIED = "applied"  # sent in Kela's Extranet
    COMMITTED = "committed"  # the client commitment was sent
    IN_TEST = "in_test"  # the deployment test is under way
    REPORTED = "reported"  # the test was reported to Kela
    IN_PRODUCTION = "in_production"
    WITHDRAWN = "withdrawn"  # given up before production
    ENDED = "ended"  # it was in production, and is no longer


class Step(Record, frozen=True, kw_only=True):
    """A move of an application: when it was made, and by what that can be seen. Never edited."""

    number: int  # 1 for the first
    move: str
    stage: Stage  # that it led to
    on: date  # Europe/Helsinki
    reference: str | None  # Kela's or our own, such as the number of a case
    evidence: str
    recorded_at: datetime
    recorded_by: str  # the actor, as the journal names them


class Application(Record, frozen=True, kw_only=True):
    """An application of the main connector to Kela for some Kanta services. Tenants never apply (clause 2)."""

    id: UUID
    name: str  # what people call it by
    services: tuple[str, ...]  # keys of the catalogue
    stage: Stage
    version: int
    created_at: datetime
    in_production_on: date | None = None  # the first day in production
    ended_on: date | None = None  # the first day no longer in production
    steps: tuple[Step, ...] = ()


class InProduction(Record, frozen=True, kw_only=True):
    """An application that is in production on a day."""

    id: UUID
    name: str
    services: tuple[str, ...]


class Status(enum.StrEnum):
    """Where a notice of a change stands."""

    PLANNED = "planned"  # owed to Kela, and not sent
    SENT = "sent"
    NOT_NEEDED = "not_needed"  # the change comes, and Kela need not be told
    CANCELLED = "cancelled"  # the change does not come


class ChangeKind(enum.StrEnum):
    """What changes in the technical client data that Kela has of the main connector."""

    ACCESS_POINT = "access_point"
    TENANT_JOINS = "tenant_joins"
    TENANT_LEAVES = "tenant_leaves"
    SERVICES = "services"
    RENEWAL_INTAKE = "renewal_intake"  # whether renewal requests are received
    OTHER = "other"


class Change(Record, frozen=True, kw_only=True):
    """A planned change, as it is said."""

    kind: ChangeKind
    description: str
    tenancy_ids: tuple[TenancyId, ...]  # whom it concerns; none: all, or none in particular
    services: tuple[str, ...]
    known_on: date  # when the main connector came to know the reason
    effective_on: date  # the first day on which it holds


class ChangeNotice(Record, frozen=True, kw_only=True):
    """What Kela is to be told of a change, until when, and whether it was."""

    id: UUID
    kind: ChangeKind
    description: str
    tenancy_ids: tuple[TenancyId, ...]
    services: tuple[str, ...]
    known_on: date
    effective_on: date
    due_on: date  # the last day on which it is sent in time
    explanation: Explanation  # how that day came about, as it was told
    status: Status
    version: int
    created_at: datetime
    sent_on: date | None = None
    sent_by: str | None = None
    reference: str | None = None
    because: str | None = None  # why it is not needed, or was cancelled
    settled_at: datetime | None = None


class Clash(enum.StrEnum):
    """Why a notice cannot be, or was not, in time."""

    DUE_BEFORE_KNOWN = "due_before_known"  # the reason came to be known too late for it
    DUE_BEFORE_TODAY = "due_before_today"  # not sent, and its last day is over
    SENT_LATE = "sent_late"


class Conflict(Record, frozen=True, kw_only=True):
    what: Clash
    sentence: Sentence


class Deadline(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """A number of days that somebody asks for, from a day on."""

    since: date
    days: int
    certainty: Certainty
    source: str
    instruction: Sentence  # what is asked for, and by whom


class Wanted(Record, frozen=True, kw_only=True):
    """Which notices a list is of."""

    statuses: tuple[Status, ...] = tuple(Status)


class Position(Record, frozen=True, kw_only=True):
    """Where a page of notices ended."""

    due_on: date
    id: UUID


class RosterService(Record, frozen=True, kw_only=True):
    key: str
    name: str  # on the day of the roster
    covered: bool  # an application of the main connector for it is in production on that day


class RosterTenant(Record, frozen=True, kw_only=True):
    """A tenant and the services that its Annex 1 gives it as the day ends."""

    tenancy_id: TenancyId
    agreement_id: AgreementId
    reference: str
    name: str  # on the day of the roster
    business_id: str
    oid: str | None
    since: date  # from when that Annex 1 holds
    services: tuple[RosterService, ...]


class RosterLine(Record, frozen=True, kw_only=True):
    """One tenant of one service."""

    service: RosterService
    tenant: RosterTenant


class ServiceUse(Record, frozen=True, kw_only=True):
    """How many tenants a service has on a day, and by which applications the main connector is joined to it."""

    key: str
    name: str
    tenants: int
    applications: tuple[UUID, ...]
    warning: Sentence | None


class Roster(Record, frozen=True, kw_only=True):
    """The tenants of each service as a day ends."""

    day: date
    language: Language
    made_at: datetime
    main_connector: str
    business_id: str
    services: tuple[ServiceUse, ...]  # those with a tenant, in the order of the catalogue
    tenants: tuple[RosterTenant, ...]  # those with a service, by name

    @property
    def lines(self) -> tuple[RosterLine, ...]:
        """Return a line for each service and tenant of it, by service and then by the tenant's name."""
        return tuple(
            RosterLine(service=service, tenant=tenant)
            for use in self.services
            for tenant in self.tenants
            for service in tenant.services
            if service.key == use.key
        )


class ApplicationMoved(Record, frozen=True, kw_only=True, tag="joining_application.moved"):
    application_id: UUID
    stage: Stage
    on: date
    at: datetime


class ChangeNoticeMoved(Record, frozen=True, kw_only=True, tag="change_notice.moved"):
    change_notice_id: UUID
    status: Status
    due_on: date
    at: datetime
