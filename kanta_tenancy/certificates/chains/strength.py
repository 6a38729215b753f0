"""Whether a certificate's key, and the signature on it, are strong enough on a day. Pure; the rules are data."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity

_FILE: Final = Path(__file__).parent / "data" / "strength.toml"


class StrengthRule(Record, frozen=True, kw_only=True):
    key: str  # such as `key.rsa_too_short`
    since: date
    severity: Severity
    certainty: Certainty
    source: str
    sentence: Sentence
    family: str | None = None  # of keys: rsa, ec or dsa
    bits_below: int | None = None
    curves: tuple[str, ...] = ()
    algorithm: str | None = None  # a word in the name of a signature's algorithm
    ends_after: date | None = None  # about certificates that last longer than that day


@cache
def rules() -> Sequence[StrengthRule]:
    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8"))["rule"], tuple[StrengthRule, ...])


def weaknesses(
    key: str, signature_algorithm: str, *, not_after: datetime, own_signature: bool, day: date
) -> Iterator[StrengthRule]:
    """Return which rules a certificate does not keep on a day.

    Args:
        key: as an inspection names it, such as `RSA-2048` or `EC P-256`.
        own_signature: it signed itself: nobody relies on that signature.
    """
    for rule in rules():
        over = rule.ends_after is not None and day_in_finland(not_after) <= rule.ends_after
        if rule.since > day or over:
            continue
        if rule.algorithm is not None:
            if not own_signature and rule.algorithm in signature_algorithm:
                yield rule
        elif _is_of(rule, *_family(key)):
            yield rule


def _is_of(rule: StrengthRule, family: str, what: str) -> bool:
    if rule.family != family:
        return False
    if rule.bits_below is not None:
        return int(what) < rule.bits_below
    return not rule.curves or what in rule.curves


def _family(key: str) -> tuple[str, str]:
    """Return the family of a key, and how many bits or which curve it has."""
    if key.startswith("RSA-") and key[4:].isdigit():
        return "rsa", key[4:]
    if key.startswith("EC "):
        return "ec", key[3:]
    return key.lower(), ""
