"""What is known of certificates together: chains, what authorities say of them, and lines of renewals."""

import enum
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.records import Record

LONGEST_NAME: Final = 200  # characters in a sentence: a certificate may hold a name of 64 kB


class RevocationStatus(enum.StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    INDETERMINATE = "indeterminate"  # nobody could be asked, or what came proves nothing


class Revocation(Record, frozen=True, kw_only=True):
    """What an authority last said of a certificate."""

    certificate_id: UUID
    status: RevocationStatus
    since: datetime  # when it came to that status
    because: str  # by which answer, or why none; a sentence without its stop
    revoked_at: datetime | None = None
    asked_at: datetime
    produced_at: datetime | None = None  # when the authority made the answer or list
    next_at: datetime | None = None  # until when it counts


class Word(Record, frozen=True, kw_only=True):
    """What is to be made of what an authority says now, by itself."""

    status: RevocationStatus
    because: str
    revoked_at: datetime | None = None
    on_hold: bool = False  # revoked for the time being only
    produced_at: datetime | None = None
    counts_until: datetime | None = None  # None: for good


class Subject(Record, frozen=True, kw_only=True):
    """A certificate as it is examined."""

    id: UUID
    content: bytes
    sha256: str
    subject: str | None
    issuer: str | None
    common_name: str | None
    subject_sha256: str | None
    issuer_name_sha256: str | None
    issuer_key_id: str | None
    not_before: datetime | None  # None: the certificate cannot be read
    not_after: datetime | None
    authority: bool
    profile: str | None
    state: State
    issuer_sha256: str | None
    line_sha256: str | None
    examined_at: datetime | None


class Authority(Record, frozen=True, kw_only=True):
    """A certificate that may have issued others."""

    id: UUID
    sha256: str
    content: bytes
    subject: str | None
    common_name: str | None
    subject_sha256: str
    subject_key_id: str | None
    not_before: datetime
    not_after: datetime
    state: State
    issuer_sha256: str | None
    status: RevocationStatus | None = None  # None: nobody was asked yet


class Examined(Record, frozen=True, kw_only=True):
    """What an examination writes beside its findings."""

    id: UUID
    issuer_sha256: str | None
    line_sha256: str | None
    examine_at: datetime


class ChainRow(Record, frozen=True, kw_only=True):
    """A certificate on the way up from another, and what its authority said of it."""

    step: int
    id: UUID
    own: bool  # the scope may see more of it than that it is an issuer
    sha256: str
    subject: str | None
    issuer: str | None
    common_name: str | None
    not_before: datetime | None
    not_after: datetime | None
    authority: bool
    state: State
    issuer_sha256: str | None
    issuer_name_sha256: str | None
    issuer_key_id: str | None
    examined_at: datetime | None
    status: RevocationStatus | None
    since: datetime | None
    because: str | None
    revoked_at: datetime | None
    asked_at: datetime | None
    produced_at: datetime | None
    next_at: datetime | None


class Link(Record, frozen=True, kw_only=True):
    """A certificate of a chain."""

    row: ChainRow
    revocation: Revocation | None  # None: nobody was asked yet, or it is a root, about which nobody is


class ChainEnd(enum.StrEnum):
    """How the way up from a certificate ends."""

    ROOT = "root"  # at a certificate that signed itself
    ISSUER_MISSING = "issuer_missing"  # at one whose issuer is not in the inventory, or is not known to be its issuer
    UNREADABLE = "unreadable"  # at one that cannot be read
    NOT_EXAMINED = "not_examined"  # at one that nobody has looked at yet
    TOO_LONG = "too_long"  # nowhere, after as many certificates as are looked at


class Chain(Record, frozen=True, kw_only=True):
    """The way up from a certificate, itself first, as far as issuers are in the inventory."""

    links: tuple[Link, ...]
    end: ChainEnd


class Renewed(Record, frozen=True, kw_only=True):
    """A certificate of a line of renewals."""

    step: int  # below zero: it came before; 0: the one that was asked about; above: it came after
    id: UUID
    sha256: str
    serial: str | None
    subject: str | None
    common_name: str | None
    not_before: datetime | None
    not_after: datetime | None
    state: State
    recorded_at: datetime | None  # when people said that it was replaced, or that it is the successor
    beside_id: UUID | None  # the next one towards the one that was asked about


class Suggested(Record, frozen=True, kw_only=True):
    """A certificate that looks like a renewal of another: same issuer, same names, a later beginning and end."""

    of_id: UUID
    id: UUID
    sha256: str
    serial: str | None
    subject: str | None
    common_name: str | None
    not_before: datetime
    not_after: datetime


class Line(Record, frozen=True, kw_only=True):
    """What a certificate took the place of, what took its place, and what looks as if it did."""

    certificates: tuple[Renewed, ...]  # by step
    suggested_successor: Suggested | None
    suggested_predecessor: Suggested | None


class Waiting(Record, frozen=True, kw_only=True):
    """A realm in which certificates are to be examined."""

    main_connector_id: UUID


class Pair(Record, frozen=True, kw_only=True):
    """A certificate whose authority is to be asked about it, and the authority's certificate."""

    id: UUID
    sha256: str
    subject: str | None
    common_name: str | None
    content: bytes
    not_after: datetime | None
    state: State
    issuer: bytes | None  # DER; None: no issuer is known, or it is its own


class Asked(Record, frozen=True, kw_only=True):
    """A certificate about which an authority is to be asked, and until when."""

    id: UUID
    not_after: datetime


class CertificateRevoked(Record, frozen=True, kw_only=True, tag="certificate.revoked"):
    """Said when an authority says that a certificate of the inventory was revoked."""

    certificate_id: UUID
    revoked_at: datetime
    in_use: bool
    at: datetime


def name_of(common_name: str | None, subject: str | None, sha256: str) -> str:
    """Return what people call a certificate by; of a name that a stranger made very long, the beginning."""
    name = common_name or subject or f"SHA-256 {sha256[:16]}…"
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
