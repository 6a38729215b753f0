"""When people are warned that a certificate ends, and which warnings a later one overtakes (K3.1). Pure.

Each warning is given once. Of several that are due together, as after an outage or when a certificate is recorded late,
the most urgent is given and the others are overtaken.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.records import Record

MORNING: Final = time(6)  # in Finland: before the mail of the morning is put together


class Due(Record, frozen=True, kw_only=True):
    """A warning that is to be given, and those that it overtakes."""

    days_left: int
    overtaken: tuple[int, ...]  # less urgent ones, descending


def instant(last_day: date, days_left: int) -> datetime:
    """Return when a warning of so many days before the last day is due.

    Raises:
        OverflowError: the calendar of the machine has no such day.
    """
    return datetime.combine(last_day - timedelta(days=days_left), MORNING, HELSINKI)


def due(last_day: date, now: datetime, days: Sequence[int], warned: Collection[int]) -> Due | None:
    """Return which warning is to be given today; None: none that was not given or overtaken.

    Args:
        days: on which warnings are given, descending.
        warned: those that were given or overtaken.
    """
    left = (last_day - day_in_finland(now)).days
    reached = [one for one in _open(days, warned) if left <= one]
    return Due(days_left=reached[-1], overtaken=tuple(reached[:-1])) if reached else None


def next_due(last_day: date, since: datetime, days: Sequence[int], warned: Collection[int]) -> datetime | None:
    """Return when the next warning is due; None: all were given.

    Args:
        since: when the certificate came to stand. Nothing is due before that; what could have been told until then is
            due at once, with the most urgent of it.
    """
    left = _open(days, warned)
    if not left:
        return None
    first = due(last_day, since, days, warned)
    return max(since, instant(last_day, left[0] if first is None else first.days_left))


def _open(days: Sequence[int], warned: Collection[int]) -> list[int]:
    """Return the warnings that are more urgent than any that was given."""
    return [one for one in days if not warned or one < min(warned)]
