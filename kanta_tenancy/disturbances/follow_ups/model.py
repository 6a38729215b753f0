"""What is left to do: actions after a disturbance, and faults to be corrected, with who sees to each and by when."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.kernel.records import Record


class FollowUpKind(enum.StrEnum):
    ACTION = "action"  # that a disturbance has left to do
    FAULT = "fault"  # that somebody noticed, with or without a disturbance; done once it is corrected


class Owner(enum.StrEnum):
    """Who does it, or mends it. Outside the two parties, the main connector sees to it that they do."""

    MAIN_CONNECTOR = "main_connector"
    TENANT = "tenant"
    PRODUCER = "producer"  # of the information system service
    MANUFACTURER = "manufacturer"
    KELA = "kela"
    OTHER = "other"  # the text says who


class FollowUpState(enum.StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # it will not be done, and why


class Move(enum.StrEnum):
    CHANGE = "change"
    FINISH = "finish"
    DROP = "drop"
    REOPEN = "reopen"  # it was not done after all, or the fault came back


class SaidAction(Record, frozen=True, kw_only=True):
    """What is to be done, by whom and until when, as somebody says it; it is said whole each time."""

    what: str
    owner: Owner
    due_on: date
    tenancy_id: TenancyId | None = None  # whom it concerns; of a tenant's own, that tenant
    contact_id: ContactId | None = None  # the person at the party that sees to it


class SaidFault(Record, frozen=True, kw_only=True):
    """A fault, as somebody notices it. Who mends it and until when can be said later."""

    what: str
    noticed_at: datetime
    owner: Owner = Owner.MAIN_CONNECTOR
    due_on: date | None = None
    tenancy_id: TenancyId | None = None  # who notified it
    contact_id: ContactId | None = None
    disturbance_id: UUID | None = None
    system_id: UUID | None = None


class FollowUp(Record, frozen=True, kw_only=True):
    """Something that is left to do."""

    id: UUID
    tenancy_id: TenancyId | None  # whom it concerns, and who sees it too; None: the main connector alone
    kind: FollowUpKind
    owner: Owner
    what: str
    due_on: date  # until the end of this day in Finland
    noticed_at: datetime
    reported_by: str
    reported_at: datetime
    state: FollowUpState
    state_at: datetime
    round: int  # one more each time that it is owed anew: it was not done after all, or another party does it
    version: int
    disturbance_id: UUID | None = None
    system_id: UUID | None = None
    contact_id: ContactId | None = None
    note: str | None = None  # what shows that it is done; why it is not; why it is open again
    settled_by: str | None = None
    told_at: datetime | None = None  # when the tenant was last told how it stands

    @property
    def of_tenant(self) -> TenancyId | None:
        """The tenant that does it; None: the main connector does, or sees to it."""
        return self.tenancy_id if self.owner is Owner.TENANT else None


class Position(Record, frozen=True, kw_only=True):
    """Where a page of what is open ended, the earliest due first."""

    due_on: date
    id: UUID


class FollowUpMoved(Record, frozen=True, kw_only=True, tag="disturbance.follow_up_moved"):
    """Said when something is put down as left to do, changed, done, dropped or opened again."""

    follow_up_id: UUID
    kind: FollowUpKind
    state: FollowUpState
    version: int
    by_tenant: bool
    at: datetime
