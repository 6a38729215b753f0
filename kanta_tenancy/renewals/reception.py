"""Where renewal requests are received: service units, and the main connector's decisions about them (clause 15)."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record


class Seen(Record, frozen=True, kw_only=True):
    """That a decision was seen in a national service, and under which reference."""

    on: date
    reference: str


class Decision(Record, frozen=True, kw_only=True):
    """That a unit receives requests, or does not, from a day on until the next decision's."""

    id: UUID
    receives: bool
    effective_on: date
    decided_at: datetime
    change_notice_id: UUID  # to Kela
    code_service_on: date | None = None
    code_service_reference: str | None = None
    extranet_on: date | None = None
    extranet_reference: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None

    @property
    def is_seen(self) -> bool:
        """Whether it was seen in both national services."""
        return self.code_service_on is not None and self.extranet_on is not None


class Unit(Record, frozen=True, kw_only=True):
    """A service unit of a tenant, or of the main connector itself."""

    id: UUID
    tenancy_id: TenancyId | None
    oid: str
    name: str
    changes_on: date | None  # an organisational change that is known
    version: int
    created_at: datetime
    decisions: tuple[Decision, ...] = ()  # by the day from which they hold

    def receives_on(self, day: date) -> bool:
        return any(one.receives for one in self.standing_by(day)[-1:])

    def standing_by(self, day: date) -> tuple[Decision, ...]:
        """Return the decisions that stand and hold by a day, the one that counts last."""
        return tuple(one for one in self.decisions if one.stands and one.effective_on <= day)


class ListedUnit(Record, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: TenancyId | None
    holder: UUID
    oid: str
    name: str
    changes_on: date | None
    version: int
    receives: bool  # today
    effective_on: date | None  # since when


class UnitPosition(Record, frozen=True, kw_only=True):
    holder: UUID
    id: UUID


class Receiving(Record, frozen=True, kw_only=True):
    """A unit that receives requests, or will."""

    id: UUID
    name: str
    changes_on: date | None


class Unseen(Record, frozen=True, kw_only=True):
    """A decision that was not seen in both national services."""

    id: UUID
    unit_id: UUID
    effective_on: date


class ReceivingDecided(Record, frozen=True, kw_only=True, tag="renewal_receiving.decided"):
    unit_id: UUID
    receives: bool
    effective_on: date
    at: datetime
