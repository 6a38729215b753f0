"""Holds a certificate against a profile."""

from collections.abc import Callable, Iterator, Mapping
from datetime import MAXYEAR, datetime
from typing import Final, Protocol

from kanta_tenancy.certificates.looking.model import Check, Finding, Profile, Rule
from kanta_tenancy.certificates.looking.oddities import told
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.x509.inspected import Inspected, Name


class Asked(Protocol):
    """What a request for a certificate says as well."""

    @property
    def key(self) -> str: ...
    @property
    def names(self) -> tuple[Name, ...]: ...
    @property
    def extended_usages(self) -> tuple[str, ...]: ...


def lint(certificate: Inspected, profile: Profile) -> tuple[Finding, ...]:
    """Return what does not keep the profile, in the profile's order."""
    return tuple(_finding(rule, sentence) for rule in profile.rules for sentence in _broken(certificate, rule))


def lint_request(request: Asked, profile: Profile) -> tuple[Finding, ...]:
    """Return in what a certificate that says what a request says would not keep the profile."""
    return tuple(
        _finding(rule, rule.sentence)
        for rule in profile.rules
        if rule.sentence is not None and rule.check in _KEPT_AS_ASKED and not _KEPT_AS_ASKED[rule.check](request, rule)
    )


def _finding(rule: Rule, sentence: Sentence) -> Finding:
    return Finding(
        rule=rule.key, severity=rule.severity, sentence=sentence, source=rule.source, certainty=rule.certainty
    )


def _broken(certificate: Inspected, rule: Rule) -> Iterator[Sentence]:
    if rule.sentence is None:
        yield from (told(oddity) for oddity in certificate.oddities if oddity.kind in rule.oddities)
    elif not _KEPT[rule.check](certificate, rule):
        yield rule.sentence


def _lasts_at_most(certificate: Inspected, rule: Rule) -> bool:
    """Compare by the calendar: a year from 29 February ends on 1 March."""
    last = certificate.not_before.year + rule.years
    return last > MAXYEAR or certificate.not_after <= _in_year(certificate.not_before, last)


def _in_year(instant: datetime, year: int) -> datetime:
    try:
        return instant.replace(year=year)
    except ValueError:
        return instant.replace(year=year, month=3, day=1)


def _kinds(certificate: Asked) -> frozenset[str]:
    return frozenset(name.kind for name in certificate.names)


def _alternative(certificate: Asked) -> frozenset[str]:
    return frozenset(name.kind for name in certificate.names if not name.in_subject)


_KEPT_AS_ASKED: Final[Mapping[Check, Callable[[Asked, Rule], bool]]] = {
    Check.KEY_AMONG: lambda certificate, rule: certificate.key in rule.keys,
    Check.HAS_NAME: lambda certificate, rule: not _alternative(certificate).isdisjoint(rule.names),
    Check.NO_NAME: lambda certificate, rule: _kinds(certificate).isdisjoint(rule.names),
    Check.NOT_ONLY_NAMES: lambda certificate, rule: (
        not _alternative(certificate) or not _alternative(certificate) <= set(rule.names)
    ),
    Check.USED_FOR_ONE_OF: lambda certificate, rule: not set(certificate.extended_usages).isdisjoint(rule.usages),
}
_KEPT: Final[Mapping[Check, Callable[[Inspected, Rule], bool]]] = {
    Check.LASTS_AT_MOST: _lasts_at_most,
    **_KEPT_AS_ASKED,
}
