"""What a warning is: that a certificate has come to a level, what became of it, and whom it was told."""

import enum
from datetime import date, datetime
from typing import Final, NewType
from uuid import UUID

from kanta_tenancy.certificates.findings.model import Rung
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity

# So many days before the last day: 0 is the last day itself, -1 the day after it. THIRD stands for a third of the
# lifetime, and is larger than any days, so that of two on one day the smaller one counts.
Level = NewType("Level", int)
THIRD: Final = Level(9999)


class Thresholds(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """On which levels people are warned of certificates of some kinds."""

    since: date
    kinds: tuple[str, ...]  # none: of every kind that no other entry names
    third: bool
    days: tuple[int, ...]  # descending
    certainty: Certainty
    source: str

    @property
    def levels(self) -> tuple[Level, ...]:
        return ((THIRD,) if self.third else ()) + tuple(Level(one) for one in self.days)


class Patience(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How long nobody else is told of a warning that nobody acknowledges, while so many days are left at most."""

    since: date
    days_left: int
    hours: int
    urgent: bool  # told at once, in a mail of its own
    certainty: Certainty
    source: str


class PatienceAmiss(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How long nobody else is told of a finding of some severity that nobody acknowledges."""

    since: date
    severity: Severity
    hours: int
    certainty: Certainty
    source: str


class Delivery(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How many days it takes from an order until the new certificate is there."""

    since: date
    profiles: tuple[str, ...]
    days: int
    certainty: Certainty
    source: str


class Lifetime(Record, frozen=True, kw_only=True):
    """From when until when a certificate says that it is valid."""

    not_before: datetime
    not_after: datetime
    third_left_at: datetime  # from when on at most a third of its lifetime is left


class Window(Record, frozen=True, kw_only=True):
    """Certificates of a kind whose end, or last third, lies within these instants come to a level on a day."""

    kind: str
    level: Level
    due_on: date
    since: datetime
    until: datetime  # exclusive


class Span(Record, frozen=True, kw_only=True):
    """Certificates of a kind that end within these instants have come to this level last, of those that are days."""

    kind: str
    level: Level | None  # None: to none of them yet
    since: datetime
    until: datetime  # exclusive
    third_until: datetime | None  # before which instant those have a third left that came to that; None: no level


class WarningState(enum.StrEnum):
    OPEN = "open"  # somebody has to do something about it
    ACKNOWLEDGED = "acknowledged"  # somebody said that they do
    SUPERSEDED = "superseded"  # a more urgent one took its place, or stood there already
    RELEASED = "released"  # the certificate was replaced or retired, or is snoozed


class Weighable(Lifetime, frozen=True, kw_only=True):
    """A certificate that is looked at by itself, and what was put down of it."""

    id: UUID
    kind: str
    in_use: bool
    snoozed_until: date | None
    responsible_id: ContactId | None
    levels: tuple[Level, ...]
    states: tuple[WarningState, ...]  # of each of the levels

    @property
    def known(self) -> dict[Level, WarningState]:
        return dict(zip(self.levels, self.states, strict=True))


class Weighed(Record, frozen=True, kw_only=True):
    """What is to be put down of a certificate that was looked at by itself."""

    opened: Level | None
    superseded: tuple[Level, ...]


class Mark(Record, frozen=True, kw_only=True):
    """Up to which day all certificates of a realm were looked at."""

    swept_through: date
    swept_at: datetime


class Swept(Record, frozen=True, kw_only=True):
    """How many warnings were put down."""

    opened: int
    superseded: int


class Matter(Record, frozen=True, kw_only=True):
    """What somebody is to be told of now, and whose it is."""

    rung: Rung
    told_at: datetime | None  # None: nobody was told yet
    responsible_id: ContactId | None
    deputy_id: ContactId | None


class Concern(Matter, frozen=True, kw_only=True):
    """A warning that somebody is to be told of now."""

    certificate_id: UUID
    level: Level
    ends_on: date


class Amiss(Matter, frozen=True, kw_only=True):
    """A finding that somebody is to be told of now; where it is about no certificate it is nobody's."""

    finding_id: UUID
    severity: Severity


class Digest(Record, frozen=True, kw_only=True):
    """What one person was told at a time."""

    id: UUID
    contact_id: ContactId
    certificates: int
    findings: int
    urgent: bool
    told_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    version: int = 1


class DigestPosition(Record, frozen=True, kw_only=True):
    """Where a page of digests ended, newest first."""

    id: UUID


class Item(Record, frozen=True, kw_only=True):
    """A warning that a digest tells of, as it stands now."""

    certificate_id: UUID
    level: Level
    due_on: date
    ends_on: date
    state: WarningState


class ItemPosition(Record, frozen=True, kw_only=True):
    """Where a page of what a digest tells of ended, by certificate."""

    certificate_id: UUID


class Warned(Record, frozen=True, kw_only=True):
    """A warning of a certificate, and what became of it."""

    level: Level
    due_on: date
    ends_on: date
    state: WarningState
    rung: Rung
    decided_at: datetime  # when it was put down, late or not
    told_at: datetime | None  # None: nobody was told
    next_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None  # who acknowledged it


class OpenWarning(Record, frozen=True, kw_only=True):
    """A warning that is open, with what people know the certificate by."""

    certificate_id: UUID
    level: Level
    due_on: date
    ends_on: date
    rung: Rung
    told_at: datetime | None
    next_at: datetime | None  # when the next are told, unless somebody acknowledges it
    sha256: str
    common_name: str | None
    subject: str | None
    kind: str
    responsible_id: ContactId | None


class OpenPosition(Record, frozen=True, kw_only=True):
    """Where a page of open warnings ended, the most urgent first."""

    ends_on: date
    certificate_id: UUID


class Coming(Record, frozen=True, kw_only=True):
    """A level that a certificate comes to on a day, unless something is done before."""

    level: Level
    due_on: date


class WarningsTold(Record, frozen=True, kw_only=True, tag="certificate_warnings.told"):
    """Said when people were told of certificates that end, or of what is amiss with them."""

    digests: int
    certificates: int
    findings: int
    urgent: bool  # something of it cannot wait
    first_ends_on: date | None  # the last day of the most urgent certificate
    at: datetime
