"""What of a certificate leaves in files, calendars and figures."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.records import Record


class ExportedCertificate(Record, frozen=True, kw_only=True):
    """A certificate with all that is known of it on a day; its fields are the columns of a table, in their order."""

    id: UUID
    name: str  # its common name, else its first other name, else its subject, else its SHA-256
    kind: str
    state: State
    not_before: datetime | None  # None with all that follows from it: it cannot be read
    not_after: datetime | None
    unreadable: str | None
    systems: tuple[str, ...]  # on which it is used that day
    hosts: tuple[str, ...]  # and hosts and access points
    responsible_id: UUID | None
    responsible: str | None  # by name; None without the permission to read people
    deputy_id: UUID | None
    deputy: str | None
    purpose: str | None
    tenancy_id: UUID | None  # whose it is; None: the main connector's own
    subject: str | None
    names: tuple[str, ...]  # alternative names, as people write them
    issuer: str | None
    serial: str | None  # hexadecimal
    sha256: str
    key: str | None
    signature_algorithm: str | None
    authority: bool
    profile: str | None
    revocation: str | None  # as an authority last said; None: none was asked
    revocation_asked_at: datetime | None
    replaced_by: UUID | None
    state_since: datetime
    state_because: str | None
    snoozed_until: date | None
    places: tuple[str, ...]  # where its sources have it
    first_seen_at: datetime


class Ending(Record, frozen=True, kw_only=True):
    """A certificate in use, with its end."""

    id: UUID
    kind: str
    name: str
    not_after: datetime
    snoozed_until: date | None
    changed_at: datetime


class EndingPosition(Record, frozen=True, kw_only=True):
    """Where a page of them ended."""

    not_after: datetime
    id: UUID
