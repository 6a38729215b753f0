"""How a certificate stands, by what its authority says now and what it said before; what of that is amiss. Pure.

What cannot be had proves nothing: while an authority is silent, its last word counts for as long as it said itself, and
after that the certificate's standing is indeterminate. It is never good for want of an answer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.certificates.chains import periods
from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.certificates.chains.model import Revocation, RevocationStatus, Subject, Word, name_of
from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.severity import Severity

FAMILY: Final = "revocation"
REVOKED: Final = "revocation.revoked"
UNKNOWN: Final = "revocation.unknown"
_PATHS: Final = "RFC 5280, 6.3; RFC 6960"
_OURS: Final = "this service's own reading"
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


def now_known(word: Word, before: Revocation | None, *, at: datetime) -> Word:
    """Return what is known after an authority was asked: its word, or while it is silent its last one that counts."""
    if word.status is not RevocationStatus.INDETERMINATE or before is None:
        return word
    if before.status is RevocationStatus.REVOKED or (before.status is RevocationStatus.GOOD and counts(before, at)):
        return Word(
            status=before.status,
            because=before.because,
            revoked_at=before.revoked_at,
            produced_at=before.produced_at,
            counts_until=before.next_at,
        )
    return word


def counts(said: Revocation, at: datetime) -> bool:
    """Tell whether what was said still counts at an instant."""
    return said.next_at is None or at <= said.next_at + _CLOCKS_DIFFER


def ask_again_at(word: Word, *, heard: bool, since: datetime, at: datetime) -> datetime | None:
    """Return when to ask again; None: never, for nothing can change.

    While an authority says nothing it is asked at growing distances: whoever has no way out need not try each hour.

    Args:
        heard: whether it said something this time.
        since: since when the status is what it is.
    """
    if not heard:
        return at + min(max(at - since, periods.AGAIN), periods.LATEST)
    if word.status is RevocationStatus.REVOKED:
        return at + periods.LATEST if word.on_hold else None
    if word.counts_until is None:
        return None
    return at + min(max((word.counts_until - at) / 2, periods.SOONEST), periods.LATEST)


def findings(certificate: Subject, said: Revocation | None, *, can_be_asked: bool, at: datetime) -> Iterator[Finding]:
    """Return what is amiss with the standing of a certificate that is in use and has not expired.

    Args:
        can_be_asked: whether it says where; one of an authority that publishes nothing is no finding.
    """
    if said is None or certificate.state is not State.IN_USE:
        return
    if certificate.not_after is None or certificate.not_after < at:
        return
    if said.status is RevocationStatus.REVOKED:
        yield _revoked(certificate, said)
    elif said.status is RevocationStatus.INDETERMINATE and can_be_asked and at >= said.since + periods.PATIENCE:
        yield _unknown(certificate, said)


def _revoked(certificate: Subject, said: Revocation) -> Finding:
    told = sentence(
        "Varmenne {name} on käytössä, vaikka varmentaja on sulkenut sen {revoked}. Ottakaa uusi käyttöön heti.",
        "Certifikatet {name} används, fast utfärdaren har spärrat det {revoked}. Ta ett nytt i bruk genast.",
        "The certificate {name} is in use although its authority revoked it on {revoked}. Put a new one into use at"
        " once.",
        name=_name(certificate),
        revoked=said.revoked_at or said.since,
    )
    return _finding(
        certificate, REVOKED, Severity.ERROR, told, source=_PATHS, certainty=Certainty.READ, because=said.because
    )


def _unknown(certificate: Subject, said: Revocation) -> Finding:
    told = sentence(
        "Ei tiedetä, onko varmenne {name} suljettu: varmentajalta ei ole saatu pätevää vastausta {since} lähtien.",
        "Det är okänt om certifikatet {name} har spärrats: utfärdaren har inte gett något giltigt svar sedan {since}.",
        "It is not known whether the certificate {name} was revoked: its authority has given no answer that counts"
        " since {since}.",
        name=_name(certificate),
        since=said.since,
    )
    return _finding(
        certificate, UNKNOWN, Severity.WARNING, told, source=_OURS, certainty=Certainty.ASSUMED, because=said.because
    )


def _finding(
    certificate: Subject,
    rule: str,
    severity: Severity,
    told: Sentence,
    *,
    source: str,
    certainty: Certainty,
    because: str,
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        source=source,
        certainty=certainty,
        subject=subject_of(certificate.id),
        certificate_id=certificate.id,
        sentence=told,
        facts={"because": because},
    )


def _name(certificate: Subject) -> str:
    return name_of(certificate.common_name, certificate.subject, certificate.sha256)
