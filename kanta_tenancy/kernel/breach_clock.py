"""The 72 hours of a personal data breach: by when, and when people are reminded (GDPR Article 33). Pure.

Every room that knows of these hours counts them here. The strict deadline is 72 elapsed hours from the instant at which
the controller became aware: neither a weekend nor the night in which clocks are set moves it. What Regulation (EEC,
Euratom) 1182/71 may add is shown beside it and decides nothing.
"""

import tomllib
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel import working_days
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.dated import Certainty, in_force_on
from kanta_tenancy.kernel.records import Record

_FILE: Final = Path(__file__).parent / "data" / "breach_clock.toml"
_HOUR: Final = timedelta(hours=1)
_ENOUGH: Final = 2  # working days in a period of two days or more


class ClockRow(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """How many hours there are to notify the authority, and after how many people are reminded."""

    since: date
    hours: int
    remind_at: tuple[int, ...]  # ascending; the first is 0
    more_people_from: int  # the hour from which administrators are reminded too
    certainty: Certainty
    source: str


class Due(Record, frozen=True, kw_only=True):
    """A reminder that is to be given, and those that it overtakes."""

    hours: int
    overtaken: tuple[int, ...]  # less urgent ones, ascending


def clock_on(day: date) -> ClockRow:
    return in_force_on(_rows(), day)


def authority_due(aware_at: datetime) -> datetime:
    """Return the strict deadline, in UTC: 72 elapsed hours after awareness.

    Raises:
        ValueError: `aware_at` has no time zone.

    Source:
        Regulation (EU) 2016/679, Article 33(1).
    """
    hours = clock_on(day_in_finland(aware_at)).hours
    return aware_at.astimezone(UTC) + timedelta(hours=hours)


def later_reading(aware_at: datetime) -> datetime:
    """Return when the period ends by our reading of the general rules on periods: information, never a deadline.

    The hour of the event does not count; the period holds two working days at least. That it would end on a working day
    is a rule for periods in days, not in hours.

    Raises:
        ValueError: `aware_at` has no time zone.

    Source:
        Regulation (EEC, Euratom) 1182/71, Article 3(1), (4) and (5); whether it applies here is not verified.
    """
    ends = _next_hour(authority_due(aware_at))
    begins = _next_hour(aware_at.astimezone(UTC))
    last_moment = ends - timedelta(microseconds=1)
    within = _working_days(day_in_finland(begins), day_in_finland(last_moment))
    if within >= _ENOUGH:
        return ends
    day = day_in_finland(last_moment)
    for _ in range(_ENOUGH - within):
        day = working_days.next_working_day(day)
    return start_of_day(day + timedelta(days=1))


def reminder_instant(aware_at: datetime, hours: int) -> datetime:
    """Return when people are reminded so many elapsed hours after awareness."""
    return aware_at.astimezone(UTC) + timedelta(hours=hours)


def due(aware_at: datetime, now: datetime, hours: Sequence[int], given: Collection[int]) -> Due | None:
    """Return which reminder is to be given now; None: none that was not given or overtaken.

    Args:
        hours: after which people are reminded, ascending.
        given: those that were given or overtaken.
    """
    reached = [one for one in _open(hours, given) if reminder_instant(aware_at, one) <= now]
    return Due(hours=reached[-1], overtaken=tuple(reached[:-1])) if reached else None


def next_due(aware_at: datetime, since: datetime, hours: Sequence[int], given: Collection[int]) -> datetime | None:
    """Return when the next reminder is due; None: all were given.

    Args:
        since: when the clock was put down. Nothing is due before that; what could have been told until then is due at
            once, with the most urgent of it.
    """
    left = _open(hours, given)
    if not left:
        return None
    first = due(aware_at, since, hours, given)
    return max(since, reminder_instant(aware_at, left[0] if first is None else first.hours))


@cache
def _rows() -> tuple[ClockRow, ...]:
    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8"))["clock"], tuple[ClockRow, ...])


def _next_hour(instant: datetime) -> datetime:
    # Finland's clocks differ from UTC by whole hours, so the hours begin together.
    return instant.replace(minute=0, second=0, microsecond=0) + _HOUR


def _working_days(first: date, last: date) -> int:
    days = (first + timedelta(days=one) for one in range((last - first).days + 1))
    return sum(working_days.is_working_day(day) for day in days)


def _open(hours: Sequence[int], given: Collection[int]) -> list[int]:
    """Return the reminders that are more urgent than any that was given."""
    return [one for one in hours if not given or one > max(given)]
