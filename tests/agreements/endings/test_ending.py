"""When an agreement ends: every day of forty years, against a model that only ever walks from one day to the next."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.endings import ending
from kanta_tenancy.agreements.ends import Ground, Period, Unit, first_day_without, last_day_before
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.languages import Language

NOTICE = UUID(int=1)
DAY = timedelta(days=1)
FORTY_YEARS = [date(2010, 1, 1) + n * DAY for n in range(40 * 365 + 10)]


def walked_months(start: date, months: int) -> date:
    """Walk day by day into the month that is so many months on, and stop at the same day of it, or at its last."""
    day = start
    for _ in range(months):
        day = day.replace(day=1)
        month = day.month
        while day.month == month:
            day += DAY
    while day.day < start.day and (day + DAY).month == day.month:
        day += DAY
    return day


def the_end(delivered_on: date, count: int, unit: Unit, *, given_on: date | None = None):
    return ending.by_notice(
        NOTICE, given_on=given_on or delivered_on, delivered_on=delivered_on, period=Period(count=count, unit=unit)
    )


@pytest.mark.parametrize("months", [1, 2, 3, 6, 12])
def test_months_end_where_a_walk_through_the_calendar_ends(months):
    for day in FORTY_YEARS:
        end = the_end(day, months, Unit.MONTHS)
        assert end.last_day == walked_months(day, months), day
        assert first_day_without(end.until) == end.last_day + DAY


@pytest.mark.parametrize("days", [1, 14, 30, 90])
def test_days_are_counted_from_the_day_after_delivery(days):
    for day in FORTY_YEARS:
        walked = day
        for _ in range(days):
            walked += DAY
        assert the_end(day, days, Unit.DAYS).last_day == walked


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2027, 1, 28), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2028, 3, 29)),
        (date(2027, 2, 28), date(2027, 3, 28)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 3, 15), date(2026, 4, 15)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_months_last(delivered, last):
    assert the_end(delivered, 1, Unit.MONTHS).last_day == last


def test_the_end_is_a_midnight_in_finland_on_every_night_of_forty_years():
    for day in FORTY_YEARS:
        until = the_end(day, 1, Unit.DAYS).until
        local = until.astimezone(HELSINKI)
        assert (local.hour, local.minute, local.second, until.tzinfo) == (0, 0, 0, UTC)
        assert day_in_finland(until - timedelta(microseconds=1)) == day + DAY
        assert day_in_finland(until) == day + 2 * DAY


@pytest.mark.parametrize(
    ("last", "until"),
    [
        (date(2027, 3, 27), datetime(2027, 3, 27, 22, tzinfo=UTC)),  # the night of the spring change begins
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, tzinfo=UTC)),
        (date(2027, 10, 30), datetime(2027, 10, 30, 21, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 22, tzinfo=UTC)),  # the day that has twenty-five hours is over
    ],
)
def test_both_nights_of_the_clock_change(last, until):
    end = ending.by_service_agreement(UUID(int=2), name="S-1", last_day=last)
    assert (end.last_day, end.until) == (last, until)


@given(st.sampled_from(FORTY_YEARS), st.integers(0, 400), st.integers(1, 24), st.sampled_from(Unit))
def test_what_counts_is_the_day_of_delivery_and_not_the_day_on_the_notice(delivered, before, count, unit):
    late = the_end(delivered, count, unit, given_on=delivered - before * DAY)
    assert late.until == the_end(delivered, count, unit).until


@given(st.sampled_from(FORTY_YEARS), st.sampled_from(FORTY_YEARS), st.integers(1, 24), st.sampled_from(Unit))
def test_a_later_delivery_never_ends_earlier(one, other, count, unit):
    first, second = sorted((one, other))
    assert the_end(first, count, unit).until <= the_end(second, count, unit).until


def test_a_clamped_month_says_so_in_each_language():
    said = the_end(date(2027, 1, 31), 1, Unit.MONTHS, given_on=date(2027, 1, 30)).explanation
    assert (said.rule, said.result) == ("K20.1", "2027-02-28")
    assert said.inputs == {"given_on": "2027-01-30", "delivered_on": "2027-01-31", "notice_period": "1 months"}
    texts = {language: " ".join(step.said_in(language) for step in said.steps) for language in Language}
    assert "ei ole päivää 31" in texts[Language.FINNISH]
    assert "28.2.2027" in texts[Language.SWEDISH]
    assert "31 January 2027" in texts[Language.ENGLISH]
    assert "1 March 2027 0:00" in texts[Language.ENGLISH]
    assert "this service's reading" in texts[Language.ENGLISH]


def test_an_overriding_period_names_its_agreement():
    period = Period(count=14, unit=Unit.DAYS)
    end = ending.by_notice(
        NOTICE, given_on=date(2027, 1, 1), delivered_on=date(2027, 1, 2), period=period, service_agreement="S {1}"
    )
    assert (end.last_day, end.explanation.rule) == (date(2027, 1, 16), "K20.2")
    assert "service-production agreement S {1}" in end.explanation.sources
    assert "S {1}" in end.explanation.steps[1].sv


def test_a_period_of_a_text_that_is_not_known_is_never_told_as_certain():
    end = ending.by_notice(NOTICE, given_on=date(2027, 1, 1), delivered_on=date(2027, 1, 2), text_is_known=False)
    assert any("check it" in step.en for step in end.explanation.steps)


def test_of_several_ends_the_earliest_holds():
    notice = the_end(date(2027, 1, 2), 1, Unit.MONTHS)
    contract = ending.by_service_agreement(UUID(int=2), name="S", last_day=date(2027, 1, 20))
    assert ending.earliest([notice, contract]) is contract
    assert ending.earliest([notice]) is notice
    assert ending.earliest([]) is None


def test_rescission_and_replacement_end_within_the_day_and_the_day_shows_what_held_as_it_ended():
    at = datetime(2027, 5, 4, 9, 30, tzinfo=UTC)
    rescinded = ending.by_rescission(UUID(int=3), confirmed_at=at)
    replaced = ending.by_replacement(UUID(int=4), reference="2027-1", at=at)
    assert [end.ground for end in (rescinded, replaced)] == [Ground.RESCISSION, Ground.REPLACEMENT]
    for end in (rescinded, replaced):
        assert (end.until, end.last_day, first_day_without(end.until)) == (at, date(2027, 5, 4), date(2027, 5, 4))
    assert last_day_before(datetime(2027, 5, 4, 21, tzinfo=UTC)) == date(2027, 5, 4)
