"""The 72 hours run hour by hour, each reminder comes once, and what the general rules may add decides nothing."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil import easter as of_a_library
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel import breach_clock, working_days

HELSINKI = ZoneInfo("Europe/Helsinki")
FIRST, LAST = datetime(2018, 5, 25), datetime(2060, 1, 1)
in_helsinki = st.datetimes(FIRST, LAST, timezones=st.just(HELSINKI), allow_imaginary=False)
hours = st.integers(-5, 80)
REMIND = (0, 24, 48, 66, 71, 72)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HELSINKI)


@given(in_helsinki)
def test_the_time_is_72_elapsed_hours_whatever_the_clocks_do(aware_at: datetime):
    due = breach_clock.authority_due(aware_at)
    assert due.tzinfo is UTC
    assert due - aware_at.astimezone(UTC) == timedelta(hours=72)


@given(st.integers(2019, 2059), st.sampled_from([3, 10]), st.integers(0, 72 * 60))
def test_on_the_nights_when_clocks_are_set_it_shows_an_hour_more_or_less(year: int, month: int, minutes: int):
    last_sunday = max(day for day in (date(year, month, one) for one in range(25, 32)) if day.weekday() == 6)
    night = datetime(year, month, last_sunday.day, 1, tzinfo=UTC)  # clocks are set then, in all of the EU
    aware_at = night - timedelta(minutes=minutes)
    shown = breach_clock.authority_due(aware_at).astimezone(HELSINKI).replace(tzinfo=None)
    moved = shown - aware_at.astimezone(HELSINKI).replace(tzinfo=None)
    crosses = 0 < minutes <= 72 * 60
    assert moved == timedelta(hours=72 + (crosses and (1 if month == 3 else -1)))


@given(st.integers(2018, 2059), st.timedeltas(timedelta(0), timedelta(hours=72)).filter(bool))
def test_the_turn_of_the_year_moves_nothing(year: int, before: timedelta):
    midnight = datetime(year + 1, 1, 1, tzinfo=HELSINKI).astimezone(UTC)
    due = breach_clock.authority_due(midnight - before)
    assert due == midnight + (timedelta(hours=72) - before)


@pytest.mark.parametrize(
    ("aware_at", "due"),
    [
        (local(2026, 3, 27, 16, 30), local(2026, 3, 30, 17, 30)),  # the night of 29 March is an hour short
        (local(2026, 10, 23, 12, 0), local(2026, 10, 26, 11, 0)),  # the night of 25 October is an hour longer
        (local(2026, 12, 30, 23, 59), local(2027, 1, 2, 23, 59)),
        (local(2028, 2, 27, 8, 0), local(2028, 3, 1, 8, 0)),
        (local(2026, 10, 25, 3, 30), local(2026, 10, 28, 2, 30)),  # the first half past three of two
        (local(2026, 10, 25, 3, 30).replace(fold=1), local(2026, 10, 28, 3, 30)),  # the second
    ],
)
def test_by_example(aware_at: datetime, due: datetime):
    assert breach_clock.authority_due(aware_at) == due.astimezone(UTC)


def test_a_time_without_a_zone_is_refused():
    for rule in (breach_clock.authority_due, breach_clock.later_reading):
        with pytest.raises(ValueError, match="time zone"):
            rule(datetime(2026, 1, 1))


@given(in_helsinki)
def test_what_the_general_rules_may_add_is_never_earlier_and_holds_two_working_days(aware_at: datetime):
    strict, later = breach_clock.authority_due(aware_at), breach_clock.later_reading(aware_at)
    assert strict < later
    first = (aware_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)).astimezone(
        HELSINKI
    )
    last = (later - timedelta(microseconds=1)).astimezone(HELSINKI)
    days = [first.date() + timedelta(days=one) for one in range((last.date() - first.date()).days + 1)]
    assert sum(map(working_days.is_working_day, days)) >= 2
    if later - strict > timedelta(hours=1):  # it was lengthened: by no more than was needed
        assert sum(map(working_days.is_working_day, days)) == 2
        assert later.astimezone(HELSINKI).time() == datetime.min.time()
        assert working_days.is_working_day(last.date())


@pytest.mark.parametrize(
    ("aware_at", "later"),
    [
        (local(2026, 3, 2, 10, 20), local(2026, 3, 5, 11, 0)),
        (local(2026, 3, 2, 10, 0), local(2026, 3, 5, 11, 0)),
        (local(2026, 3, 6, 10, 20), local(2026, 3, 9, 11, 0)),  # Friday to Monday: two working days
        (local(2026, 3, 7, 10, 20), local(2026, 3, 10, 11, 0)),  # Saturday to Tuesday: Monday and part of Tuesday
        (local(2026, 4, 2, 16, 0), local(2026, 4, 8, 0, 0)),  # Thursday before Easter: Tuesday is the second
        (local(2026, 12, 24, 12, 0), local(2026, 12, 29, 0, 0)),
    ],
)
def test_what_the_general_rules_may_add_by_example(aware_at: datetime, later: datetime):
    assert breach_clock.later_reading(aware_at).astimezone(HELSINKI) == later


def test_people_are_reminded_at_24_48_66_and_71_hours_as_the_data_say():
    row = breach_clock.clock_on(date(2026, 3, 2))
    assert (row.hours, row.remind_at) == (72, REMIND)


@given(in_helsinki, st.lists(hours, min_size=1, max_size=30), hours)
def test_each_reminder_is_given_or_overtaken_once_and_none_too_early(aware_at: datetime, woken: list[int], known: int):
    """Wake somebody at whatever hours, from when the clock was put down, and hold what they do against the rule."""
    aware_at = aware_at.astimezone(UTC)
    since = aware_at + timedelta(hours=max(known, 0))
    given_: list[int] = []
    for hour in sorted({max(one, known, 0) for one in woken}):
        now = aware_at + timedelta(hours=hour)
        found = breach_clock.due(aware_at, now, REMIND, given_)
        reached = [one for one in REMIND if one <= hour and one > max(given_, default=-1)]
        if found is None:
            assert reached == []
        else:
            assert [*found.overtaken, found.hours] == reached
            given_ += reached
        following = breach_clock.next_due(aware_at, since, REMIND, given_)
        left = [one for one in REMIND if one > max(given_, default=-1)]
        assert following == (max(since, aware_at + timedelta(hours=left[0])) if left else None)
    assert len(given_) == len(set(given_))


def test_the_first_reminder_is_due_at_once_when_it_was_put_down_late():
    aware_at = local(2026, 3, 2, 12).astimezone(UTC)
    late = aware_at + timedelta(hours=50)
    assert breach_clock.next_due(aware_at, late, REMIND, ()) == late
    assert breach_clock.due(aware_at, late, REMIND, ()) == breach_clock.Due(hours=48, overtaken=(0, 24))


@given(st.integers(1950, 2200))
def test_easter_is_the_one_of_a_library(year: int):
    assert working_days.easter(year) == of_a_library.easter(year)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), True),
        (date(2026, 1, 6), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 6, 20), False),  # Midsummer Day, a Saturday
        (date(2026, 10, 31), False),  # All Saints' Day, a Saturday
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2027, 12, 6), False),
    ],
)
def test_public_holidays_of_finland_are_no_working_days(day: date, works: bool):
    assert working_days.is_working_day(day) is works


@given(in_helsinki, st.integers(-700, 700))
def test_the_same_instant_in_another_zone_has_the_same_deadline(at: datetime, minutes: int):
    zone = timezone(timedelta(minutes=minutes))
    for rule in (breach_clock.authority_due, breach_clock.later_reading):
        assert rule(at) == rule(at.astimezone(zone))
