"""When a signature is proved to have been there: by the timestamps that it carries, each of them judged (rule R11)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome
from kanta_tenancy.machinery.ooxml.verification.additions import Stamp
from kanta_tenancy.machinery.x509 import timestamps
from kanta_tenancy.machinery.x509.revocation import Freshness, RevocationData
from kanta_tenancy.machinery.x509.timestamps import TokenForged, TokenUnsound

MOST: Final = 10  # timestamps of one signature that are looked at


class Timing(Record, frozen=True, kw_only=True):
    """Since when a signature is there."""

    answer: Answer
    at: datetime | None = None  # None: nobody but the signer says so
    authority: str = ""  # RFC 4514
    paths: tuple[tuple[x509.Certificate, ...], ...] = ()


class Existence(Record, frozen=True, kw_only=True):
    """That the file was there at an instant, as something besides it proves, such as a journal that was stamped."""

    at: datetime
    by: str  # who says so, RFC 4514


_CLAIMED: Final = Timing(answer=Answer(outcome=Outcome.UNKNOWN, reason="Only the signer says when; no timestamp does."))


class Stamping(Record, frozen=True, kw_only=True):
    """By whom and how a timestamp is believed."""

    anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    data: RevocationData
    freshness: Freshness
    asked_at: datetime


class _Found(Record, frozen=True, kw_only=True):
    """One timestamp and what it is worth."""

    outcome: Outcome
    reason: str
    at: datetime | None = None
    authority: str = ""
    path: tuple[x509.Certificate, ...] = ()


def with_existence(found: Timing, existence: Existence | None) -> Timing:
    """Return since when a signature is there when its file is proved to have been there; the earlier proof counts."""
    if existence is None or found.answer.outcome is Outcome.FAILED:
        return found
    if found.at is not None and found.at <= existence.at:
        return found
    reason = f"The file is proved to have been there on {existence.at:%Y-%m-%d %H:%M:%S} UTC: {existence.by}."
    answer = Answer(outcome=Outcome.PASSED, reason=reason)
    return Timing(answer=answer, at=existence.at, authority=existence.by, paths=found.paths)


def timing(stamps: tuple[Stamp, ...], stamping: Stamping) -> Timing:
    """Judge the timestamps of a signature; the earliest that is believed counts."""
    if not stamps:
        return _CLAIMED
    found = [_judged(stamp, stamping) for stamp in stamps[:MOST]]
    paths = tuple(each.path for each in found if each.path)
    forged = next((each for each in found if each.outcome is Outcome.FAILED), None)
    if forged is not None:
        answer = Answer(outcome=Outcome.FAILED, reason=forged.reason, cause=Cause.FORGED_TIMESTAMP)
        return Timing(answer=answer, paths=paths)
    proved = sorted(_proved(found))
    if not proved:
        return Timing(answer=Answer(outcome=Outcome.UNKNOWN, reason=found[0].reason), paths=paths)
    at, authority = proved[0]
    reason = f"A timestamp says that the signature was there on {at:%Y-%m-%d %H:%M:%S} UTC: {authority}."
    return Timing(answer=Answer(outcome=Outcome.PASSED, reason=reason), at=at, authority=authority, paths=paths)


def _proved(found: list[_Found]) -> Iterator[tuple[datetime, str]]:
    for each in found:
        if each.outcome is Outcome.PASSED and each.at is not None:
            yield each.at, each.authority


def _judged(stamp: Stamp, stamping: Stamping) -> _Found:
    try:
        timestamp = timestamps.read(stamp.token)
    except TokenForged as forged:
        return _Found(outcome=Outcome.FAILED, reason=f"A timestamp does not hold: {forged.reason}.")
    except TokenUnsound as unsound:
        return _Found(outcome=Outcome.UNKNOWN, reason=f"A timestamp cannot be relied on: {unsound.reason}.")
    if not timestamp.covers(stamp.over):
        return _Found(outcome=Outcome.FAILED, reason="A timestamp is one of something else than this signature.")
    judgement = timestamps.judge(
        timestamp,
        anchors=stamping.anchors,
        intermediates=stamping.intermediates,
        data=stamping.data,
        asked_at=stamping.asked_at,
        freshness=stamping.freshness,
    )
    path, authority = judgement.path.certificates, timestamp.authority.subject.rfc4514_string()
    if not judgement.trusted:
        return _Found(outcome=Outcome.UNKNOWN, reason=f"A timestamp proves nothing: {judgement.reason}.", path=path)
    return _Found(
        outcome=Outcome.PASSED, reason="", at=timestamp.at + timestamp.accuracy, authority=authority, path=path
    )
