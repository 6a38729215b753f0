"""Working days in Finland, for a date that is shown beside a deadline. Pure."""

from datetime import date, timedelta
from typing import Final

_FIXED: Final = frozenset({(1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26)})
# Good Friday, Easter Monday, Ascension Day; Easter and Pentecost are Sundays.
_AFTER_EASTER: Final = (-2, 1, 39)
_SATURDAY: Final = 5


def is_working_day(day: date) -> bool:
    """Say whether a day is neither a Saturday, a Sunday nor a public holiday.

    Midsummer Day and All Saints' Day are Saturdays. Midsummer Eve and Christmas Eve count as working days: whether the
    Regulation takes them for public holidays is not verified.

    Source:
        Regulation (EEC, Euratom) 1182/71, Article 2: days other than public holidays, Sundays and Saturdays.
    """
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    return (day - easter(day.year)).days not in _AFTER_EASTER


def next_working_day(day: date) -> date:
    """Return the first working day after a day."""
    following = day + timedelta(days=1)
    while not is_working_day(following):
        following += timedelta(days=1)
    return following


def easter(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarters, days = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarters - moon - days) % 7
    correction = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
