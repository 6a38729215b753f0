"""What a finding is: a rule, how much it matters, with what, since when, and where the rule is written."""

import enum
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity


class Finding(Record, frozen=True, kw_only=True):
    """What somebody who looks finds amiss. One of a rule and a subject is open at a time."""

    rule: str  # its first word names the family that looks for it: `probe.expired`, `lint.dvv.server.validity`
    severity: Severity
    source: str  # where the rule is written, such as RFC 9525, 6
    certainty: Certainty = Certainty.READ  # how well that is known
    subject: str  # as the journal writes it: `certificate/0199…`, `certificate_endpoint/0199…`
    certificate_id: UUID | None = None  # which certificate it is about, where it is about one of the inventory
    sentence: Sentence
    facts: Mapping[str, str | int | None] = {}


class Rung(enum.IntEnum):
    """Who is told, one after the other, while nobody acknowledges it."""

    RESPONSIBLE = 0
    DEPUTY = 1
    MANAGEMENT = 2


class KeptFinding(Finding, frozen=True, kw_only=True):
    """A finding as it is kept."""

    id: UUID  # also the order in which findings were opened
    first_at: datetime
    last_at: datetime  # when it was seen last
    cleared_at: datetime | None  # None: it is open
    rung: Rung  # up to whom it was told
    told_at: datetime | None  # None: nobody was told
    next_at: datetime | None  # when the next are told, unless somebody acknowledges it
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class FindingPosition(Record, frozen=True, kw_only=True):
    """Where a page of findings ended, newest first."""

    id: UUID


class Touched(Record, frozen=True, kw_only=True):
    """A row that was opened, seen again or cleared."""

    id: UUID
    rule: str
    subject: str


class Noted(Record, frozen=True, kw_only=True):
    """What a look changed."""

    opened: int
    seen_again: int
    cleared: int


class OpenCount(Record, frozen=True, kw_only=True):
    """How many findings are open, by severity and rule."""

    severity: Severity
    rule: str
    findings: int


class FindingsChanged(Record, frozen=True, kw_only=True, tag="certificate_findings.changed"):
    """Said when a look opened findings, or cleared some."""

    subject: str  # what was looked at; of several at once, what looked
    opened: int
    cleared: int
    rules: tuple[str, ...]  # of those that were opened
    at: datetime
