"""When somebody is at work, by their hours in Finland, their absences and how long they are here at all. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland, start_of_day
from kanta_tenancy.renewals.model import Prescriber, Shift, Span

_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()
_NOTHING: Final = timedelta(0)
_SMALLEST: Final = timedelta(microseconds=1)

Stretch = tuple[datetime, datetime]


def covers(spans: Sequence[Span], at: datetime) -> bool:
    """Say whether one of these spans holds at an instant."""
    return any(one.since <= at and (one.until is None or at < one.until) for one in spans)


def next_begin(spans: Sequence[Span], after: datetime) -> datetime | None:
    """Return when the next of these spans begins."""
    return min((one.since for one in spans if one.since > after), default=None)


def ends_at(spans: Sequence[Span], at: datetime) -> datetime | None:
    """Return until when one span after the other holds, from an instant on that one covers; None: without end."""
    end: datetime | None = at
    for one in sorted(spans, key=lambda span: span.since):
        if end is not None and one.since <= end and (one.until is None or one.until > end):
            end = one.until
    return end


def at_work(person: Prescriber, since: datetime, until: datetime) -> list[Stretch]:
    """Return when somebody is at work in a time, in order."""
    begin = max(since, start_of_day(person.since))
    end = until if person.until is None else min(until, start_of_day(person.until))
    stretches = list(planned(person, begin, end))
    for absence in person.absences:
        stretches = [rest for one in stretches for rest in _without(one, absence)]
    return stretches


def planned(person: Prescriber, since: datetime, until: datetime) -> Iterator[Stretch]:
    """Yield when somebody would be at work in a time, were they here and not absent.

    From the first time the clock shows the beginning to the last time it shows the end, should it show one twice. Of
    the hour that is left out in spring nothing is worked.
    """
    if since >= until:
        return
    if not person.shifts:
        yield since, until
        return
    day = day_in_finland(since) - _DAY
    while day <= day_in_finland(until):
        for shift in sorted(person.shifts, key=_begins):
            if shift.weekday == day.isoweekday():
                begins = _instant(day, shift.begins)
                ends = start_of_day(day + _DAY) if shift.ends == _MIDNIGHT else _instant(day, shift.ends, fold=1)
                if max(begins, since) < min(ends, until):
                    yield max(begins, since), min(ends, until)
        day += _DAY


def total(stretches: Sequence[Stretch]) -> timedelta:
    return sum((end - begin for begin, end in stretches), _NOTHING)


def is_able(person: Prescriber, since: datetime, until: datetime, least: timedelta) -> bool:
    """Say whether somebody is at work for long enough to take something on before a time."""
    return total(at_work(person, since, until)) >= least


def still_able(person: Prescriber, since: datetime, until: datetime, least: timedelta) -> bool:
    """Say whether somebody keeps what they have: whose time runs out with their hours does, who is absent does not."""
    does = at_work(person, since, until)
    return not _has_left(person, since) and (total(does) >= least or does == list(planned(person, since, until)))


def able_until(person: Prescriber, since: datetime, until: datetime, least: timedelta) -> datetime | None:
    """Return the last instant, if there is one before a time, at which somebody keeps what they have."""
    left = [] if person.until is None else [start_of_day(person.until) - _SMALLEST]
    does = at_work(person, since, until)
    lost = total(list(planned(person, since, until))) - total(does)
    last = latest_with(does, least) if lost else None
    if last is not None and not still_able(person, last + _SMALLEST, until, least):
        left.append(last)
    return min((one for one in left if since <= one < until), default=None)


def latest_with(stretches: Sequence[Stretch], needed: timedelta) -> datetime | None:
    """Return the latest instant from which so much of the working time is still to come; None: there is less."""
    for begin, end in reversed(stretches):
        if end - begin >= needed:
            return end - needed
        needed -= end - begin
    return None


def _has_left(person: Prescriber, at: datetime) -> bool:
    return person.until is not None and at >= start_of_day(person.until)


def _begins(shift: Shift) -> time:
    return shift.begins


def _instant(day: date, at: time, *, fold: int = 0) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), HELSINKI).astimezone(UTC)


def _without(stretch: Stretch, absence: Span) -> Iterator[Stretch]:
    begin, end = stretch
    if absence.since > begin:
        yield begin, min(end, absence.since)
    if absence.until is not None and absence.until < end:
        yield max(begin, absence.until), end
