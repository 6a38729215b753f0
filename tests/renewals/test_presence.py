"""When somebody is at work on the days on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.renewals import presence
from kanta_tenancy.renewals.model import Shift
from tests.renewals.examples import a_prescriber

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "begins", "ends", "minutes"),
    [
        (SPRING, time(3), time(3, 45), 0),
        (SPRING, time(3), time(7), 180),
        (SPRING, time(0), time(8), 420),
        (SPRING, time(0), time(0), 23 * 60),
        (AUTUMN, time(0), time(8), 540),
        (AUTUMN, time(3), time(3, 15), 75),
        (AUTUMN, time(0), time(0), 25 * 60),
        (AUTUMN, time(8), time(16), 480),
    ],
)
def test_a_shift_lasts_as_long_as_the_clock_shows_it(day: date, begins: time, ends: time, minutes: int):
    person = a_prescriber(shifts=(Shift(weekday=7, begins=begins, ends=ends),))
    worked = presence.at_work(person, start_of_day(day), start_of_day(day + timedelta(days=1)))
    assert presence.total(worked) == timedelta(minutes=minutes)


def test_a_shift_that_ends_in_the_hour_that_comes_twice_ends_the_second_time():
    person = a_prescriber(shifts=(Shift(weekday=7, begins=time(0), ends=time(3, 30)),))
    worked = presence.at_work(person, start_of_day(AUTUMN), start_of_day(AUTUMN + timedelta(days=1)))
    assert worked == [(datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))]
