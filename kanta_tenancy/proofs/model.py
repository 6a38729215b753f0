"""What a proof bundle holds, by the names of its files. Pure."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.model import Agreement, Document, Manner, Receipt, Status
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.seals import Checkpoint, Fate, HeadProof, SealCertificate, Slice
from kanta_tenancy.trust import Judging

FORMAT: Final = "kanta-proof/1"
MANIFEST: Final = "manifest.json"
MANIFEST_SEAL: Final = "manifest.jws"
SLICE: Final = "journal/slice.json"
PROOF: Final = "journal/proof.json"
CHECKPOINT: Final = "journal/checkpoint.jws"
TIMESTAMP: Final = "journal/checkpoint.tst"
SEALS: Final = "seals/certificates.json"
REPORT: Final = "report.json"
TEXT: Final = "report.txt"
DOCUMENTS: Final = "documents/"
CERTIFICATES: Final = "certificates/"
REVOCATION: Final = "revocation/"
TIMESTAMPS: Final = "timestamps/"
RECEIPTS: Final = "receipts/"
EXHIBITS: Final = "exhibits/"


class File(Record, frozen=True, kw_only=True):
    name: str
    size: int
    sha256: str


class Listing(Record, frozen=True, kw_only=True):
    """What manifests of every format have: whose the bundle is, and every file in it but the manifest and its seal."""

    format: str
    main_connector_id: UUID
    reference: str
    files: tuple[File, ...]  # by name


class Manifest(Listing, frozen=True, kw_only=True):
    """The manifest of an agreement's bundle."""

    tenancy_id: UUID
    agreement_id: UUID


class ManifestStatement(Record, frozen=True, kw_only=True):
    """What is sealed of a manifest."""

    format: str
    main_connector_id: UUID
    tenancy_id: UUID
    agreement_id: UUID
    manifest: str  # SHA-256 of the file's bytes, hexadecimal


class SliceFile(Record, frozen=True, kw_only=True):
    chain: UUID
    first: int
    before: str  # hexadecimal
    entries: tuple[str, ...]


class ProofFile(Record, frozen=True, kw_only=True):
    number: int  # of the checkpoint
    chain: UUID
    sequence: int
    digest: str  # hexadecimal
    position: int
    size: int
    path: tuple[str, ...]  # hexadecimal


class LineCertificate(Record, frozen=True, kw_only=True):
    """A certificate of the seal, as the line of them is written down."""

    number: int
    sha256: str
    chain: tuple[bytes, ...]  # DER, base64 in JSON
    takes_over_at: datetime
    succession: str
    predecessor_fate: Fate
    predecessor_trusted_until: datetime | None


class ReportedPaper(Record, frozen=True, kw_only=True):
    """A signature on paper, and its scans, the first one first."""

    signed_on: date
    received_on: date
    received_by: str
    scans: tuple[str, ...]  # SHA-256


class ReportedSignature(Record, frozen=True, kw_only=True):
    party: str
    position: int
    name: str
    manner: Manner
    mandate: str  # on what ground, as it is printed
    mandate_id: UUID | None  # the mandate on record, if there is one
    signed_at: datetime  # when the service accepted it
    claimed_at: datetime | None
    certificate_sha256: str | None
    certificate_subject: str | None
    paper: ReportedPaper | None


class ReportedAgreement(Record, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    main_connector_id: UUID
    reference: str
    status: Status
    language: Language
    amends: UUID | None
    offered_at: datetime | None
    in_force_on: date | None
    in_force_until: datetime | None


class ReportedCheckpoint(Record, frozen=True, kw_only=True):
    number: int
    at: datetime
    is_stamped: bool


class ReportFile(Record, frozen=True, kw_only=True):
    """What the service says of the agreement; whoever verifies finds out by themselves."""

    format: str
    agreement: ReportedAgreement
    original: str | None  # SHA-256 of the newest document
    signatures: tuple[ReportedSignature, ...]
    checkpoint: ReportedCheckpoint
    verification: dict[str, Any] | None  # of the newest document, as of the checkpoint


class Gathered(Record, frozen=True, kw_only=True):
    """Everything that a bundle is made of, as it was read."""

    main_connector_id: UUID
    agreement: Agreement
    documents: tuple[Document, ...]  # by their number of signatures
    receipts: tuple[Receipt, ...]
    exhibits: tuple[tuple[Exhibit, bytes], ...]
    checkpoint: Checkpoint
    proof: HeadProof
    part: Slice
    line: tuple[SealCertificate, ...]
    judging: Judging  # as of the checkpoint
    judging_now: Judging  # for what nobody had said by then
