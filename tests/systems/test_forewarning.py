"""When people are warned: each warning once, the most urgent of those that were missed, none before its day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.systems import forewarning, requirements
from tests.systems.examples import MARCH_2, NOON

LAST_DAY = date(2026, 12, 31)
DAYS = requirements.warnings_on(LAST_DAY).days
WAKINGS = st.lists(st.integers(0, 500 * 24), max_size=40).map(
    lambda hours: [NOON + timedelta(hours=hour) for hour in sorted(hours)]
)


def test_the_days_are_those_of_the_data_the_last_one_the_day_after():
    assert DAYS == (90, 60, 30, 14, 7, 0, -1)


@given(WAKINGS, st.integers(0, 400))
def test_however_often_somebody_wakes_each_warning_is_given_or_overtaken_once(wakings, before):
    last_day = MARCH_2 + timedelta(days=before)
    warned: list[int] = []
    given_on: dict[int, date] = {}
    for now in wakings:
        due = forewarning.due(last_day, now, DAYS, warned)
        if due is None:
            continue
        warned += [*due.overtaken, due.days_left]
        given_on[due.days_left] = day_in_finland(now)
    assert warned == list(DAYS[: len(warned)])  # in their order, without a gap and without repetition
    for days_left, day in given_on.items():
        assert day >= last_day - timedelta(days=days_left)
        urgent = [one for one in DAYS if one < days_left]
        assert not urgent or day < last_day - timedelta(days=urgent[0])
    following = forewarning.next_due(last_day, NOON, DAYS, warned)
    assert (following is None) == (len(warned) == len(DAYS))
    if wakings and following is not None:
        assert day_in_finland(following) > day_in_finland(wakings[-1])


@given(st.integers(-100, 400))
def test_what_comes_to_stand_late_is_due_at_once_with_the_most_urgent(before):
    last_day = MARCH_2 + timedelta(days=before)
    due, first = forewarning.next_due(last_day, NOON, DAYS, ()), forewarning.due(last_day, NOON, DAYS, ())
    assert due >= NOON
    if first is None:
        assert due == forewarning.instant(last_day, 90) > NOON
    else:
        assert due == NOON
        assert [*first.overtaken, first.days_left] == [one for one in DAYS if before <= one]


@pytest.mark.parametrize(
    ("left", "at"), [(0, datetime(2026, 12, 31, 6, tzinfo=HELSINKI)), (-1, datetime(2027, 1, 1, 6, tzinfo=HELSINKI))]
)
def test_it_is_due_in_the_morning_in_finland(left, at):
    assert forewarning.instant(LAST_DAY, left) == at


def test_a_day_that_the_data_gained_meanwhile_is_not_made_up_for():
    twenty_left = datetime(2026, 12, 11, 12, tzinfo=HELSINKI)
    assert forewarning.due(LAST_DAY, twenty_left, (90, 45, 30, 14), (90, 30)) is None
    assert forewarning.next_due(LAST_DAY, NOON, (90, 45, 30, 14), (90, 30)) == forewarning.instant(LAST_DAY, 14)


def test_in_the_night_after_the_last_day_it_has_ended_whatever_the_hour():
    just_after = datetime(2027, 1, 1, 0, 30, tzinfo=HELSINKI)
    assert forewarning.due(LAST_DAY, just_after, DAYS, (90, 60, 30, 14, 7)).days_left == -1
