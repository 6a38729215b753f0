"""Who vouches for a signature: its authorities, what they say of revocation, and who saw it when (rule R11).

A timestamp that is believed moves the instant at which the certificates are judged from now to then: so a signature
outlives its certificate. What a signature brings for that is unsigned; it is evidence to be checked, not believed.

Source: ETSI EN 319 102-1, 5.3 and 5.5; RFC 5280, 6.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome
from kanta_tenancy.machinery.ooxml.verification import trust
from kanta_tenancy.machinery.ooxml.verification.reading import Signature
from kanta_tenancy.machinery.ooxml.verification.timing import Existence, Stamping, Timing, timing, with_existence
from kanta_tenancy.machinery.x509 import paths
from kanta_tenancy.machinery.x509.paths import Path
from kanta_tenancy.machinery.x509.revocation import Freshness, Judgement, RevocationData, Standing, judge_path

_MOST_VALUES: Final = 32  # of each kind, that a signature brings and that are looked at


class Grounds(Record, frozen=True, kw_only=True):
    """When a verifier is asked, whom it is to trust, and what is at hand besides the file."""

    at: datetime
    anchors: tuple[x509.Certificate, ...]
    timestamp_anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    revocation: RevocationData
    freshness: Freshness
    existence: Existence | None = None  # what proves, besides the file, since when it is there


class Vouched(Record, frozen=True, kw_only=True):
    """The answers about one signature that depend on others than its signer."""

    certificate: Answer
    trust: Answer
    revocation: Answer
    timing: Timing
    path: tuple[x509.Certificate, ...]  # from the signer to an anchor; empty when there is none


def vouch(grounds: Grounds, signature: Signature) -> Vouched:
    """Answer who vouches for a signature."""
    data = _with_embedded(grounds.revocation, signature)
    others = (*signature.certificates[1:], *grounds.intermediates)
    stamping = Stamping(
        anchors=grounds.timestamp_anchors,
        intermediates=others,
        data=data,
        freshness=grounds.freshness,
        asked_at=grounds.at,
    )
    proved = with_existence(timing(signature.added.stamps, stamping), grounds.existence)
    path = _path(grounds, signature, others, proved.at)
    trusted = trust.leads_to(path, named=bool(grounds.anchors))
    revocation = _not_asked(trusted)
    if trusted.outcome is Outcome.PASSED:
        at, asked_at = (grounds.at, None) if proved.at is None else (proved.at, grounds.at)
        judged = judge_path(path, data, at=at, asked_at=asked_at, freshness=grounds.freshness)
        revocation = _revocation(judged, signature.claims.signed_at)
    return Vouched(
        certificate=_certificate(signature, grounds.at, proved.at),
        trust=trusted,
        revocation=revocation,
        timing=proved,
        path=path.certificates,
    )


def _with_embedded(data: RevocationData, signature: Signature) -> RevocationData:
    added = signature.added
    if not added.crls and not added.ocsp:
        return data
    return data.with_more(RevocationData(ocsp=added.ocsp[:_MOST_VALUES], crls=added.crls[:_MOST_VALUES]))


def _path(
    grounds: Grounds, signature: Signature, others: Sequence[x509.Certificate], proved_at: datetime | None
) -> Path:
    """Ask for a path as of the proof; without one now, or as of the claimed time when the certificate has expired."""
    at, claimed = proved_at or grounds.at, signature.claims.signed_at
    if proved_at is None and claimed is not None and at > signature.signer.not_valid_after_utc:
        at = claimed
    return paths.find(signature.signer, anchors=grounds.anchors, others=others, at=at)


def _certificate(signature: Signature, at: datetime, proved_at: datetime | None) -> Answer:
    if signature.mismatch:
        return Answer(outcome=Outcome.FAILED, reason=signature.mismatch, cause=Cause.OTHER_CERTIFICATE)
    return trust.may_sign(signature.signer, signature.claims.signed_at, at, proved_at)


def _not_asked(trusted: Answer) -> Answer:
    reason = "Not asked, since nobody is known who could tell: no path leads to a trusted authority."
    return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=trusted.cause)


def _revocation(judged: Sequence[Judgement], claimed: datetime | None) -> Answer:
    if not judged:
        return Answer(outcome=Outcome.PASSED, reason="The certificate itself is trusted; nobody else could revoke it.")
    bad = [each for each in judged if each.standing is not Standing.GOOD]
    if not bad:
        return Answer(outcome=Outcome.PASSED, reason=f"Neither it nor an issuer of it was revoked: {judged[0].reason}.")
    worst = next((each for each in bad if each.standing is Standing.REVOKED), bad[0])
    return _told(worst, of_signer=worst is judged[0], claimed=claimed)


def _told(judgement: Judgement, *, of_signer: bool, claimed: datetime | None) -> Answer:
    whose = "the certificate" if of_signer else "an issuer's certificate"
    if judgement.standing is Standing.UNKNOWN:
        reason = f"Whether {whose} is revoked is not known: {judgement.reason}."
        return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=Cause.REVOCATION_UNKNOWN)
    reason = f"{whose.capitalize()} is revoked: {judgement.reason}."
    if judgement.on_hold:
        return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=Cause.ON_HOLD)
    if not of_signer:
        return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=Cause.AUTHORITY_REVOKED)
    if claimed is not None and judgement.revoked_at is not None and claimed >= judgement.revoked_at:
        return Answer(outcome=Outcome.FAILED, reason=reason, cause=Cause.REVOKED_WHEN_SIGNED)
    reason += " Nobody proves that it was signed before."
    return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=Cause.REVOKED_SINCE)
