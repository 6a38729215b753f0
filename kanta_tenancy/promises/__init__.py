"""What is owed: every future duty of the system and of people is a row with a key, a due time, a state and a result.

What rooms above use. A room owes a promise in the transaction of the act that causes it, and keeps or releases it
by its key. Promises of the system are paid by the room's keepers (`pay_due`), those of people by `keep`. A room also
says which promises should exist (`Expectation`), so that the audit finds those that were forgotten.
"""

from kanta_tenancy.promises.actions import keep, owe, owe_many, release, release_all, retry
from kanta_tenancy.promises.auditing import AMISS, Expectation, audit
from kanta_tenancy.promises.lifecycle import is_overdue
from kanta_tenancy.promises.model import (
    Expected,
    Finding,
    Kept,
    Later,
    Outcome,
    Owed,
    Owner,
    Position,
    Promise,
    PromiseKept,
    Released,
    State,
    Wanted,
    What,
)
from kanta_tenancy.promises.paying import Errand, Keeper, Keepers, NotNow, pay_due
from kanta_tenancy.promises.store import hold, of_subjects, owed_of, page

__all__ = [
    "AMISS",
    "Errand",
    "Expectation",
    "Expected",
    "Finding",
    "Keeper",
    "Keepers",
    "Kept",
    "Later",
    "NotNow",
    "Outcome",
    "Owed",
    "Owner",
    "Position",
    "Promise",
    "PromiseKept",
    "Released",
    "State",
    "Wanted",
    "What",
    "audit",
    "hold",
    "is_overdue",
    "keep",
    "of_subjects",
    "owe",
    "owe_many",
    "owed_of",
    "page",
    "pay_due",
    "release",
    "release_all",
    "retry",
]
