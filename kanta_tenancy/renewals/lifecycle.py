"""Which moves a renewal request allows, and what an answer makes of it (K15). Pure: no clock, no database."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.renewals import requirements
from kanta_tenancy.renewals.errors import MoveNotAllowed, RenewalNotAllowed, RequestRefused
from kanta_tenancy.renewals.model import Party, Reason, Request, State

RULE: Final = "K15"


class Move(enum.StrEnum):
    """What can be done with a request."""

    ROUTE = "route"  # to a prescriber of the unit's house, or to another one
    HAND_OVER = "hand_over"  # to the responsible physician, or from them to a deputy
    RENEW = "renew"
    REJECT = "reject"
    RETURN = "return"
    LAPSE = "lapse"


MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.ARRIVED, Move.ROUTE): State.WITH_PRESCRIBER,
    (State.ARRIVED, Move.HAND_OVER): State.WITH_PHYSICIAN,
    (State.ARRIVED, Move.RENEW): State.RENEWED,
    (State.ARRIVED, Move.REJECT): State.REJECTED,
    (State.ARRIVED, Move.RETURN): State.RETURNED,
    (State.ARRIVED, Move.LAPSE): State.LAPSED,
    (State.WITH_PRESCRIBER, Move.ROUTE): State.WITH_PRESCRIBER,
    (State.WITH_PRESCRIBER, Move.HAND_OVER): State.WITH_PHYSICIAN,
    (State.WITH_PRESCRIBER, Move.RENEW): State.RENEWED,
    (State.WITH_PRESCRIBER, Move.REJECT): State.REJECTED,
    (State.WITH_PRESCRIBER, Move.RETURN): State.RETURNED,
    (State.WITH_PRESCRIBER, Move.LAPSE): State.LAPSED,
    (State.WITH_PHYSICIAN, Move.HAND_OVER): State.WITH_PHYSICIAN,
    (State.WITH_PHYSICIAN, Move.RENEW): State.RENEWED,
    (State.WITH_PHYSICIAN, Move.REJECT): State.REJECTED,
    (State.WITH_PHYSICIAN, Move.RETURN): State.RETURNED,
    (State.WITH_PHYSICIAN, Move.LAPSE): State.LAPSED,
}
ANSWERS: Final = (Move.RENEW, Move.REJECT, Move.RETURN)
_LEADS_TO: Final = {State.WITH_PRESCRIBER: Move.ROUTE, State.WITH_PHYSICIAN: Move.HAND_OVER}


def moved(request: Request, move: Move) -> State:
    """Return the state that a move leads to.

    Raises:
        MoveNotAllowed: the request is in no state that allows it.
    """
    target = MOVES.get((request.state, move))
    if target is None:
        raise MoveNotAllowed(f"cannot {move} a request that is {request.state}", rule=RULE, state=request.state.value)
    return target


def moves(request: Request, at: datetime) -> tuple[Move, ...]:
    """Return what people can do with a request now."""
    if at >= request.lapses_at:
        return ()
    return tuple(one for one in ANSWERS if (request.state, one) in MOVES and _can(request, one, at))


def placed(request: Request, state: State) -> State:
    """Return the state of a request that is given to somebody.

    Raises:
        MoveNotAllowed: it cannot be given to them from where it is.
    """
    return moved(request, _LEADS_TO[state])


def answer(request: Request, move: Move, *, by: Party, reason: Reason | None, at: datetime) -> Request:
    """Close a request by an answer.

    Args:
        reason: of a rejection, and of nothing else.

    Raises:
        MoveNotAllowed: it is closed, or its eight days are over, whether or not anybody has put that down.
        RenewalNotAllowed: a prescription of its kind cannot be renewed.
        RequestRefused: a rejection says no reason, or another answer says one.
    """
    target = moved(request, move)
    if at >= request.lapses_at:
        raise MoveNotAllowed(
            f"the time ran out on {request.lapses_at.isoformat()}: it has lapsed", rule=RULE, state=State.LAPSED.value
        )
    if not _can(request, move, at):
        raise RenewalNotAllowed(f"a prescription of the kind {request.kind} cannot be renewed", rule=RULE)
    if (reason is not None) is not (move is Move.REJECT):
        detail = "a rejection says on which grounds, and another answer says none"
        raise RequestRefused(detail, rule=RULE, flaws=(Flaw(field="reason", detail=detail, rule=RULE),))
    return _closed(request, target, at=at, by=by, reason=reason)


def lapse(request: Request) -> Request:
    """Close a request whose time ran out, at that very instant, whenever it is put down.

    Raises:
        MoveNotAllowed: it is closed.
    """
    return _closed(request, moved(request, Move.LAPSE), at=request.lapses_at, by=None, reason=None)


def owes_telling(request: Request) -> bool:
    """Whether the patient has to be told: of a rejection, and of a lapse, which is our reading."""
    return request.state in {State.REJECTED, State.LAPSED}


def _can(request: Request, move: Move, at: datetime) -> bool:
    return move is not Move.RENEW or requirements.kind_on(request.kind, day_in_finland(at)).renewable


def _closed(request: Request, state: State, *, at: datetime, by: Party | None, reason: Reason | None) -> Request:
    return replace(
        request,
        state=state,
        closed_at=at,
        reason=reason,
        answered_by=by,
        hand_over_at=None,
        version=request.version + 1,
    )
