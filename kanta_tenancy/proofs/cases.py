"""What the proof bundle of a case holds: something that happened, was judged, and of which people were told. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.proofs import entries
from kanta_tenancy.proofs.model import Listing
from kanta_tenancy.seals import Checkpoint, HeadProof, SealCertificate, Slice
from kanta_tenancy.trust import Judging

CASE_FORMAT: Final = "kanta-case-proof/1"
CASE: Final = "case.json"
ATTACHMENTS: Final = "attachments/"
DRAWN_UP: Final = "paper.drawn_up"
FILE: Final = "sha256"
DOCUMENT: Final = "document"


class Attached(Record, frozen=True, kw_only=True):
    """A file that shows something of a case."""

    media_type: str
    sha256: str
    content: bytes


class Case(Record, frozen=True, kw_only=True):
    """What a room has of a case for whoever asks: its record, the documents that were drawn up, the files brought."""

    subject: str  # as the journal names it, such as `disturbance/0199…`
    subjects: tuple[str, ...]  # its parts, as the journal names them: duties, reports
    reference: str  # what people call it by
    tenancy_id: TenancyId | None  # whose bundle it is; None: the main connector's
    chains: tuple[UUID, ...]  # of the journal, that may tell of it
    since: datetime  # no entry about it is older
    record: msgspec.Struct
    documents: tuple[bytes, ...]  # sealed, in the order in which they were made
    attachments: tuple[Attached, ...]


class CaseManifest(Listing, frozen=True, kw_only=True):
    """The manifest of a case's bundle."""

    tenancy_id: UUID | None  # None: it is the main connector's
    subject: str
    subjects: tuple[str, ...]


class CaseStatement(Record, frozen=True, kw_only=True):
    """What is sealed of a case's manifest."""

    format: str
    main_connector_id: UUID
    tenancy_id: UUID | None
    subject: str
    manifest: str  # SHA-256 of the file's bytes, hexadecimal


class CaseFile(Record, frozen=True, kw_only=True):
    """What the service says of a case; its record is as the room has it."""

    format: str
    subject: str
    reference: str
    main_connector_id: UUID
    tenancy_id: UUID | None
    documents: tuple[str, ...]  # SHA-256 of each
    attachments: tuple[str, ...]
    checkpoint: int
    record: Mapping[str, Any]


class Told(Record, frozen=True, kw_only=True):
    """Entries of a chain, with the proof that they end where a checkpoint saw them end."""

    part: Slice
    proof: HeadProof


class GatheredCase(Record, frozen=True, kw_only=True):
    """Everything that a case's bundle is made of, as it was read."""

    main_connector_id: UUID
    case: Case
    checkpoint: Checkpoint
    told: tuple[Told, ...]
    line: tuple[SealCertificate, ...]
    judging: Judging  # as of the checkpoint
    judging_now: Judging


def slice_name(number: int) -> str:
    return f"journal/slice_{number}.json"


def proof_name(number: int) -> str:
    return f"journal/proof_{number}.json"


def ids_of(subjects: Iterable[str]) -> frozenset[str]:
    """Return the ids in the names of a case and its parts."""
    return frozenset(one.rpartition("/")[2] for one in subjects)


def about(texts: Iterable[str], subjects: Iterable[str]) -> Iterator[Entry]:
    """Return the entries about a case: whose subject, or one of whose facts, is the case or a part of it."""
    named = frozenset(subjects)
    ids = ids_of(named)
    for text in texts:
        entry = entries.read(text)
        if entry is not None and (entry.subject in named or not (named | ids).isdisjoint(_words(entry))):
            yield entry


def _words(entry: Entry) -> set[str]:
    return {value for value in entry.facts.values() if isinstance(value, str)}


def documents_in(told: Iterable[Entry]) -> frozenset[str]:
    """Return the digests of the documents that entries say were drawn up."""
    return frozenset(
        value for entry in told if entry.action == DRAWN_UP and isinstance(value := entry.facts.get(DOCUMENT), str)
    )


def files_in(told: Iterable[Entry]) -> frozenset[str]:
    """Return the digests of the files that entries say were brought."""
    return frozenset(value for entry in told if isinstance(value := entry.facts.get(FILE), str))
