"""Which levels a certificate comes to on which day: each once, and of those that were missed the most urgent."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import THIRD, Level, Lifetime, Thresholds, WarningState
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland, last_day, start_of_day

KINDS = ("server", "server_test", "staff_card", "authority", "anything else")
TODAY = date(2026, 3, 2)
BY_KIND = thresholds.thresholds_on(TODAY, KINDS)
DEFAULT = BY_KIND["server"]
DAY = timedelta(days=1)


def a_life(not_after: datetime, days: float = 365) -> Lifetime:
    lifetime = timedelta(days=days)
    return Lifetime(not_before=not_after - lifetime, not_after=not_after, third_left_at=not_after - lifetime / 3)


NIGHTS = [date(2026, 3, 29), date(2026, 10, 25)]  # of 23 hours, and of 25
INSTANTS = st.one_of(
    st.datetimes(datetime(2025, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),
    # Around the hours that there are twice or not at all, and around midnight in Finland.
    st.builds(
        lambda night, days, minutes: start_of_day(night + days * DAY) + timedelta(minutes=minutes),
        st.sampled_from(NIGHTS),
        st.sampled_from([0, 1, 3, 7, 14, 30, 60, 90]),
        st.integers(-180, 300),
    ),
)
LIVES = st.builds(a_life, INSTANTS, st.floats(0.1, 2000))
DAYS = st.integers(-900, 900).map(lambda days: TODAY + days * DAY)


def test_people_are_warned_with_a_third_left_and_on_the_days_of_the_data():
    assert DEFAULT.levels == (THIRD, 90, 60, 30, 14, 7, 3, 1, 0, -1)
    assert BY_KIND["anything else"] == DEFAULT
    assert BY_KIND["server_test"].third is False


def test_every_kind_that_the_data_names_is_one_of_the_inventory():
    ours = kinds()
    assert [one.kinds for one in thresholds.every() if not set(one.kinds) <= ours.keys()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_days_of_the_data_descend(kind):
    days = BY_KIND[kind].days
    assert list(days) == sorted(set(days), reverse=True)
    assert days[-2:] == (0, -1)
    assert max(days) < THIRD


def test_a_level_comes_on_its_day_in_finland_whatever_the_hour_of_the_end():
    for hour, minute in ((0, 0), (0, 30), (3, 30), (12, 0), (23, 59)):
        life = a_life(datetime(2026, 10, 26, hour, minute, tzinfo=HELSINKI))
        assert levels.due_on(life, Level(1)) == date(2026, 10, 25)
        assert levels.due_on(life, Level(0)) == date(2026, 10, 26)
        assert levels.due_on(life, Level(-1)) == date(2026, 10, 27)


def test_a_certificate_of_ninety_days_is_not_warned_of_on_the_day_on_which_it_comes():
    life = a_life(datetime(2026, 5, 31, 9, tzinfo=UTC), days=90)
    assert levels.due_on(life, Level(90)) is None
    assert levels.reached(life, DEFAULT.levels, TODAY) == []
    assert levels.due_on(life, Level(60)) == date(2026, 4, 1)
    assert levels.due_on(life, THIRD) == date(2026, 5, 1)
    # A third of ninety days and thirty days are the same day: the thirty days are told.
    assert levels.reached(life, DEFAULT.levels, date(2026, 5, 1)) == [60, THIRD, 30]


def test_one_that_never_ends_is_never_warned_of_and_stops_nobody():
    never = Lifetime(
        not_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        third_left_at=datetime(7340, 5, 2, tzinfo=UTC),
    )
    assert last_day(never.not_after) == date.max
    assert levels.reached(never, DEFAULT.levels, TODAY) == []
    assert levels.due_on(never, Level(-1)) == date.max


def test_one_from_before_the_calendar_begins_has_come_to_everything():
    old = a_life(datetime(1, 1, 3, tzinfo=UTC), days=1)
    assert levels.reached(old, DEFAULT.levels, TODAY)[-1] == -1


@pytest.mark.parametrize("night", NIGHTS)
def test_the_morning_comes_once_on_the_nights_on_which_clocks_are_set(night):
    before = datetime(night.year, night.month, night.day, 5, 59, tzinfo=HELSINKI)
    assert levels.day_reached(before) == night - DAY
    assert levels.next_morning(before) == datetime(night.year, night.month, night.day, 6, tzinfo=HELSINKI)
    at = levels.next_morning(before)
    assert levels.day_reached(at) == night
    assert levels.next_morning(at) == datetime(night.year, night.month, night.day + 1, 6, tzinfo=HELSINKI)


@given(INSTANTS)
def test_the_next_morning_is_the_first_instant_of_the_next_day_reached(now):
    following = levels.next_morning(now)
    assert now < following <= now + timedelta(hours=25)
    assert levels.day_reached(following) == levels.day_reached(now) + DAY
    assert levels.day_reached(following - timedelta(microseconds=1)) == levels.day_reached(now)


@given(LIVES, st.sampled_from(KINDS), DAYS, st.integers(0, 400))
@example(a_life(start_of_day(date(2026, 3, 30))), "server", date(2026, 3, 28), 1)
@example(a_life(start_of_day(date(2026, 10, 26)) - timedelta(seconds=1)), "server", date(2026, 10, 23), 1)
def test_a_window_holds_exactly_what_comes_to_its_level_in_those_days(life, kind, after, days):
    through = after + days * DAY
    held = [
        (one.level, one.due_on)
        for one in levels.windows({kind: BY_KIND[kind]}, after, through)
        if one.since <= (life.third_left_at if one.level == THIRD else life.not_after) < one.until
        if levels.due_on(life, one.level) is not None
    ]
    assert held == [
        (level, day)
        for level in BY_KIND[kind].levels
        if (day := levels.due_on(life, level)) is not None and after < day <= through
    ]


def history(life: Lifetime, each: Thresholds, days: list[date]) -> dict[date, list[Level]]:
    """Look at a certificate on these days, as somebody does who works only then; return what was opened when."""
    known: dict[Level, WarningState] = {}
    opened: dict[date, list[Level]] = {}
    for day in days:
        weighed = levels.weigh(life, each.levels, day, known)
        known |= dict.fromkeys(weighed.superseded, WarningState.SUPERSEDED)
        if weighed.opened is not None:
            assert known.get(weighed.opened) is None
            known[weighed.opened] = WarningState.OPEN
            opened.setdefault(day, []).append(weighed.opened)
    assert set(known) == set(levels.reached(life, each.levels, days[-1]) if days else ())
    return opened


@given(LIVES, st.sampled_from(KINDS), st.lists(DAYS, max_size=30).map(sorted))
def test_however_rarely_somebody_looks_each_level_is_told_or_superseded_once_and_the_most_urgent_is_told(
    life, kind, days
):
    opened = history(life, BY_KIND[kind], days)
    for day, told in opened.items():
        (level,) = told
        assert levels.due_on(life, level) <= day
        later = [one for one in BY_KIND[kind].levels if (due := levels.due_on(life, one)) is not None and due <= day]
        assert max(later, key=lambda one: (levels.due_on(life, one), -one)) == level


@given(LIVES, st.sampled_from(KINDS))
def test_who_looks_every_day_tells_each_level_on_its_day(life, kind):
    end = last_day(life.not_after)
    opened = history(life, BY_KIND[kind], [end + days * DAY for days in range(-800, 5)])
    for day, (level,) in opened.items():
        assert day == max(levels.due_on(life, level), end - 800 * DAY)


def test_what_was_released_is_told_again_when_it_is_still_the_most_urgent():
    life = a_life(datetime(2026, 4, 1, 12, tzinfo=UTC))
    known = dict.fromkeys((THIRD, Level(90), Level(60)), WarningState.SUPERSEDED)
    asked = (life, DEFAULT.levels, date(2026, 3, 10))
    assert levels.weigh(*asked, known | {Level(30): WarningState.RELEASED}).opened == 30
    for state in (WarningState.OPEN, WarningState.ACKNOWLEDGED, WarningState.SUPERSEDED):
        assert levels.weigh(*asked, known | {Level(30): state}).opened is None


def test_a_level_that_the_data_gained_is_put_down_and_told_to_nobody_when_a_more_urgent_one_was():
    life = a_life(datetime(2026, 4, 1, 12, tzinfo=UTC))
    weighed = levels.weigh(
        life,
        (Level(90), Level(45), Level(30)),
        date(2026, 3, 10),
        {
            Level(90): WarningState.SUPERSEDED,
            Level(30): WarningState.ACKNOWLEDGED,
        },
    )
    assert (weighed.opened, weighed.superseded) == (None, (45,))


def test_the_day_that_is_reached_is_counted_in_finland():
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # half past midnight on 3 March in Helsinki
    assert (day_in_finland(late), levels.day_reached(late)) == (date(2026, 3, 3), date(2026, 3, 2))


def test_the_page_tells_of_the_levels_and_times_of_the_data():
    text = (Path(__file__).parents[3] / "docs" / "capabilities" / "certificate-warnings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]*the day after it) \|$", text, re.MULTILINE))
    told = {
        name: (9999,) * ("a third" in row) + tuple(map(int, re.findall(r"\b(\d+)\b", row))) + (0, -1)
        for name, row in rows.items()
    }
    kinds_of = {
        "every kind that has no line of its own": (
            "server",
            "system_signature",
            "saml",
            "timestamping",
            "ocsp",
            "other",
        ),
        "test servers and test system signatures": ("server_test", "system_signature_test"),
        "professional, staff and substitute cards": ("professional_card", "staff_card", "substitute_card"),
        "authorities": ("authority",),
    }
    assert told.keys() == kinds_of.keys()
    by_kind = thresholds.thresholds_on(TODAY, kinds())
    for name, of_them in kinds_of.items():
        assert {by_kind[kind].levels for kind in of_them} == {told[name]}
    assert sorted(kind for of_them in kinds_of.values() for kind in of_them) == sorted(kinds())
