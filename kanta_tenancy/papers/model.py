"""What stands in a paper, and a paper as it is kept."""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record

KEPT_AS: Final = "paper"


class Row(Record, frozen=True, kw_only=True):
    """A line of the table at a paper's beginning: to whom, from whom, by which rule."""

    label: str
    value: str


class Part(Record, frozen=True, kw_only=True):
    """A heading with what stands below it; a line break is one on paper."""

    heading: str
    text: str


class Paper(Record, frozen=True, kw_only=True):
    """All that a paper says, in one language, as it was known at an instant."""

    about: str  # as the journal names it, such as `disturbance_duty/0199…`
    tenancy_id: TenancyId | None  # who tells; None: the main connector
    language: Language
    title: str
    reference: str
    known_at: datetime  # when the last of what it says was put down
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]

    @property
    def said(self) -> str:
        """Return the SHA-256 of what it says: the same facts are the same paper, whoever asks and whenever."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class KeptPaper(Record, frozen=True, kw_only=True):
    """A paper that was drawn up. Never changed, never deleted."""

    id: UUID
    tenancy_id: TenancyId | None
    about: str
    language: Language
    title: str
    said_sha256: str  # of what it says
    sha256: str  # of the file
    size: int
    certificate: str  # SHA-256 of the seal's certificate
    made_by: str
    made_at: datetime

    @property
    def subject(self) -> str:
        """Return its name, as the journal has it."""
        return f"{KEPT_AS}/{self.id}"


class PaperWithContent(KeptPaper, frozen=True, kw_only=True):
    content: bytes
