"""Which moves a breach allows in a register (K4.2). Pure: no clock, no database, no logging."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.breaches.errors import BreachMoveNotAllowed
from kanta_tenancy.breaches.model import Move, State

RULE: Final = "K4.2"

MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.SUSPECTED, Move.CONFIRM): State.CONFIRMED,
    (State.SUSPECTED, Move.DISMISS): State.DISMISSED,
    (State.CONFIRMED, Move.DISMISS): State.DISMISSED,
    (State.CONFIRMED, Move.CLOSE): State.CLOSED,
    (State.DISMISSED, Move.REOPEN): State.SUSPECTED,
    (State.CLOSED, Move.REOPEN): State.CONFIRMED,
}
OPEN: Final = frozenset({State.SUSPECTED, State.CONFIRMED})


def moved(state: State, move: Move) -> State:
    """Return the state after a move.

    Raises:
        BreachMoveNotAllowed: the state does not allow it.
    """
    target = MOVES.get((state, move))
    if target is None:
        raise BreachMoveNotAllowed(f"cannot {move.value} a breach that is {state.value}", state=state.value)
    return target


def check_open(state: State) -> None:
    """Refuse that something is said of a breach that is over; it is reopened first.

    Raises:
        BreachMoveNotAllowed: it was dismissed or closed.
    """
    if state not in OPEN:
        raise BreachMoveNotAllowed(f"it is {state.value}: reopen it first", state=state.value)


def next_moves(state: State) -> tuple[Move, ...]:
    return tuple(move for before, move in MOVES if before is state)
