"""Whom a main connector trusts, what it wants signatures to reach, and what authorities said of certificates."""

import enum
from datetime import datetime
from typing import Final, NewType
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.levels import Level

AnchorId = NewType("AnchorId", UUID)


class AnchorKind(enum.StrEnum):
    """What a certificate is kept for."""

    SIGNATURES = "signatures"  # trusted: signatures may lead to it
    TIMESTAMPS = "timestamps"  # trusted: timestamps may lead to it
    INTERMEDIATE = "intermediate"  # trusted by nobody: it only fills a gap on the way to one that is


class Standing(enum.StrEnum):
    KEPT = "kept"
    REMOVED = "removed"


class Anchor(Record, frozen=True, kw_only=True):
    """A certificate that a main connector trusts, or keeps beside those, with when and by whom."""

    id: AnchorId
    kind: AnchorKind
    certificate: bytes  # DER
    sha256: str  # of the DER, hexadecimal: the fingerprint that people compare
    subject: str  # RFC 4514
    issuer: str
    name: str  # whom a person would say it belongs to
    not_before: datetime
    not_after: datetime
    authority: bool  # it issues certificates; False: it is a signer that stands for itself alone
    loaded_at: datetime
    loaded_by: str  # the actor, as the journal names them
    version: int
    removed_at: datetime | None = None
    removed_by: str | None = None
    removed_because: str | None = None

    @property
    def standing(self) -> Standing:
        return Standing.KEPT if self.removed_at is None else Standing.REMOVED


class Loaded(Record, frozen=True, kw_only=True):
    """What became of a certificate that was to be loaded."""

    anchor: Anchor
    new: bool  # False: it was kept for that already


class Published(enum.StrEnum):
    """How an authority tells of revocation."""

    CRL = "crl"  # a list of all certificates that it has revoked, or of a part of them
    OCSP = "ocsp"  # an answer about one certificate


class Statement(Record, frozen=True, kw_only=True):
    """A revocation list or an OCSP answer, whose signature was found good."""

    kind: Published
    content: bytes  # DER
    sha256: str
    authority_sha256: str  # of the name and the key of whose certificates it speaks
    authority: str  # its name, for people
    about: str  # an answer: the serial number, hexadecimal; a list: empty, or the digest of which part of all it is
    produced_at: datetime
    next_at: datetime | None  # when the authority promised the next one


class KeptStatement(Record, frozen=True, kw_only=True):
    """What is known of a statement that is kept, without its content."""

    id: UUID
    kind: Published
    sha256: str
    bytes: int
    authority: str
    about: str
    produced_at: datetime
    next_at: datetime | None
    fetched_at: datetime


class Watched(Record, frozen=True, kw_only=True):
    """A certificate with its issuers, up to one that is trusted, for which revocation data is kept fresh."""

    sha256: str  # of the first certificate
    certificates: tuple[bytes, ...]  # DER, the signer's first
    name: str  # whom a person would say the first one belongs to
    since: datetime
    until: datetime  # its last instant
    standing: str | None = None  # as it was last asked about: good, revoked or unknown
    reason: str | None = None
    asked_at: datetime | None = None


class Doubt(enum.StrEnum):
    """What whoever looks at a kept certificate should know; it refuses nothing."""

    NOT_YET_VALID = "not_yet_valid"
    EXPIRES_SOON = "expires_soon"  # within 90 days
    EXPIRED = "expired"  # nothing that is signed now leads to it


class Obligation(enum.StrEnum):
    REQUIRED = "required"  # a signature that does not reach the level is not taken
    BEST_EFFORT = "best_effort"  # it is taken, and what is lacking is owed


class TimestampAuthority(Record, frozen=True, kw_only=True):
    name: str
    url: str


class Wish(Record, frozen=True, kw_only=True):
    """What a main connector says that it wants signatures to reach."""

    level: Level = Level.B
    obligation: Obligation = Obligation.BEST_EFFORT
    authorities: tuple[TimestampAuthority, ...] = ()  # in the order in which they are asked
    fresh_for_hours: int | None = None  # None: revocation data counts until the authority has newer


class Policy(Record, frozen=True, kw_only=True):
    """What signatures are to reach, from an instant until the next version."""

    version: int  # 0: nobody has decided anything yet
    level: Level
    obligation: Obligation
    authorities: tuple[TimestampAuthority, ...]
    fresh_for_hours: int | None
    since: datetime | None = None
    decided_by: str | None = None


NOTHING_DECIDED: Final = Policy(
    version=0, level=Level.B, obligation=Obligation.BEST_EFFORT, authorities=(), fresh_for_hours=None
)
