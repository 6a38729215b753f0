"""Who may prescribe and when they are there, as houses tell it (clause 15)."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.renewals.model import Entitlement, Office, Prescriber, Shift, Span


class Absence(Record, frozen=True, kw_only=True):
    id: UUID
    since: datetime
    until: datetime | None


class SaidPrescriber(Record, frozen=True, kw_only=True):
    """What is said of somebody, and can be said anew."""

    name: str
    email: str | None
    office: Office
    entitlement: Entitlement
    since: date
    until: date | None
    shifts: tuple[Shift, ...]
    units: tuple[UUID, ...]


class KnownPrescriber(SaidPrescriber, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: TenancyId | None  # None: at the main connector
    code: str
    version: int
    created_at: datetime
    absences: tuple[Absence, ...] = ()


class ListedPrescriber(Record, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: TenancyId | None
    code: str
    name: str
    email: str | None
    office: Office
    entitlement: Entitlement
    since: date
    until: date | None
    version: int


class AtHouse(Record, frozen=True, kw_only=True):
    """Somebody as routing needs to know them."""

    id: UUID
    holder: UUID
    code: str
    office: Office
    entitlement: Entitlement
    since: date
    until: date | None
    shifts: tuple[Shift, ...]
    units: frozenset[UUID]
    absences: tuple[Span, ...]
    load: int

    def prescriber(self) -> Prescriber:
        return Prescriber(**{name: getattr(self, name) for name in Prescriber.__struct_fields__})


class Written(Record, frozen=True, kw_only=True):
    """Somebody who can be written to."""

    id: UUID
    name: str
    email: str
    language: Language


class Prevention(Record, frozen=True, kw_only=True):
    """That a house says that it is prevented from handling requests."""

    id: UUID
    tenancy_id: TenancyId | None
    since: datetime
    until: datetime | None
    recorded_at: datetime


class PreventedHouse(Record, frozen=True, kw_only=True):
    holder: UUID
    since: datetime
    until: datetime | None
