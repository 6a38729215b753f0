"""Which moves a disturbance and a duty allow. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances.case import Disturbance, DutyState, KeptDuty, State
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
    (State.OVER, Move.REOPEN): State.ACKNOWLEDGED,
    (State.PLANNED, Move.TELL): State.PLANNED,
    (State.PLANNED, Move.END): State.OVER,
    (State.PLANNED, Move.CANCEL): State.CANCELLED,
}


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
    to = MOVES.get((disturbance.state, wanted))
    if to is None:
        raise DisturbanceMoveNotAllowed(
            f"cannot {wanted.value} a disturbance that is {disturbance.state.value}", state=disturbance.state.value
        )
    return replace(disturbance, state=to, version=disturbance.version + 1)


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
        tries=duty.tries + (to is DutyState.FAILED),
        version=duty.version + 1,
    )
