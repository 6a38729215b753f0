"""Whom a main connector trusts, what it wants signatures to reach, and what authorities said of certificates."""

import enum
from datetime import datetime
from typing import Final, NewType
from uuid import UUID

from kanta_tenancy.kernel.records import Record

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


class Doubt(enum.StrEnum):
    """What whoever looks at a kept certificate should know; it refuses nothing."""

    NOT_YET_VALID = "not_yet_valid"
    EXPIRES_SOON = "expires_soon"  # within 90 days
    EXPIRED = "expired"  # nothing that is signed now leads to it


class Level(enum.StrEnum):
    """How long a signature can be judged: the baseline levels of ETSI EN 319 132-1."""

    B = "B"  # as the signer made it
    T = "T"  # with a timestamp: it was there at that time
    LT = "LT"  # with certificates and revocation data too: nothing needs to be fetched to judge it


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
