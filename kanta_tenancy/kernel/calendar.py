"""Days are counted in Finland, instants in UTC."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

HELSINKI: Final = ZoneInfo("Europe/Helsinki")


def day_in_finland(instant: datetime) -> date:
    """Return the calendar day that an instant falls on in Europe/Helsinki.

    Raises:
        ValueError: `instant` has no time zone; it would mean another day on another machine.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return instant.astimezone(HELSINKI).date()
