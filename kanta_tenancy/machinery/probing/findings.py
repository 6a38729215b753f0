"""What can be wrong with what a server serves: each rule with its weight and where it is written."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity


class Rule(enum.StrEnum):
    NOT_SERVED = "not_served"  # no certificate was to be had; why is in the sentence
    HANDSHAKE_INCOMPLETE = "handshake_incomplete"
    TOO_MANY = "too_many"
    UNREADABLE = "unreadable"
    DIFFERENT = "different"  # not the one that is expected
    OLD_STILL_SERVED = "old_still_served"  # one that was replaced
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUER_EXPIRED = "issuer_expired"
    ISSUER_NOT_YET_VALID = "issuer_not_yet_valid"
    ISSUER_ENDS_SOON = "issuer_ends_soon"
    SELF_SIGNED = "self_signed"
    NAME_MISMATCH = "name_mismatch"
    WRONG_ORDER = "wrong_order"
    MISSING_INTERMEDIATE = "missing_intermediate"
    UNNEEDED_ROOT = "unneeded_root"
    UNRELATED = "unrelated"  # served, and on no way from the server's certificate upwards


Value = str | int | datetime


class Finding(Record, frozen=True, kw_only=True):
    rule: Rule
    severity: Severity
    source: str
    sentence: str
    position: int | None = None  # of the certificate in the chain, from 1
    values: Mapping[str, Value] = {}  # what the sentence tells of, by name; for who says it in other languages


_WARNINGS: Final = frozenset({Rule.ISSUER_ENDS_SOON, Rule.UNNEEDED_ROOT, Rule.UNRELATED, Rule.HANDSHAKE_INCOMPLETE})
_OWN: Final = "the inventory"
_VALIDITY: Final = "RFC 5280, 4.1.2.5"
_CHAIN: Final = "RFC 5246, 7.4.2; RFC 8446, 4.4.2"
_SOURCES: Final[Mapping[Rule, str]] = {
    Rule.NOT_SERVED: "this probe",
    Rule.HANDSHAKE_INCOMPLETE: "this probe",
    Rule.TOO_MANY: "limits of this service",
    Rule.UNREADABLE: "RFC 5280, 4.1",
    Rule.DIFFERENT: _OWN,
    Rule.OLD_STILL_SERVED: _OWN,
    Rule.EXPIRED: _VALIDITY,
    Rule.NOT_YET_VALID: _VALIDITY,
    Rule.ISSUER_EXPIRED: _VALIDITY,
    Rule.ISSUER_NOT_YET_VALID: _VALIDITY,
    Rule.ISSUER_ENDS_SOON: _VALIDITY,
    Rule.SELF_SIGNED: "RFC 5280, 6.1",
    Rule.NAME_MISMATCH: "RFC 9525, 6",
    Rule.WRONG_ORDER: _CHAIN,
    Rule.MISSING_INTERMEDIATE: _CHAIN,
    Rule.UNNEEDED_ROOT: _CHAIN,
    Rule.UNRELATED: _CHAIN,
}


def finding(rule: Rule, sentence: str, position: int | None = None, **values: Value) -> Finding:
    """Return a finding; the sentence has `{name}` where a value belongs."""
    severity = Severity.WARNING if rule in _WARNINGS else Severity.ERROR
    return Finding(
        rule=rule,
        severity=severity,
        source=_SOURCES[rule],
        sentence=sentence.format(**values),
        position=position,
        values=values,
    )
