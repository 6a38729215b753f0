"""Which moves a promise allows, when it is overdue, and when it is tried again. Pure: no clock, no database."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.promises.errors import PromiseOfAnother, PromiseSettled
from kanta_tenancy.promises.model import Owner, Promise, State


class Move(enum.StrEnum):
    OWE = "owe"  # told again under the same key: when, what and why may change
    DEFER = "defer"  # its keeper found that it is due at another time
    FAIL = "fail"  # its keeper could not; it is tried again
    GIVE_UP = "give_up"  # its keeper could not for the last time
    KEEP = "keep"
    RELEASE = "release"
    RETRY = "retry"  # an operator has mended the cause


MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.OWED, Move.OWE): State.OWED,
    (State.OWED, Move.DEFER): State.OWED,
    (State.OWED, Move.FAIL): State.OWED,
    (State.OWED, Move.GIVE_UP): State.BROKEN,
    (State.OWED, Move.KEEP): State.KEPT,
    (State.OWED, Move.RELEASE): State.RELEASED,
    (State.BROKEN, Move.KEEP): State.KEPT,
    (State.BROKEN, Move.RELEASE): State.RELEASED,
    (State.BROKEN, Move.RETRY): State.OWED,
}

ATTEMPTS: Final = 12  # over three and a half hours: longer than a database is away for maintenance
_FIRST_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=1)


def sources(move: Move) -> list[State]:
    """Return the states that allow a move."""
    return [state for state, allowed in MOVES if allowed is move]


def check(promise: Promise, move: Move) -> None:
    """Refuse a move that the table does not have.

    Raises:
        PromiseSettled: the promise is not in a state that allows it.
    """
    if (promise.state, move) not in MOVES:
        raise PromiseSettled(f"cannot {move} a promise that is {promise.state}", state=promise.state.value)


def check_by_hand(promise: Promise, *, by_tenant: bool) -> None:
    """Refuse that a person keeps a promise that is not theirs to keep.

    The main connector keeps its own, its tenants' for them, and what the system gave up; a tenant keeps its own.

    Raises:
        PromiseSettled: it was kept or released already.
        PromiseOfAnother: somebody else keeps it.
    """
    check(promise, Move.KEEP)
    theirs = promise.owner is Owner.TENANT if by_tenant else promise.owner is not Owner.SYSTEM
    if not theirs and (by_tenant or promise.state is not State.BROKEN):
        raise PromiseOfAnother(f"{promise.owner} keeps it", owner=promise.owner.value)


def is_overdue(promise: Promise, now: datetime) -> bool:
    """Say whether a promise is past due and nobody has kept it; this is read off, never stored."""
    return promise.state is State.OWED and promise.due_at < now


def after_failure(failed: int, now: datetime) -> tuple[Move, datetime]:
    """Say what follows an attempt that failed, and when it may be tried again at the earliest.

    Args:
        failed: how many have failed, this one counted.
    """
    wait = min(_FIRST_WAIT * 2 ** min(failed - 1, ATTEMPTS), _LONGEST_WAIT)
    return (Move.GIVE_UP if failed >= ATTEMPTS else Move.FAIL), now + wait
