"""Profiles that certificates are held against, and what is found."""

import enum

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.x509.inspected import NameKind, OddityKind


class Check(enum.StrEnum):
    """How a rule is held against a certificate; what it compares with stands in the rule."""

    LASTS_AT_MOST = "lasts_at_most"  # years
    KEY_AMONG = "key_among"  # keys
    HAS_NAME = "has_name"  # names
    NO_NAME = "no_name"  # names
    NOT_ONLY_NAMES = "not_only_names"  # names
    USED_FOR_ONE_OF = "used_for_one_of"  # usages
    NO_ODDITY = "no_oddity"  # oddities


class Rule(Record, frozen=True, kw_only=True):
    key: str  # such as `dvv.server.validity`
    check: Check
    severity: Severity
    certainty: Certainty
    source: str
    sentence: Sentence | None = None  # what is wrong when it is not kept; an oddity brings its own
    years: int = 0
    keys: tuple[str, ...] = ()
    names: tuple[NameKind, ...] = ()
    usages: tuple[str, ...] = ()
    oddities: tuple[OddityKind, ...] = ()


class Profile(Record, frozen=True, kw_only=True):
    name: str
    about: str
    rules: tuple[Rule, ...]


class Finding(Record, frozen=True, kw_only=True):
    rule: str
    severity: Severity
    sentence: Sentence
    source: str
    certainty: Certainty
