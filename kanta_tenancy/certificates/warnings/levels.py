"""Which levels a certificate comes to on which day, and which of them people are told of (K7). Pure.

Each level of a certificate is told once. Of several that have come meanwhile, as after an outage or when a certificate
arrives late, the most urgent is told and the others are superseded. Days are days in Finland; a level comes in the
morning of its day.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from kanta_tenancy.certificates.warnings.model import (
    THIRD,
    Level,
    Lifetime,
    Span,
    Thresholds,
    WarningState,
    Weighed,
    Window,
)
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland, last_day, start_of_day

MORNING: Final = time(6)  # in Finland: before the mail of the morning is put together
_DAY: Final = timedelta(days=1)
_THIRD: Final = "third"
_ALWAYS: Final = datetime(1, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def day_reached(now: datetime) -> date:
    """Return the newest day whose morning has come."""
    today = day_in_finland(now)
    return today if now >= morning(today) else today - _DAY


def morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, HELSINKI)


def next_morning(now: datetime) -> datetime:
    """Return the first morning after an instant."""
    return morning(day_reached(now) + _DAY)


def next_quarter(now: datetime) -> datetime:
    """Return the first full quarter of an hour after an instant: what becomes due meanwhile is told together."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


def name(level: Level) -> str:
    """Return how a level is written: the days, or `third`."""
    return _THIRD if level == THIRD else str(level)


def named(text: str) -> Level:
    """Return the level that is written so.

    Raises:
        ValueError: it is none.
    """
    return THIRD if text == _THIRD else Level(int(text))


def due_on(life: Lifetime, level: Level) -> date | None:
    """Return on which day a certificate comes to a level; None: never, as it comes before a third of its lifetime."""
    if level == THIRD:
        return last_day(life.third_left_at)
    if level > 0 and life.third_left_at - life.not_before < level * _DAY:
        return None
    return _before(last_day(life.not_after), level)


def reached(life: Lifetime, levels: Iterable[Level], through: date) -> list[Level]:
    """Return the levels that a certificate has come to by a day, the most urgent last."""
    days = {level: day for level in levels if (day := due_on(life, level)) is not None and day <= through}
    return sorted(days, key=lambda level: (days[level], -level))


def weigh(life: Lifetime, levels: Iterable[Level], through: date, known: Mapping[Level, WarningState]) -> Weighed:
    """Say what a certificate in use, looked at by itself, is warned of on a day.

    Args:
        known: levels that were put down before. One that was released is open again when it is still the most urgent.
    """
    come = reached(life, levels, through)
    if not come:
        return Weighed(opened=None, superseded=())
    most_urgent = come[-1]
    opens = known.get(most_urgent, WarningState.RELEASED) is WarningState.RELEASED
    return Weighed(
        opened=most_urgent if opens else None,
        superseded=tuple(one for one in come[:-1] if one not in known),
    )


def windows(thresholds: Mapping[str, Thresholds], after: date, through: date) -> list[Window]:
    """Return within which instants those certificates end that come to a level on each day after one, up to another.

    Args:
        thresholds: by kind.
    """
    days = [after + number * _DAY for number in range(1, (through - after).days + 1)]
    return [
        Window(kind=kind, level=level, due_on=day, since=_ends(day - _DAY, level), until=_ends(day, level))
        for kind, each in thresholds.items()
        for level in each.levels
        for day in days
    ]


def spans(thresholds: Mapping[str, Thresholds], through: date) -> list[Span]:
    """Return within which instants those certificates end that have come to each level last by a day.

    Args:
        thresholds: by kind.
    """
    return [span for kind, each in thresholds.items() for span in _spans_of(kind, each, through)]


def _spans_of(kind: str, each: Thresholds, through: date) -> Iterator[Span]:
    third_until = _ends(through, THIRD) if each.third else None
    since = _ALWAYS
    for level in map(Level, sorted(each.days)):
        until = _ends(through, level)
        yield Span(kind=kind, level=level, since=since, until=until, third_until=third_until)
        since = until
    yield Span(kind=kind, level=None, since=since, until=_NEVER, third_until=third_until)


def _ends(through: date, level: Level) -> datetime:
    """Return before which instant the certificates end that have come to a level by a day."""
    return start_of_day(through + (0 if level == THIRD else level) * _DAY + _DAY)


def _before(day: date, level: Level) -> date:
    try:
        return day - level * _DAY
    except OverflowError:
        return date.min if level > 0 else date.max
