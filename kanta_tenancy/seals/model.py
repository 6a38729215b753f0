"""What the service seals with and what it seals: certificates one after another, checkpoints of the journal."""

import enum
from datetime import datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record


class Kind(enum.StrEnum):
    """What a seal is on, so that none can be passed off as another; the `typ` of its header."""

    RECEIPT = "kanta-receipt+jws"
    CHECKPOINT = "kanta-journal-checkpoint+jws"
    PROOF = "kanta-proof+jws"
    CASE = "kanta-case-proof+jws"
    SUCCESSION = "kanta-seal-succession+jws"
    TRIAL = "kanta-seal-trial+jws"  # whether it can be done; kept nowhere


class Fate(enum.StrEnum):
    """What became of the key before."""

    NONE = "none"  # there was none
    RETIRED = "retired"  # it handed over, by sealing its successor's certificate
    LOST = "lost"  # it could not
    COMPROMISED = "compromised"  # somebody else may have it: its word is not wanted


class SealCertificate(Record, frozen=True, kw_only=True):
    """A certificate of the service's seal. Kept for ever; its key lies beside the service, for as long as it seals."""

    number: int  # 1 for the first
    sha256: str  # of the DER, hexadecimal
    chain: tuple[bytes, ...]  # DER, its own first
    takes_over_at: datetime  # whole seconds
    succession: str  # a Succession, sealed with the key before, or with its own when that could not or should not
    predecessor_fate: Fate
    predecessor_trusted_until: datetime | None
    registered_at: datetime
    registered_by: str


class Succession(Record, frozen=True, kw_only=True):
    """That a certificate takes over; what is sealed of it."""

    number: int
    certificate: str  # SHA-256
    takes_over_at: datetime
    predecessor: str | None
    fate: Fate
    trusted_until: datetime | None


class Checkpoint(Record, frozen=True, kw_only=True):
    """Where all chains of a main connector's journal ended at an instant, sealed."""

    number: int  # 1 for the first of a main connector
    at: datetime
    size: int  # how many chains
    root: bytes
    certificate: str  # SHA-256 of the one it was sealed with
    seal: str  # a CheckpointStatement
    token: bytes | None = None  # an RFC 3161 timestamp over the seal's octets, once there is one


class CheckpointStatement(Record, frozen=True, kw_only=True):
    """What is sealed of a checkpoint."""

    main_connector_id: MainConnectorId
    number: int
    at: datetime
    size: int
    root: str  # hexadecimal
    previous: str | None  # SHA-256 of the seal before, hexadecimal


class CheckpointHead(Record, frozen=True, kw_only=True):
    """Where a chain ended, as a checkpoint saw it, and its place in the tree."""

    position: int
    chain: UUID
    sequence: int
    digest: bytes


class SeenHead(Record, frozen=True, kw_only=True):
    """The same, with the checkpoint that wrote it down: the chain had moved since the one before."""

    number: int
    position: int
    chain: UUID
    sequence: int
    digest: bytes


class Standing(Record, frozen=True, kw_only=True):
    """Where a chain ended at the newest checkpoint, and where it ends now."""

    position: int | None  # None: it is in no checkpoint yet
    chain: UUID
    known_sequence: int | None
    known_digest: bytes | None
    sequence: int | None  # None: the chain has no head any more
    digest: bytes | None
    is_kept: bool  # what the checkpoint saw is in the journal still


class LostHead(Record, frozen=True, kw_only=True):
    """A head that was kept elsewhere and is not in the journal."""

    chain: UUID
    sequence: int
