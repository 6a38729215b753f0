"""The answer in the words of ETSI EN 319 102-1, for whoever compares verifiers: a table, and how it is read.

The verdict is ours and stricter: some of what makes a file *invalid* here is `INDETERMINATE` in the standard, never the
other way round.

Source: ETSI EN 319 102-1 V1.3.1, 5.1.3, tables 5 and 6.
"""

import enum
from collections.abc import Iterable, Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record


class Indication(enum.StrEnum):
    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(enum.StrEnum):
    """Those of the standard that can be an answer here."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"


class Cause(enum.StrEnum):
    """What an answer rests on, as a word for programs."""

    UNREADABLE = "unreadable"
    CHANGED = "changed"
    OTHER_KEY = "other_key"
    NOT_COVERED = "not_covered"
    FOREIGN_CONTENT = "foreign_content"  # the file holds what a signed document must not (R4, R8, R9)
    WEAK = "weak"
    NO_CERTIFICATE = "no_certificate"
    OTHER_CERTIFICATE = "other_certificate"
    MAY_NOT_SIGN = "may_not_sign"
    EXPIRED_WHEN_SIGNED = "expired_when_signed"
    NOT_YET_VALID_WHEN_SIGNED = "not_yet_valid_when_signed"
    EXPIRED_SINCE = "expired_since"
    NO_TIME = "no_time"
    TIME_IN_FUTURE = "time_in_future"
    NO_AUTHORITY_NAMED = "no_authority_named"
    NO_PATH = "no_path"
    REVOKED_WHEN_SIGNED = "revoked_when_signed"
    REVOKED_SINCE = "revoked_since"
    AUTHORITY_REVOKED = "authority_revoked"
    ON_HOLD = "on_hold"
    REVOCATION_UNKNOWN = "revocation_unknown"
    FORGED_TIMESTAMP = "forged_timestamp"


SUB_INDICATIONS: Final[Mapping[Cause, SubIndication]] = {
    Cause.UNREADABLE: SubIndication.FORMAT_FAILURE,
    Cause.CHANGED: SubIndication.HASH_FAILURE,
    Cause.OTHER_KEY: SubIndication.SIG_CRYPTO_FAILURE,
    Cause.NOT_COVERED: SubIndication.FORMAT_FAILURE,
    Cause.FOREIGN_CONTENT: SubIndication.FORMAT_FAILURE,
    Cause.WEAK: SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
    Cause.NO_CERTIFICATE: SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    Cause.OTHER_CERTIFICATE: SubIndication.SIG_CONSTRAINTS_FAILURE,
    Cause.MAY_NOT_SIGN: SubIndication.CHAIN_CONSTRAINTS_FAILURE,
    Cause.EXPIRED_WHEN_SIGNED: SubIndication.EXPIRED,
    Cause.NOT_YET_VALID_WHEN_SIGNED: SubIndication.NOT_YET_VALID,
    Cause.EXPIRED_SINCE: SubIndication.OUT_OF_BOUNDS_NO_POE,
    Cause.NO_TIME: SubIndication.SIG_CONSTRAINTS_FAILURE,
    Cause.TIME_IN_FUTURE: SubIndication.SIG_CONSTRAINTS_FAILURE,
    Cause.NO_AUTHORITY_NAMED: SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    Cause.NO_PATH: SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    Cause.REVOKED_WHEN_SIGNED: SubIndication.REVOKED,
    Cause.REVOKED_SINCE: SubIndication.REVOKED_NO_POE,
    Cause.AUTHORITY_REVOKED: SubIndication.REVOKED_CA_NO_POE,
    Cause.ON_HOLD: SubIndication.TRY_LATER,
    Cause.REVOCATION_UNKNOWN: SubIndication.TRY_LATER,
    Cause.FORGED_TIMESTAMP: SubIndication.HASH_FAILURE,
}
# For what is said of a file by its rule alone; R11 never is.
OF_RULES: Final[Mapping[str, Cause]] = {
    "R0": Cause.UNREADABLE,
    "R1": Cause.UNREADABLE,
    "R2": Cause.UNREADABLE,
    "R3": Cause.WEAK,
    "R4": Cause.FOREIGN_CONTENT,
    "R5": Cause.NOT_COVERED,
    "R6": Cause.NOT_COVERED,
    "R7": Cause.UNREADABLE,
    "R8": Cause.FOREIGN_CONTENT,
    "R9": Cause.FOREIGN_CONTENT,
    "R11": Cause.NO_CERTIFICATE,
}
INDICATIONS: Final[Mapping[SubIndication, Indication]] = {
    sub: (
        Indication.TOTAL_FAILED
        if sub
        in {
            SubIndication.FORMAT_FAILURE,
            SubIndication.HASH_FAILURE,
            SubIndication.SIG_CRYPTO_FAILURE,
            SubIndication.REVOKED,
            SubIndication.EXPIRED,
            SubIndication.NOT_YET_VALID,
        }
        else Indication.INDETERMINATE
    )
    for sub in SubIndication
}


class Indicated(Record, frozen=True, kw_only=True):
    """An indication, with its sub-indication and what that rests on unless it is passed."""

    indication: Indication
    sub_indication: SubIndication | None = None
    cause: Cause | None = None


PASSED: Final = Indicated(indication=Indication.TOTAL_PASSED)


def indicated(causes: Iterable[Cause]) -> Indicated:
    """Return what a signature comes to: the first cause that fails it, or else the first that leaves it open."""
    found = [
        Indicated(indication=INDICATIONS[SUB_INDICATIONS[each]], sub_indication=SUB_INDICATIONS[each], cause=each)
        for each in causes
    ]
    return worst(found)


def worst(found: Iterable[Indicated]) -> Indicated:
    """Return the first of those that fail, or else of those that are open, or else *passed*."""
    known = tuple(found)
    for wanted in (Indication.TOTAL_FAILED, Indication.INDETERMINATE):
        for each in known:
            if each.indication is wanted:
                return each
    return PASSED
