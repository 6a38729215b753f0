"""Days in Finland and steps of months, over forty years of days and both nights on which the clocks change."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.calendar import HELSINKI, add_months, day_in_finland, days_left, last_day, start_of_day

FIRST, LAST = date(2020, 1, 1), date(2059, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def test_every_day_begins_at_midnight_in_finland_and_not_a_moment_earlier():
    for day in DAYS:
        begins = start_of_day(day)
        assert begins.tzinfo is UTC
        assert begins.astimezone(HELSINKI).replace(tzinfo=None) == datetime.combine(day, datetime.min.time())
        assert day_in_finland(begins) == day
        assert day_in_finland(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 2), 24)], ids=str
)
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(day: date, hours: int):
    assert start_of_day(day + timedelta(days=1)) - start_of_day(day) == timedelta(hours=hours)


def test_a_month_after_any_day_is_the_same_day_of_the_next_month_or_its_last_one():
    for day in DAYS:
        after = add_months(day, 1)
        assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == 1
        assert after.day == day.day or (after.day < day.day and (after + timedelta(days=1)).month != after.month)


def test_a_later_day_never_ends_its_month_earlier():
    assert all(add_months(one, 1) <= add_months(next_, 1) for one, next_ in itertools.pairwise(DAYS))


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
    ids=str,
)
def test_the_end_of_a_month_is_clamped(day: date, months: int, after: date):
    assert add_months(day, months) == after


@given(st.dates(FIRST, LAST), st.integers(0, 240))
def test_months_forward_and_back_lose_at_most_the_end_of_a_month(day: date, months: int):
    there_and_back = add_months(add_months(day, months), -months)
    assert there_and_back <= day <= there_and_back + timedelta(days=3)


@pytest.mark.parametrize(
    ("ends", "now", "left"),
    [
        (datetime(2026, 3, 3, 4, tzinfo=HELSINKI), datetime(2026, 3, 2, 23, tzinfo=HELSINKI), 1),
        (datetime(2026, 3, 2, 23, tzinfo=HELSINKI), datetime(2026, 3, 2, 0, tzinfo=HELSINKI), 0),
        (datetime(2026, 3, 2, 4, tzinfo=HELSINKI), datetime(2026, 3, 2, 23, tzinfo=HELSINKI), 0),
        (datetime(2026, 3, 1, 23, tzinfo=HELSINKI), datetime(2026, 3, 2, 0, tzinfo=HELSINKI), -1),
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), datetime(2026, 3, 28, 22, 30, tzinfo=UTC), 1),
    ],
    ids=str,
)
def test_the_days_that_are_left_are_days_of_the_calendar_in_finland(ends: datetime, now: datetime, left: int):
    assert days_left(ends, now) == left


def test_what_never_ends_ends_on_the_last_day_there_is():
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert last_day(never) == date.max
    assert days_left(never, datetime(2026, 3, 2, tzinfo=UTC)) > 2_900_000


def test_an_instant_without_a_zone_is_on_no_day():
    with pytest.raises(ValueError, match="time zone"):
        day_in_finland(datetime(2026, 3, 2, 12))
