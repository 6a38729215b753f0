"""What stands behind a certificate on a day, and what a tenant depends on."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.systems import Firm, SystemState, Upkeep


class Reach(Record, frozen=True, kw_only=True):
    """How much is known to stand behind a certificate on a day."""

    certificate_id: UUID
    day: date
    uses: int  # places of use that are recorded for that day
    unplaced: int  # those of which no system is recorded: whom they serve is not known
    systems: int
    tenants: int
    services: tuple[str, ...]  # of tenants; keys of the catalogue, in its order
    own_services: tuple[str, ...]  # of the main connector itself


class Subject(Record, frozen=True, kw_only=True):
    """The certificate that is asked about, as far as its impact needs it."""

    id: UUID
    kind: str
    common_name: str | None
    subject: str | None
    sha256: str
    not_after: datetime | None  # None: it cannot be read
    state: str
    successor_id: UUID | None


class AffectedSystem(Record, frozen=True, kw_only=True):
    """A system that uses a certificate on a day."""

    id: UUID
    name: str
    state: SystemState
    producer: Firm
    upkeep: Upkeep | None
    tenants: int
    services: tuple[str, ...]
    # Certificates of the same kind that are in use on it that day and hold beyond it. They may carry its services on;
    # the inventory cannot know that.
    others: int


class AffectedHolder(Record, frozen=True, kw_only=True):
    """Whose services stand behind a certificate on a day."""

    holder: UUID  # the tenancy, or the main connector
    tenancy_id: TenancyId | None  # None: the main connector itself
    services: tuple[str, ...]
    systems: tuple[UUID, ...]


class UnderlyingSystem(Record, frozen=True, kw_only=True):
    """A system that uses a certificate, with the services of somebody that run on it."""

    id: UUID
    name: str
    services: tuple[str, ...]


class UnderlyingCertificate(Record, frozen=True, kw_only=True):
    """A certificate that somebody's services depend on, on a day."""

    id: UUID
    kind: str
    common_name: str | None
    subject: str | None
    sha256: str
    not_after: datetime | None
    state: str
    systems: tuple[UnderlyingSystem, ...]


class UnderlyingPosition(Record, frozen=True, kw_only=True):
    """Where a page of certificates ended, by their end."""

    not_after: datetime
    id: UUID
