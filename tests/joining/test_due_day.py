"""Until when Kela is to be told of a change: every day of forty years, leap days and both clock changes among them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.joining import deadlines, due_day, owing
from kanta_tenancy.joining.model import Clash, Deadline, Status
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.dated import Certainty, in_force_on
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.languages import Language
from tests.joining.examples import MARCH_2, a_notice

FIRST = date(2015, 1, 1)
DAYS = st.dates(FIRST, FIRST.replace(year=2055))
THREE_WEEKS = deadlines.technical_change_notice(MARCH_2)
DAY = timedelta(days=1)


def a_deadline(days: int, since: date = FIRST, certainty: Certainty = Certainty.READ) -> Deadline:
    instruction = sentence("Ohje.", "Anvisning.", "Instruction.")
    return Deadline(since=since, days=days, certainty=certainty, source="a source", instruction=instruction)


def test_it_is_three_weeks_and_a_weekday_stays_a_weekday_on_every_day_of_forty_years():
    days = [FIRST + DAY * number for number in range(40 * 366)]
    due = [due_day.due_day(day, THREE_WEEKS)[0] for day in days]
    # Counted another way: by ordinals, not by the arithmetic of dates.
    assert [one.toordinal() for one in due] == [day.toordinal() - 21 for day in days]
    assert {(day.weekday(), one.weekday()) for day, one in zip(days, due, strict=True)} == {(n, n) for n in range(7)}
    assert {(later - earlier).days for earlier, later in pairwise(due)} == {1}


@pytest.mark.parametrize(
    ("effective_on", "due_on"),
    [
        (date(2028, 3, 21), date(2028, 2, 29)),
        (date(2026, 3, 21), date(2026, 2, 28)),
        (date(2028, 3, 22), date(2028, 3, 1)),
        (date(2027, 1, 1), date(2026, 12, 11)),
        (date(2026, 4, 1), date(2026, 3, 11)),
    ],
)
def test_leap_days_and_ends_of_years_are_days_like_others(effective_on, due_on):
    assert due_day.due_day(effective_on, THREE_WEEKS)[0] == due_on


@given(DAYS, st.integers(0, 400))
def test_the_explanation_says_how_the_day_came_about(effective_on, days):
    due_on, why = due_day.due_day(effective_on, a_deadline(days))
    assert due_on + timedelta(days=days) == effective_on
    assert (why.rule, why.result, why.sources[0]) == ("K2.1", due_on.isoformat(), "a source")
    assert why.inputs == {
        "effective_on": effective_on.isoformat(),
        "days_before": str(days),
        "certainty": "read",
    }
    assert all(step.said_in(language) for step in why.steps for language in Language)


@pytest.mark.parametrize("certainty", [Certainty.EXCERPT, Certainty.ASSUMED])
def test_what_was_not_read_is_never_told_as_certain(certainty):
    sure = due_day.due_day(MARCH_2, a_deadline(21))[1]
    unsure = due_day.due_day(MARCH_2, a_deadline(21, certainty=certainty))[1]
    assert len(unsure.steps) == len(sure.steps) + 1
    assert unsure.inputs["certainty"] == certainty.value


def test_kelas_three_weeks_are_told_as_seen_in_an_excerpt():
    why = due_day.due_day(MARCH_2, THREE_WEEKS)[1]
    assert why.inputs["certainty"] == "excerpt"
    assert "check it on kanta.fi" in " ".join(step.en for step in why.steps)
    assert "tarkistakaa se kanta.fi" in " ".join(step.fi for step in why.steps)
    assert "kontrollera den på kanta.fi" in " ".join(step.sv for step in why.steps)


def test_a_deadline_holds_from_its_day_until_the_next_ones():
    both = (a_deadline(21), a_deadline(30, since=date(2030, 1, 1)))
    found = {day: in_force_on(both, day).days for day in (date(1990, 1, 1), FIRST, date(2029, 12, 31))}
    assert set(found.values()) == {21}
    assert in_force_on(both, date(2030, 1, 1)).days == 30


@given(DAYS)
def test_it_is_owed_until_the_due_day_ends_in_finland(effective_on):
    notice = a_notice(effective_on=effective_on)
    due_at = owing.due_at(notice)
    last = due_at - timedelta(microseconds=1)
    assert day_in_finland(last) == notice.due_on
    assert day_in_finland(due_at) == notice.due_on + DAY
    local = due_at.astimezone(HELSINKI)
    assert (local.hour, local.minute, due_at.tzinfo) == (0, 0, UTC)


def test_the_end_of_a_day_on_which_the_clocks_are_moved_is_midnight_all_the_same():
    spring = a_notice(effective_on=date(2026, 3, 29) + THREE_WEEKS.days * DAY)
    autumn = a_notice(effective_on=date(2026, 10, 25) + THREE_WEEKS.days * DAY)
    assert owing.due_at(spring) == datetime(2026, 3, 29, 21, 0, tzinfo=UTC)
    assert owing.due_at(autumn) == datetime(2026, 10, 25, 22, 0, tzinfo=UTC)


@given(DAYS, st.integers(-60, 60), st.integers(-60, 60), st.none() | st.integers(0, 60))
def test_a_conflict_is_told_exactly_when_the_notice_cannot_be_in_time(effective_on, known, today, sent):
    due_on = effective_on - timedelta(days=21)
    known_on = due_on + known * DAY
    sent_on = None if sent is None else known_on + sent * DAY
    notice = a_notice(
        effective_on=effective_on,
        known_on=known_on,
        status=Status.PLANNED if sent is None else Status.SENT,
        sent_on=sent_on,
    )
    found = {conflict.what for conflict in due_day.conflicts(notice, due_on + today * DAY, THREE_WEEKS)}
    # The other way round: how many days of notice Kela has or would have.
    notice_if_sent_at_once = (effective_on - known_on).days
    notice_if_sent_today = (effective_on - (due_on + today * DAY)).days
    assert (Clash.DUE_BEFORE_KNOWN in found) is (notice_if_sent_at_once < 21)
    assert (Clash.DUE_BEFORE_TODAY in found) is (sent is None and notice_if_sent_today < 21)
    assert (Clash.SENT_LATE in found) is (sent_on is not None and (effective_on - sent_on).days < 21)


@pytest.mark.parametrize("status", [Status.NOT_NEEDED, Status.CANCELLED])
def test_what_is_not_owed_is_in_conflict_with_nothing(status):
    notice = a_notice(status=status, known_on=date(2026, 4, 1))
    assert due_day.conflicts(notice, date(2026, 5, 1), THREE_WEEKS) == ()


def test_a_missed_notice_says_for_which_day_it_would_be_in_time():
    (conflict,) = due_day.conflicts(a_notice(), date(2026, 3, 12), THREE_WEEKS)
    assert conflict.what is Clash.DUE_BEFORE_TODAY
    assert "takes effect on 2 April 2026 at the earliest" in conflict.sentence.en
    assert due_day.conflicts(replace(a_notice(), effective_on=date(2026, 4, 2)), date(2026, 3, 11), THREE_WEEKS) == ()
