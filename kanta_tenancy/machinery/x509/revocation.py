"""Was a certificate revoked at an instant? Decided from lists and answers that anybody may have brought.

Who brought one does not matter: it counts when the issuer of the certificate signed it, or a responder that the issuer
appointed, and when it is fresh enough. Without one that counts nothing is known, and nothing is not *good*.

Source: RFC 5280, 6.3; RFC 6960; RFC 9608; ETSI EN 319 102-1, 5.2.5.
"""

import enum
import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import crls, ocsp_answers
from kanta_tenancy.machinery.x509.ocsp_answers import Answered
from kanta_tenancy.machinery.x509.paths import Path
from kanta_tenancy.machinery.x509.statements import SaysNothing, Statement

_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"
_NO_REVOCATION_AVAILABLE: Final = x509.ObjectIdentifier("2.5.29.56")
_LISTS: Final = frozenset({ExtensionOID.CRL_DISTRIBUTION_POINTS, ExtensionOID.FRESHEST_CRL})
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_A_MOMENT: Final = timedelta(microseconds=1)
_WEIGHED_UP_TO: Final = 256 * 1024  # bytes of data that are kept beside a judgement
_NOBODY_SAYS: Final = "no revocation list and no OCSP answer about it is at hand"


class RevocationData(Record, frozen=True, kw_only=True):
    """OCSP answers and revocation lists in DER, from wherever; none is trusted for that it is here."""

    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def with_more(self, other: "RevocationData") -> "RevocationData":
        """Return both together, each once."""
        return RevocationData(
            ocsp=tuple(dict.fromkeys(self.ocsp + other.ocsp)), crls=tuple(dict.fromkeys(self.crls + other.crls))
        )


NOTHING: Final = RevocationData()


class Freshness(Record, frozen=True, kw_only=True):
    """How old a statement may be."""

    without_end: timedelta = timedelta(days=1)  # one that does not say when the next comes
    at_most: timedelta | None = None  # any; None leaves it to whoever made it
    clocks_differ: timedelta = timedelta(minutes=5)


USUAL: Final = Freshness()


class Standing(enum.StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Judgement(Record, frozen=True, kw_only=True):
    """How a certificate stood at an instant, and who says so."""

    certificate: x509.Certificate
    standing: Standing
    reason: str  # a sentence without its stop
    revoked_at: datetime | None = None  # also when that is later than the instant
    cause: x509.ReasonFlags | None = None
    source: str = ""  # what says so; empty when nothing does
    since: datetime | None = None  # the thisUpdate of it
    until: datetime | None = None  # until when it counts

    @property
    def on_hold(self) -> bool:
        """Whether it is revoked for the time being only (certificateHold)."""
        return self.standing is Standing.REVOKED and self.cause is x509.ReasonFlags.certificate_hold


def judge(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    data: RevocationData,
    *,
    at: datetime,
    asked_at: datetime | None = None,
    freshness: Freshness = USUAL,
) -> Judgement:
    """Judge one certificate at an instant.

    A revocation counts however old the list that tells of it; that a certificate is good must be said by a statement
    made after the instant, or fresh then.

    Args:
        certificate: as `reading` gave it, like the issuer.
        issuer: the next certificate of a path that was found valid.
        at: the instant that matters: when it is proved to have signed, or else now.
        asked_at: now, if that is another instant; what is dated later does not count.
    """
    if _has_no_revocation(certificate):
        reason = "its authority keeps no revocation for it (noRevAvail)"
        return Judgement(certificate=certificate, standing=Standing.GOOD, reason=reason)
    if not data.ocsp and not data.crls:
        return Judgement(certificate=certificate, standing=Standing.UNKNOWN, reason=_NOBODY_SAYS)
    now = asked_at or at
    statements, troubles = _heard(certificate, issuer, data, now, freshness)
    ended = sorted(filter(_is_for_good, statements), key=_revoked_at)
    if ended and _revoked_at(ended[0]) <= at:
        return _told(certificate, ended[0], at, freshness)
    useless = {each: why for each in statements if (why := _why_useless(each, certificate, at, freshness))}
    useful = [each for each in statements if each not in useless]
    if useful:
        later = [each for each in ended if each in useful]
        return _told(certificate, later[0] if later else max(useful, key=lambda each: each.since), at, freshness)
    reason = next(iter((*troubles, *useless.values())), _NOBODY_SAYS)
    return Judgement(certificate=certificate, standing=Standing.UNKNOWN, reason=reason)


def judge_path(
    path: Path,
    data: RevocationData,
    *,
    at: datetime,
    asked_at: datetime | None = None,
    freshness: Freshness = USUAL,
) -> tuple[Judgement, ...]:
    """Judge every certificate of a path but its anchor, the first certificate first.

    Args:
        path: its last certificate is trusted as it is.
        asked_at: now, when `at` is another instant.
    """
    if asked_at is None:
        turns = _turns(path, data, freshness)
        if turns is not None:
            return _judged_between(path, data, freshness, bisect_left(turns, at), bisect_right(turns, at))
    return _judged(path, data, at, asked_at, freshness)


def _judged(
    path: Path,
    data: RevocationData,
    at: datetime,
    asked_at: datetime | None,
    freshness: Freshness,
) -> tuple[Judgement, ...]:
    return tuple(
        judge(certificate, issuer, data, at=at, asked_at=asked_at, freshness=freshness)
        for certificate, issuer in pairwise(path.certificates)
    )


@functools.lru_cache(maxsize=256)  # a signatory signs many documents, and mostly nothing turns from one to the next
def _judged_between(
    path: Path, data: RevocationData, freshness: Freshness, after: int, before: int
) -> tuple[Judgement, ...]:
    """Judge a path now, where now lies between two turns, or at one of them."""
    turns = _turns(path, data, freshness) or ()
    if after < before:
        at = turns[after]
    else:
        at = turns[after - 1] + _A_MOMENT if after else (turns[0] - _A_MOMENT if turns else _NEVER)
    return _judged(path, data, at, None, freshness)


@functools.lru_cache(maxsize=256)
def _turns(path: Path, data: RevocationData, freshness: Freshness) -> tuple[datetime, ...] | None:
    """Return every instant at which a judgement of a path as of now may turn; None when they are not easily told."""
    if sum(map(len, (*data.ocsp, *data.crls))) > _WEIGHED_UP_TO:
        return None
    turns: set[datetime] = set()
    for certificate, issuer in pairwise(path.certificates):
        for heard in _each(certificate, issuer, data, _NEVER, freshness):
            if isinstance(heard, str):
                continue
            if isinstance(heard, Answered) and heard.responder is not None:
                return None  # how it stood itself turns at instants of its own
            turns |= _turns_of(heard, freshness)
    return tuple(sorted(turns))


def _turns_of(statement: Statement, freshness: Freshness) -> set[datetime]:
    slack = freshness.clocks_differ
    until = statement.until or statement.since + freshness.without_end
    turns = {statement.since, statement.since - slack, until + slack}
    if freshness.at_most is not None:
        turns.add(statement.since + freshness.at_most + slack)
    return turns if statement.revoked_at is None else turns | {statement.revoked_at}


def _heard(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    data: RevocationData,
    now: datetime,
    freshness: Freshness,
) -> tuple[list[Statement], list[str]]:
    """Return what counts as said, and why the rest does not."""
    statements: list[Statement] = []
    troubles: list[str] = []
    for heard in _each(certificate, issuer, data, now, freshness):
        if isinstance(heard, str):
            troubles.append(heard)
        elif heard.since > now + freshness.clocks_differ:
            troubles.append(f"the {heard.source} is dated in the future")
        else:
            statements.append(heard)
    return statements, troubles


def _each(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    data: RevocationData,
    now: datetime,
    freshness: Freshness,
) -> Iterator[Statement | str]:
    """Return each statement about a certificate, or why it does not count."""
    for der in data.ocsp:
        try:
            answer = ocsp_answers.answered(certificate, issuer, der)
            if answer is not None:
                _check_responder(answer, issuer, data, now, freshness)
                yield answer
        except SaysNothing as nothing:
            yield nothing.reason
    for der in data.crls:
        try:
            said = crls.statement(certificate, issuer, der)
        except SaysNothing as nothing:
            yield nothing.reason
        else:
            if said is not None:
                yield said


def _check_responder(
    answer: Answered, issuer: x509.Certificate, data: RevocationData, now: datetime, freshness: Freshness
) -> None:
    """Refuse the answer of a responder that is not known to be good; it cannot vouch for itself."""
    if answer.responder is None or ocsp_answers.needs_no_check(answer.responder):
        return
    lists = RevocationData(crls=data.crls)
    at = min(answer.produced_at, now)
    found = judge(answer.responder, issuer, lists, at=at, asked_at=now, freshness=freshness)
    if found.standing is not Standing.GOOD:
        raise SaysNothing(f"the {answer.source} is signed by a responder that may be revoked: {found.reason}")


def _why_useless(statement: Statement, certificate: x509.Certificate, at: datetime, freshness: Freshness) -> str:
    """Say why a statement does not tell how the certificate stood at an instant; nothing when it does."""
    source, since = statement.source, statement.since
    last = certificate.not_valid_after_utc
    if since > last and statement.revoked_at is None and not (statement.remembers and statement.remembers <= last):
        return (
            f"the {source} of {since.strftime(_INSTANT)} is younger than the certificate's end, and may be silent of it"
        )
    if since >= at:
        return ""
    until = _counts_until(statement, freshness)
    if at > until + freshness.clocks_differ:
        return f"the {source} of {since.strftime(_INSTANT)} is too old: it counted until {until.strftime(_INSTANT)}"
    return ""


def _counts_until(statement: Statement, freshness: Freshness) -> datetime:
    until = statement.since + freshness.without_end if statement.until is None else statement.until
    return until if freshness.at_most is None else min(until, statement.since + freshness.at_most)


def _told(certificate: x509.Certificate, statement: Statement, at: datetime, freshness: Freshness) -> Judgement:
    """Return the judgement that a statement leads to."""
    revoked_at = statement.revoked_at
    standing = Standing.GOOD if revoked_at is None or revoked_at > at else Standing.REVOKED
    says = f"the {statement.source} of {statement.since.strftime(_INSTANT)}"
    return Judgement(
        certificate=certificate,
        standing=standing,
        reason=f"{says} {_what(statement, standing)}",
        revoked_at=revoked_at,
        cause=statement.cause,
        source=statement.source,
        since=statement.since,
        until=_counts_until(statement, freshness),
    )


def _what(statement: Statement, standing: Standing) -> str:
    if statement.revoked_at is None:
        return "does not name it" if statement.source == crls.WHAT else "calls it good"
    cause = "" if statement.cause is None else f" ({statement.cause.value})"
    when = statement.revoked_at.strftime(_INSTANT)
    word = "put on hold" if statement.on_hold else "revoked"
    return f"says that it was {word} on {when}{cause}{', later' if standing is Standing.GOOD else ''}"


def _is_for_good(statement: Statement) -> bool:
    return statement.revoked_at is not None and not statement.on_hold


def _revoked_at(statement: Statement) -> datetime:
    return statement.revoked_at or _NEVER


@functools.lru_cache(maxsize=256)
def _has_no_revocation(certificate: x509.Certificate) -> bool:
    """Tell whether the authority says that it never revokes a certificate; not believed where it says how to ask."""
    oids = {each.oid for each in certificate.extensions}
    return _NO_REVOCATION_AVAILABLE in oids and not oids & _LISTS and not _is_authority_or_names_ocsp(certificate)


def _is_authority_or_names_ocsp(certificate: x509.Certificate) -> bool:
    for extension in certificate.extensions:
        match extension.value:
            case x509.BasicConstraints(ca=True):
                return True
            case x509.AuthorityInformationAccess() as access:
                if any(each.access_method == AuthorityInformationAccessOID.OCSP for each in access):
                    return True
            case _:
                pass
    return False
