"""What stands behind a certificate on a day, and what a tenant depends on."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import Reachable
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
    name: str  # its common name, else its first other name, else its subject, else its SHA-256
    sha256: str
    not_after: datetime | None  # None: it cannot be read
    state: State


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


class AffectedTenant(Record, frozen=True, kw_only=True):
    """The same by name, with the people there who are to be told."""

    holder: UUID
    tenancy_id: TenancyId | None
    name: str  # on that day
    business_id: str
    reference: str | None
    services: tuple[str, ...]
    systems: tuple[UUID, ...]
    people: tuple[Reachable, ...]


class Impact(Record, frozen=True, kw_only=True):
    """Whom a certificate stands for on a day."""

    certificate: Subject
    day: date
    reach: Reach
    systems: tuple[AffectedSystem, ...]  # by name


class Report(Record, frozen=True, kw_only=True):
    """The whole of it, for people: as of one instant."""

    impact: Impact
    made_at: datetime
    main_connector: str
    business_id: str
    tenants: tuple[AffectedTenant, ...]  # by name, the main connector itself first


class UnderlyingSystem(Record, frozen=True, kw_only=True):
    """A system that uses a certificate, with the services of somebody that run on it."""

    id: UUID
    name: str
    services: tuple[str, ...]


class UnderlyingCertificate(Record, frozen=True, kw_only=True):
    """A certificate that somebody's services depend on, on a day."""

    id: UUID
    kind: str
    name: str
    sha256: str
    not_after: datetime | None
    state: State
    systems: tuple[UnderlyingSystem, ...]


class UnderlyingPosition(Record, frozen=True, kw_only=True):
    """Where a page of certificates ended, by their end."""

    # Seconds since 1970, up to the end of the year 9999: many certificates that do not end say that they end then.
    ends_s: Annotated[int, msgspec.Meta(ge=-62_135_596_800, le=253_402_300_799)]
    id: UUID
