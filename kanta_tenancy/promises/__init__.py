"""What is owed: every future duty of the system and of people is a row with a key, a due time, a state and a result.

What rooms above use. A room owes a promise in the transaction of the act that causes it, and keeps or releases it
by its key. Promises of the system are paid by the room's keepers (`pay_due`), those of people by `keep`.
"""

from kanta_tenancy.promises.actions import keep, owe, owe_many, release, release_all
from kanta_tenancy.promises.lifecycle import is_overdue
from kanta_tenancy.promises.model import (
    Kept,
    Later,
    Outcome,
    Owed,
    Owner,
    Promise,
    PromiseKept,
    Released,
    State,
)
from kanta_tenancy.promises.paying import Keeper, NotNow, pay_due

__all__ = [
    "Keeper",
    "Kept",
    "Later",
    "NotNow",
    "Outcome",
    "Owed",
    "Owner",
    "Promise",
    "PromiseKept",
    "Released",
    "State",
    "is_overdue",
    "keep",
    "owe",
    "owe_many",
    "pay_due",
    "release",
    "release_all",
]
