"""What a disturbance allows in which state, walked at random against the table."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.disturbances import lifecycle
from kanta_tenancy.disturbances.case import Disturbance, Kind, State
from kanta_tenancy.disturbances.errors import DisturbanceMoveNotAllowed
from kanta_tenancy.disturbances.lifecycle import MOVES, NOT_OF_MAINTENANCE, Move
from kanta_tenancy.kernel.identifiers import new_id
from tests.disturbances.examples import NOON

ENDS = {State.DISMISSED, State.JOINED, State.CANCELLED}


def a_disturbance(kind: Kind = Kind.DISTURBANCE) -> Disturbance:
    return Disturbance(
        id=new_id(),
        tenancy_id=None,
        kind=kind,
        state=State.REPORTED if kind is Kind.DISTURBANCE else State.PLANNED,
        since=NOON,
        reported_at=NOON,
        detected_at=NOON,
        version=1,
    )


def after(one: Disturbance, move: Move) -> Disturbance:
    """Do a move as the room does it."""
    if move is Move.CLOSE:
        return lifecycle.close(one, by="a test", at=NOON + timedelta(hours=one.version))
    if move is Move.REOPEN:
        return lifecycle.reopen(one)
    done = lifecycle.move(one, move)
    return replace(done, until=NOON) if move is Move.END else done


@given(st.sampled_from(Kind), st.lists(st.sampled_from(Move), max_size=30))
def test_a_walk_goes_where_the_table_says_and_nowhere_else(kind: Kind, moves: list[Move]):
    one = a_disturbance(kind)
    for move in moves:
        to = MOVES.get((one.state, move))
        if to is None or (kind is Kind.MAINTENANCE and move in NOT_OF_MAINTENANCE):
            assert move not in lifecycle.next_moves(one)
            with pytest.raises(DisturbanceMoveNotAllowed):
                after(one, move)
            continue
        assert move in lifecycle.next_moves(one)
        before, one = one, after(one, move)
        assert (one.state, one.version) == (to, before.version + 1)
        assert (one.closed_at is not None) == (one.closed_by is not None) == (one.state is State.CLOSED)
        assert (one.until is not None) == (one.state in {State.OVER, State.CLOSED})


def test_every_state_is_reached_and_only_the_ends_are_final():
    reached = {State.REPORTED, State.PLANNED, *MOVES.values()}
    assert reached == set(State)
    assert set(State) - {state for state, _ in MOVES} == ENDS


def test_new_facts_lead_from_a_closed_one_to_where_it_can_be_assessed():
    assert [move for state, move in MOVES if state is State.CLOSED] == [Move.REOPEN]
    assert (MOVES[State.CLOSED, Move.REOPEN], Move.ASSESS) in MOVES
