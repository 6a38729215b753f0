"""Days are counted in Finland, instants in UTC."""

import calendar
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
_MONTHS: Final = 12


def day_in_finland(instant: datetime) -> date:
    """Return the calendar day that an instant falls on in Europe/Helsinki.

    Raises:
        ValueError: `instant` has no time zone; it would mean another day on another machine.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return instant.astimezone(HELSINKI).date()


def start_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which a calendar day begins in Europe/Helsinki."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


def last_day(ends: datetime) -> date:
    """Return the day in Finland on which something ends; the last one there is for what never ends."""
    try:
        return day_in_finland(ends)
    except OverflowError:
        return date.max


def days_left(ends: datetime, now: datetime) -> int:
    """Return how many days are left from today to the last day, in Finland: 0 on the last day, negative after it.

    People count so, and are warned so: what ends tomorrow morning has a day left, not none.
    """
    return (last_day(ends) - day_in_finland(now)).days


def add_months(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the month's last day when it has no such day.

    31 January and one month is 28 or 29 February; 29 February and twelve months is 28 February.

    Args:
        months: may be negative.

    Raises:
        OverflowError, ValueError: the calendar of the machine, years 1 to 9999, has no such day.
    """
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
