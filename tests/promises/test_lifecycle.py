from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.promises import Owner, Promise, State, is_overdue
from kanta_tenancy.promises.errors import PromiseSettled
from kanta_tenancy.promises.lifecycle import ATTEMPTS, MOVES, Move, after_failure, check, sources
from tests.promises.examples import NOON

FINAL = {State.KEPT, State.RELEASED}


def a_promise(**said) -> Promise:
    return Promise(
        **{
            "id": UUID(int=1),
            "key": "test.end/1",
            "kind": "test.end",
            "subject": "test/1",
            "tenancy_id": None,
            "owner": Owner.SYSTEM,
            "due_at": NOON,
            "rule": "K20.1",
            "title": sentence("a", "b", "c"),
            "facts": {},
            "state": State.OWED,
            "version": 1,
            "attempts": 0,
            "last_error": None,
            "made_at": NOON,
        }
        | said
    )


@given(st.lists(st.sampled_from(Move)))
def test_whatever_is_tried_a_promise_ends_once_and_only_where_the_table_says(moves: list[Move]):
    state = State.OWED
    ends = 0
    for move in moves:
        allowed = (state, move) in MOVES
        assert allowed is (state in sources(move))
        if not allowed:
            with pytest.raises(PromiseSettled):
                check(a_promise(state=state), move)
            continue
        check(a_promise(state=state), move)
        state = MOVES[state, move]
        ends += state in FINAL
    assert ends <= 1


def test_every_state_can_be_reached_and_only_what_is_settled_is_final():
    assert {State.OWED, *MOVES.values()} == set(State)
    assert set(State) - {state for state, _ in MOVES} == FINAL


def test_a_move_leads_to_one_state_from_wherever_it_is_allowed():
    assert all(len({MOVES[state, move] for state in sources(move)}) == 1 for move in Move)


@given(st.sampled_from(State), st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_overdue_is_what_is_owed_and_past_due(state: State, later: timedelta):
    promise = a_promise(state=state)
    assert is_overdue(promise, NOON + later) is (state is State.OWED and later > timedelta(0))


def test_waits_grow_to_an_hour_and_the_last_attempt_is_the_last():
    told = [after_failure(failed, NOON) for failed in range(1, ATTEMPTS + 1)]
    waits = [next_at - NOON for _, next_at in told]
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert waits == sorted(waits)
    assert max(waits) == timedelta(hours=1)
    assert [move for move, _ in told] == [Move.FAIL] * (ATTEMPTS - 1) + [Move.GIVE_UP]
    assert sum(waits[:-1], timedelta(0)) > timedelta(hours=3)


@given(st.integers(min_value=ATTEMPTS, max_value=10**6))
def test_however_often_it_failed_before_the_wait_can_be_computed(failed: int):
    assert after_failure(failed, NOON) == (Move.GIVE_UP, NOON + timedelta(hours=1))
