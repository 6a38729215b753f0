"""Which moves a follow-up allows, and when people are reminded of it (K19). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances.follow_ups.errors import FollowUpMoveNotAllowed, FollowUpOfAnother
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpState, Move, Owner, SaidAction
from kanta_tenancy.kernel.calendar import start_of_day

RULE: Final = "K19"
MOVES: Final[Mapping[tuple[FollowUpState, Move], FollowUpState]] = {
    (FollowUpState.OPEN, Move.CHANGE): FollowUpState.OPEN,
    (FollowUpState.OPEN, Move.FINISH): FollowUpState.DONE,
    (FollowUpState.OPEN, Move.DROP): FollowUpState.DROPPED,
    (FollowUpState.DONE, Move.REOPEN): FollowUpState.OPEN,
    (FollowUpState.DROPPED, Move.REOPEN): FollowUpState.OPEN,
}
BEFORE: Final = (timedelta(days=7), timedelta(days=1), timedelta(0))  # the due time


def move(one: FollowUp, wanted: Move) -> FollowUp:
    """Return a follow-up after a move.

    Raises:
        FollowUpMoveNotAllowed: it is not in a state that allows it.
    """
    to = MOVES.get((one.state, wanted))
    if to is None:
        raise FollowUpMoveNotAllowed(f"cannot {wanted.value} what is {one.state.value}", state=one.state.value)
    return replace(one, state=to, version=one.version + 1)


def next_moves(one: FollowUp) -> tuple[Move, ...]:
    return tuple(wanted for state, wanted in MOVES if state is one.state)


def settle(one: FollowUp, wanted: Move, *, note: str, by: str, at: datetime) -> FollowUp:
    """Say that it is done, will not be done, or was not done after all, with what shows it or why."""
    after = move(one, wanted)
    again = wanted is Move.REOPEN
    return replace(after, note=note, settled_by=None if again else by, state_at=at, round=one.round + again)


def change(one: FollowUp, said: SaidAction) -> FollowUp:
    """Say anew what is to be done, by whom and until when; what another party does now is owed anew."""
    after = replace(
        move(one, Move.CHANGE), what=said.what, owner=said.owner, due_on=said.due_on, contact_id=said.contact_id
    )
    return after if after.of_tenant == one.of_tenant else replace(after, round=one.round + 1)


def check_own(one: FollowUp, wanted: Move) -> None:
    """Refuse what a tenant may not do: it finishes what is its own to do, and the rest is the main connector's.

    Raises:
        FollowUpOfAnother: the main connector does that.
    """
    if one.owner is not Owner.TENANT or wanted is not Move.FINISH:
        raise FollowUpOfAnother("the main connector does that", owner=one.owner.value)


def due_at(one: FollowUp) -> datetime:
    """Return until when it is to be done: the end of its day in Finland."""
    return start_of_day(one.due_on + timedelta(days=1))


def next_reminder(due: datetime, after: datetime, again: timedelta) -> datetime:
    """Return when people are reminded next: a week before, a day before, when it is overdue, and again and again."""
    for each in BEFORE:
        if due - each > after:
            return due - each
    return due + again * ((after - due) // again + 1)
