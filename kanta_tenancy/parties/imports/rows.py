"""What a file says, before anybody has judged it. The fields are those of docs/capabilities/parties.md."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record

LARGEST_FILE: Final = 20_000_000  # bytes
MOST_ORGANISATIONS: Final = 20_000

ORGANISATION: Final = (
    "role",
    "business_id",
    "name",
    "name_fi",
    "name_sv",
    "name_en",
    "language",
    "oid",
    "tenancy_reference",
)
CONTACT: Final = ("name", "email", "phone", "function", "valid_from", "valid_until")
SOTERI: Final = (
    "entry_reference",
    "checked_on",
    "checked_by",
    "finding",
    "document_name",
    "document_sha256",
)


class BadRow(Record, frozen=True, kw_only=True):
    """Why a row of the file is not taken."""

    line: int
    row: int  # in CSV the line again; in JSON the number of the organisation, of which many may share a line
    field: str  # as the file names it; empty for the whole row
    reason: str


class Part(Record, frozen=True, kw_only=True):
    """Some fields of a row, without those that were left empty."""

    line: int
    row: int
    path: str  # what the file puts before the names of these fields
    values: Mapping[str, str]

    def bad(self, field: str, reason: str) -> BadRow:
        return BadRow(line=self.line, row=self.row, field=self.path + field, reason=reason)


class Entry(Record, frozen=True, kw_only=True):
    """An organisation with all that the file says of it, perhaps on several lines."""

    organisation: Part
    contacts: tuple[Part, ...] = ()
    soteri: tuple[Part, ...] = ()


class Sheet(Record, frozen=True, kw_only=True):
    """A file as read: what can be judged, and the rows that could not even be read."""

    entries: tuple[Entry, ...]
    bad: tuple[BadRow, ...]
