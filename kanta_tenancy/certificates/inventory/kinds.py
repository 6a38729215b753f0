"""The kinds of certificate, and which one a certificate seems to be: data, a guess, and never more than that. Pure."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.inspected import Inspected, NameKind, Unreadable

OTHER: Final = "other"
BASICS: Final = "rfc5280"  # the profile of whatever no issuer's profile is for
_FILE: Final = Path(__file__).parent / "data" / "kinds.toml"


class Kind(Record, frozen=True, kw_only=True):
    key: str
    name: Sentence  # a name, in three languages
    test: str | None = None  # its twin for testing
    profile: str | None = None  # of the issuers that the data names
    of_person: bool = False  # its name is a person's


class Guess(Record, frozen=True, kw_only=True):
    kind: str
    profile: str | None


class _Rule(Record, frozen=True, kw_only=True):
    kind: str
    authority: bool = False
    has_dns_name: bool = False
    key_usages: frozenset[str] = frozenset()
    extended_usages: frozenset[str] = frozenset()
    subject_has: tuple[str, ...] = ()

    def fits(self, use: "_Use") -> bool:
        return (
            (not self.authority or use.is_authority)
            and (not self.has_dns_name or use.has_dns_name)
            and _one_of(self.key_usages, use.key_usages)
            and _one_of(self.extended_usages, use.extended_usages)
        )


class _Use(NamedTuple):
    """What a certificate is for; there are few such, of however many certificates."""

    is_authority: bool
    has_dns_name: bool
    key_usages: tuple[str, ...]
    extended_usages: tuple[str, ...]


class _Data(Record, frozen=True, kw_only=True):
    issuers: tuple[str, ...]
    test_issuers: tuple[str, ...]
    certainty: Certainty
    source: str
    kind: tuple[Kind, ...]
    guess: tuple[_Rule, ...]


def kinds() -> Mapping[str, Kind]:
    """Return every kind by its key, in the order of the data."""
    return _by_key()


def guess(certificate: Inspected | Unreadable) -> Guess:
    """Tell which kind a certificate seems to be, and what it is held against until somebody says otherwise."""
    if isinstance(certificate, Unreadable):
        return Guess(kind=OTHER, profile=None)
    has_dns_name = any(one.kind is NameKind.DNS for one in certificate.names)
    use = _Use(certificate.is_authority, has_dns_name, certificate.key_usages, certificate.extended_usages)
    subject = certificate.subject or ""
    rule = next(one for one in _rules_for(use) if all(part in subject for part in one.subject_has))
    return _guess(rule.kind, certificate.issuer or "")


@lru_cache(maxsize=1_000)
def _rules_for(use: _Use) -> tuple[_Rule, ...]:
    return tuple(one for one in _data().guess if one.fits(use))


@lru_cache(maxsize=1_000)  # a few authorities issue most certificates
def _guess(key: str, issuer: str) -> Guess:
    kind = _by_key()[key]
    issuer = issuer.casefold()
    if kind.test is not None and _words(_data().test_issuers).search(issuer):
        kind = _by_key()[kind.test]
    ours = kind.profile is not None and _words(_data().issuers).search(issuer) is not None
    return Guess(kind=kind.key, profile=kind.profile if ours else BASICS)


def _one_of(wanted: frozenset[str], there: tuple[str, ...]) -> bool:
    return not wanted or not wanted.isdisjoint(there)


@cache
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


@cache
def _by_key() -> Mapping[str, Kind]:
    return {one.key: one for one in _data().kind}


@cache
def _data() -> _Data:
    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), _Data)
