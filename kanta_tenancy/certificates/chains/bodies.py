"""Chains, findings on demand and lines of renewals as the API shows them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.chains import standing
from kanta_tenancy.certificates.chains.lines import overlap_days
from kanta_tenancy.certificates.chains.model import (
    Chain,
    ChainEnd,
    Line,
    Link,
    Renewed,
    Revocation,
    RevocationStatus,
    Suggested,
)
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.certificates.looking.model import Finding, Profile
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.kernel.severity import Severity


class ShownRevocation(Body, frozen=True, kw_only=True):
    """What an authority last said of a certificate."""

    status: Annotated[RevocationStatus, msgspec.Meta(description="good only while an answer that counts says so")]
    fresh: Annotated[bool, msgspec.Meta(description="Whether the answer still counts today")]
    since: Annotated[datetime, msgspec.Meta(description="When it came to that status")]
    because: Annotated[str, msgspec.Meta(description="By which answer, or why there is none")]
    revoked_at: datetime | None
    asked_at: datetime
    produced_at: Annotated[datetime | None, msgspec.Meta(description="When the authority made the answer or list")]
    next_at: Annotated[datetime | None, msgspec.Meta(description="Until when it counts; null: it does not end")]


class ShownLink(Body, frozen=True, kw_only=True):
    certificate_id: Annotated[
        UUID | None, msgspec.Meta(description="In the inventory; null when it is not the caller's to read")
    ]
    sha256: str
    subject: str | None
    issuer: str | None
    not_before: Annotated[datetime | None, msgspec.Meta(description="null: the certificate cannot be read")]
    not_after: datetime | None
    authority: bool
    state: State
    revocation: Annotated[
        ShownRevocation | None, msgspec.Meta(description="null: nobody was asked, as nobody is about a root")
    ]


class ShownChain(Body, frozen=True, kw_only=True):
    """The way up from a certificate, itself first, as far as issuers are in the inventory."""

    certificate_id: UUID
    examined_at: Annotated[datetime | None, msgspec.Meta(description="null: it waits to be examined")]
    links: tuple[ShownLink, ...]
    end: Annotated[
        ChainEnd, msgspec.Meta(description="root: the way is whole. Whether the root is trusted is not asked")
    ]
    missing_issuer: Annotated[
        str | None, msgspec.Meta(description="Whose certificate would come next, and is not here")
    ]


class ShownRenewed(Body, frozen=True, kw_only=True):
    certificate_id: UUID
    step: Annotated[int, msgspec.Meta(description="Below zero: it came before; 0: this one; above: it came after")]
    sha256: str
    serial: str | None
    subject: str | None
    not_before: datetime | None
    not_after: datetime | None
    state: State
    recorded_at: Annotated[datetime | None, msgspec.Meta(description="When the replacement was recorded")]
    overlap_days: Annotated[
        int | None,
        msgspec.Meta(
            description="Whole days on which it and the next one towards this certificate are both valid; below zero:"
            " days that neither covers, begun ones counted"
        ),
    ]


class ShownSuggested(Body, frozen=True, kw_only=True):
    """A certificate for the same names from the same issuer. Nobody has recorded that one replaces the other."""

    certificate_id: UUID
    sha256: str
    serial: str | None
    subject: str | None
    not_before: datetime
    not_after: datetime
    overlap_days: int | None


class ShownLine(Body, frozen=True, kw_only=True):
    certificate_id: UUID
    certificates: tuple[ShownRenewed, ...]
    suggested_successor: ShownSuggested | None
    suggested_predecessor: ShownSuggested | None


class LintAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    profile: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1, max_length=60, description="What to hold it against; its own profile when left out"
            ),
        ]
        | None
    ) = None


class ShownLint(Body, frozen=True, kw_only=True):
    rule: str
    severity: Severity
    sentence: Sentence
    source: str
    certainty: Annotated[Certainty, msgspec.Meta(description="How well that is known; anything but read is unverified")]


class ShownLinted(Body, frozen=True, kw_only=True):
    certificate_id: UUID
    profile: str
    about: Annotated[str, msgspec.Meta(description="What the profile is for")]
    findings: tuple[ShownLint, ...]


def shown_chain(chain: Chain, now: datetime) -> ShownChain:
    last = chain.links[-1].row
    return ShownChain(
        certificate_id=chain.links[0].row.id,
        examined_at=chain.links[0].row.examined_at,
        links=tuple(_link(one, now) for one in chain.links),
        end=chain.end,
        missing_issuer=last.issuer if chain.end is ChainEnd.ISSUER_MISSING else None,
    )


def shown_line(certificate_id: UUID, line: Line) -> ShownLine:
    this = next(one for one in line.certificates if one.step == 0)
    return ShownLine(
        certificate_id=certificate_id,
        certificates=tuple(_renewed(one, line) for one in line.certificates),
        suggested_successor=_suggested(line.suggested_successor, this, after=True),
        suggested_predecessor=_suggested(line.suggested_predecessor, this, after=False),
    )


def shown_linted(certificate_id: UUID, profile: Profile, findings: tuple[Finding, ...]) -> ShownLinted:
    return ShownLinted(
        certificate_id=certificate_id,
        profile=profile.name,
        about=profile.about,
        findings=tuple(ShownLint(**msgspec.structs.asdict(one)) for one in findings),
    )


def shown_revocation(said: Revocation, now: datetime) -> ShownRevocation:
    told = msgspec.structs.asdict(said)
    del told["certificate_id"]
    fresh = said.status is not RevocationStatus.INDETERMINATE and standing.counts(said, now)
    return ShownRevocation(fresh=fresh, **told)


def _link(one: Link, now: datetime) -> ShownLink:
    row = one.row
    return ShownLink(
        certificate_id=row.id if row.own else None,
        sha256=row.sha256,
        subject=row.subject,
        issuer=row.issuer,
        not_before=row.not_before,
        not_after=row.not_after,
        authority=row.authority,
        state=row.state,
        revocation=None if one.revocation is None else shown_revocation(one.revocation, now),
    )


def _renewed(one: Renewed, line: Line) -> ShownRenewed:
    return ShownRenewed(
        certificate_id=one.id,
        step=one.step,
        sha256=one.sha256,
        serial=one.serial,
        subject=one.subject,
        not_before=one.not_before,
        not_after=one.not_after,
        state=one.state,
        recorded_at=one.recorded_at,
        overlap_days=_overlap_towards_this(one, line),
    )


def _overlap_towards_this(one: Renewed, line: Line) -> int | None:
    """Return how a certificate joins the next one towards the one that was asked about."""
    beside = next((other for other in line.certificates if other.id == one.beside_id), None)
    if beside is None:
        return None
    return _overlap(one, beside) if one.step < 0 else _overlap(beside, one)


def _suggested(one: Suggested | None, this: Renewed, *, after: bool) -> ShownSuggested | None:
    if one is None:
        return None
    told: dict[str, Any] = {
        name: getattr(one, name) for name in ("sha256", "serial", "subject", "not_before", "not_after")
    }
    return ShownSuggested(
        certificate_id=one.id, overlap_days=_overlap(this, one) if after else _overlap(one, this), **told
    )


def _overlap(earlier: Renewed | Suggested, later: Renewed | Suggested) -> int | None:
    if earlier.not_after is None or later.not_before is None:
        return None
    return overlap_days(earlier.not_after, later.not_before)
