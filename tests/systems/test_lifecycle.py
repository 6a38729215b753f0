"""Which moves a system allows, in every state and order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.systems import lifecycle
from kanta_tenancy.systems.errors import SystemMoveNotAllowed, SystemRefused
from kanta_tenancy.systems.lifecycle import MOVES, Move
from kanta_tenancy.systems.model import InformationSystem, SystemState
from tests.systems.examples import MARCH_2, NOON, a_said_system, a_system

DAY = timedelta(days=1)


def moved(system: InformationSystem, move: Move, on: date) -> InformationSystem:
    if move is Move.AMEND:
        return lifecycle.amend(system, a_said_system(name="Another"))
    if move is Move.TAKE_INTO_USE:
        return lifecycle.take_into_use(system, on=on, at=NOON)
    return lifecycle.withdraw(system, on=on, because="x", at=NOON)


@given(st.lists(st.tuples(st.sampled_from(Move), st.integers(0, 400)), max_size=8))
def test_whatever_is_done_the_table_says_whether_and_days_follow_one_another(steps):
    system = a_system()
    for move, ago in steps:
        on = MARCH_2 - timedelta(days=ago)
        before = system
        too_early = move is Move.WITHDRAW and before.in_use_on is not None and on < before.in_use_on
        if (before.state, move) not in MOVES:
            with pytest.raises(SystemMoveNotAllowed):
                moved(before, move, on)
        elif too_early:
            with pytest.raises(SystemRefused):
                moved(before, move, on)
        else:
            system = moved(before, move, on)
            assert (system.state, system.version) == (MOVES[before.state, move], before.version + 1)
    assert (system.state is SystemState.WITHDRAWN) == (system.withdrawn_on is not None)
    if system.in_use_on is not None and system.withdrawn_on is not None:
        assert system.in_use_on <= system.withdrawn_on


def test_what_was_withdrawn_is_final():
    assert [move for state, move in MOVES if state is SystemState.WITHDRAWN] == []


@pytest.mark.parametrize("move", [Move.TAKE_INTO_USE, Move.WITHDRAW])
def test_a_day_that_has_not_come_in_finland_is_refused(move):
    with pytest.raises(SystemRefused, match="has not come"):
        moved(a_system(), move, MARCH_2 + DAY)
    late = NOON.replace(hour=22, minute=30)  # the next day in Finland
    assert lifecycle.take_into_use(a_system(), on=MARCH_2 + DAY, at=late).in_use_on == MARCH_2 + DAY


@pytest.mark.parametrize(
    ("until", "allowed"), [(MARCH_2 - DAY, True), (MARCH_2, True), (MARCH_2 + DAY, False), (None, False)]
)
def test_a_service_runs_on_a_withdrawn_system_until_it_was_withdrawn_and_not_longer(until, allowed):
    withdrawn = lifecycle.withdraw(a_system(), on=MARCH_2, because="x", at=NOON)
    if allowed:
        lifecycle.check_serves(withdrawn, until)
    else:
        with pytest.raises(SystemMoveNotAllowed, match="2026-03-02"):
            lifecycle.check_serves(withdrawn, until)
    lifecycle.check_serves(a_system(), until)
