"""Which moves a disturbance and a duty allow. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances.case import Disturbance, DutyState, KeptDuty, Kind, State
from kanta_tenancy.disturbances.errors import DisturbanceMoveNotAllowed, DutyMoveNotAllowed
from kanta_tenancy.disturbances.model import Channel

RULE: Final = "K4.1a"
DUTY_RULE: Final = "K4.1b"


class Move(enum.StrEnum):
    """What can be done with a disturbance."""

    ACKNOWLEDGE = "acknowledge"
    ASSESS = "assess"  # answers, and what is known of it
    TELL = "tell"  # its tenants
    END = "end"
    CLOSE = "close"
    REOPEN = "reopen"
    DISMISS = "dismiss"
    JOIN = "join"  # to another one
    CANCEL = "cancel"  # maintenance


MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.REPORTED, Move.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.REPORTED, Move.JOIN): State.JOINED,
    (State.ACKNOWLEDGED, Move.ASSESS): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.TELL): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.END): State.OVER,
    (State.ACKNOWLEDGED, Move.DISMISS): State.DISMISSED,
    (State.ACKNOWLEDGED, Move.JOIN): State.JOINED,
    (State.OVER, Move.ASSESS): State.OVER,
    (State.OVER, Move.CLOSE): State.CLOSED,
    (State.OVER, Move.REOPEN): State.ACKNOWLEDGED,
    (State.CLOSED, Move.REOPEN): State.OVER,  # new facts came; that it ended stays so
    (State.PLANNED, Move.TELL): State.PLANNED,
    (State.PLANNED, Move.END): State.OVER,
    (State.PLANNED, Move.CANCEL): State.CANCELLED,
}


# Maintenance that is over is at its end: it has no cause to find, and is planned anew.
NOT_OF_MAINTENANCE: Final = frozenset({Move.CLOSE, Move.REOPEN})


class DutyMove(enum.StrEnum):
    """What can become of a duty."""

    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    FAIL = "fail"
    RELEASE = "release"


DUTY_MOVES: Final[Mapping[tuple[DutyState, DutyMove], DutyState]] = {
    (DutyState.PENDING, DutyMove.SEND): DutyState.SENT,
    (DutyState.FAILED, DutyMove.SEND): DutyState.SENT,
    (DutyState.SENT, DutyMove.ACKNOWLEDGE): DutyState.ACKNOWLEDGED,
    (DutyState.SENT, DutyMove.FAIL): DutyState.FAILED,
    (DutyState.PENDING, DutyMove.RELEASE): DutyState.NOT_NEEDED,
    (DutyState.FAILED, DutyMove.RELEASE): DutyState.NOT_NEEDED,
}


def move(disturbance: Disturbance, wanted: Move) -> Disturbance:
    """Return the disturbance after a move.

    Raises:
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
    """
    if wanted in NOT_OF_MAINTENANCE and disturbance.kind is Kind.MAINTENANCE:
        raise DisturbanceMoveNotAllowed("maintenance that is over is at its end", state=disturbance.state.value)
    to = MOVES.get((disturbance.state, wanted))
    if to is None:
        raise DisturbanceMoveNotAllowed(
            f"cannot {wanted.value} a disturbance that is {disturbance.state.value}", state=disturbance.state.value
        )
    return replace(disturbance, state=to, version=disturbance.version + 1)


def next_moves(disturbance: Disturbance) -> tuple[Move, ...]:
    """Return what can be done with a disturbance as it is."""
    is_maintenance = disturbance.kind is Kind.MAINTENANCE
    return tuple(
        wanted
        for state, wanted in MOVES
        if state is disturbance.state and not (is_maintenance and wanted in NOT_OF_MAINTENANCE)
    )


def close(disturbance: Disturbance, *, by: str, at: datetime) -> Disturbance:
    """Say that nothing of it is left but its follow-ups."""
    return replace(move(disturbance, Move.CLOSE), closed_by=by, closed_at=at)


def reopen(disturbance: Disturbance) -> Disturbance:
    """Say that it is not over after all; of a closed one, that there is more to it."""
    after = move(disturbance, Move.REOPEN)
    if disturbance.state is State.CLOSED:
        return replace(after, closed_by=None, closed_at=None)
    return replace(after, until=None)


def acknowledge(disturbance: Disturbance, *, by: str, at: datetime) -> Disturbance:
    """Say that a named person knows of it."""
    return replace(move(disturbance, Move.ACKNOWLEDGE), acknowledged_by=by, acknowledged_at=at, unreached_at=None)


def settle(
    duty: KeptDuty, wanted: DutyMove, *, by: str, at: datetime, channel: Channel | None = None, note: str | None = None
) -> KeptDuty:
    """Return a duty with what became of it.

    Raises:
        DutyMoveNotAllowed: it is not in a state that allows it.
    """
    to = DUTY_MOVES.get((duty.state, wanted))
    if to is None:
        raise DutyMoveNotAllowed(f"cannot {wanted.value} a duty that is {duty.state.value}", state=duty.state.value)
    return replace(
        duty,
        state=to,
        channel=channel or duty.channel,
        note=note or duty.note,
        settled_by=by,
        state_at=at,
        told_at=_told_at(duty, to, at),
        tries=duty.tries + (to is DutyState.FAILED),
        version=duty.version + 1,
    )


def _told_at(duty: KeptDuty, to: DutyState, at: datetime) -> datetime | None:
    if to is DutyState.SENT:
        return at
    return None if to is DutyState.FAILED else duty.told_at
