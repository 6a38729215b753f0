"""What is known of certificates as text and as JSON."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from kanta_tenancy.certificates.looking.gathering import Entry
from kanta_tenancy.certificates.looking.model import Finding
from kanta_tenancy.kernel.calendar import days_left
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.machinery.x509.inspected import Inspected, Name, Unreadable

_INSTANT: Final = "%Y-%m-%d %H:%M UTC"
_LONGEST: Final = 200  # characters of a name: a certificate may hold one of 64 kB


def expired(entry: Entry, now: datetime) -> bool:
    return isinstance(entry.certificate, Inspected) and entry.certificate.not_after < now


def heading(entry: Entry) -> str:
    match entry.certificate:
        case Unreadable():
            return "unreadable"
        case Inspected(common_name=str(name)):
            return name
        case Inspected(names=(first, *_)):
            return first.shown
        case Inspected(subject=subject, fingerprint=fingerprint):
            return fit_to_be_shown(subject or "") or fingerprint


def short(name: str) -> str:
    """Return a name that a stranger chose as it can stand in a line of a table, a calendar or a terminal."""
    shown = fit_to_be_shown(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def entry_text(entry: Entry, now: datetime) -> Iterator[str]:
    """Tell of a certificate in lines: a heading, then what there is."""
    yield heading(entry)
    certificate = entry.certificate
    rows = _unreadable(certificate) if isinstance(certificate, Unreadable) else _inspected(certificate, now)
    for place in entry.places:
        yield _row("found in", place)
    yield from (_row(word, text) for word, text in rows if text)


def entry_json(entry: Entry, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {"places": list(entry.places), "readable": isinstance(entry.certificate, Inspected)}
    if isinstance(entry.certificate, Inspected):
        told["days_left"] = days_left(entry.certificate.not_after, now)
    told.update(msgspec.to_builtins(entry.certificate))
    return told


def lint_json(entry: Entry, profile: str, findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "certificate": heading(entry),
        "places": list(entry.places),
        "profile": profile,
        "findings": msgspec.to_builtins(findings),
    }


def lint_text(entry: Entry, profile: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield f"{heading(entry)}, held against {profile}"
    yield from (_row("found in", place) for place in entry.places)
    yield from (_finding(finding) for finding in findings)
    if not findings:
        yield "  nothing found"


def _unreadable(certificate: Unreadable) -> Iterator[tuple[str, str]]:
    yield "why", certificate.why
    yield "SHA-256", certificate.sha256


def _inspected(one: Inspected, now: datetime) -> Iterator[tuple[str, str]]:
    yield "valid", f"{_instant(one.not_before)} to {_instant(one.not_after)} ({_left(one, now)})"
    yield "subject", "unreadable" if one.subject is None else one.subject
    yield "issuer", "itself" if one.self_issued else "unreadable" if one.issuer is None else one.issuer
    yield "names", ", ".join(_name(name) for name in one.names)
    yield "serial", one.serial
    yield "key", f"{one.key}, signed with {one.signature_algorithm}"
    yield "usage", ", ".join((*one.key_usages, *one.extended_usages))
    yield "authority", _authority(one)
    yield "CRL", ", ".join(one.crl_addresses)
    yield "OCSP", ", ".join(one.ocsp_addresses)
    yield "SHA-256", one.fingerprint
    for part in one.unreadable:
        yield "unreadable", f"{part.what}: {part.why} (SHA-256 {part.sha256})"
    for oddity in one.oddities:
        yield "odd", f"{oddity.sentence} [{oddity.rule}]"


def _left(one: Inspected, now: datetime) -> str:
    days = days_left(one.not_after, now)
    if one.not_after < now:
        return f"EXPIRED {_days(-days)} ago"
    return f"not valid yet, {_days(days)} left" if now < one.not_before else f"{_days(days)} left"


def _days(number: int) -> str:
    return f"{number} day{'s' * (number != 1)}"


def _authority(one: Inspected) -> str:
    if not one.is_authority:
        return ""
    return "yes" if one.path_length is None else f"yes, at most {one.path_length} more below it"


def _name(name: Name) -> str:
    return name.value if name.value == name.shown else f"{name.shown} ({name.value})"


def _instant(at: datetime) -> str:
    return at.strftime(_INSTANT)


def _finding(finding: Finding) -> str:
    sure = "" if finding.certainty is Certainty.READ else f", unverified: {finding.certainty}"
    return _row(finding.severity.upper(), f"{finding.sentence.en} [{finding.rule}; {finding.source}{sure}]")


def _row(word: str, text: str) -> str:
    # A stranger chose the text, and a terminal obeys some characters.
    return f"  {word:<10} {fit_to_be_shown(text)}"
