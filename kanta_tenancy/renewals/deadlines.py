"""When a request lapses, when people are warned of it, when it goes to the physician, when intake stops (K15). Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland, start_of_day
from kanta_tenancy.renewals import presence, requirements
from kanta_tenancy.renewals.model import Following, Prescriber, Request, Situation

_DAY: Final = timedelta(days=1)


def lapses_at(arrived_at: datetime) -> datetime:
    """Return the first instant at which a request has lapsed: elapsed hours, no weekend and no clock stops them.

    Source:
        Decree 1088/2010, section 19(2).
    """
    return arrived_at + timedelta(hours=requirements.clock_on(day_in_finland(arrived_at)).hours)


def following(request: Request) -> Following:
    return requirements.following_on(day_in_finland(request.arrived_at))


def warns_at(request: Request, hours: int) -> datetime:
    """Return when people are warned: at the last slot of the day before the hour, so that a day has few of them.

    Never before the arrival.
    """
    reached = request.arrived_at + timedelta(hours=hours)
    day = day_in_finland(reached)
    slots = [_at(one, slot) for one in (day - _DAY, day) for slot in following(request).slots]
    return max(*(slot for slot in slots if slot <= reached), request.arrived_at)


def due_warnings(request: Request, situation: Situation, now: datetime) -> tuple[int, ...]:
    """Return the warnings that could be given now and were not, the most urgent last."""
    return tuple(
        hours
        for hours in situation.policy.warn_after_hours
        if hours > request.warned_hours and warns_at(request, hours) <= now
    )


def next_warning(request: Request, situation: Situation) -> datetime | None:
    """Return when the next warning is due; None: all were given."""
    return min(
        (warns_at(request, hours) for hours in situation.policy.warn_after_hours if hours > request.warned_hours),
        default=None,
    )


def hand_over_at(request: Request, situation: Situation) -> datetime:
    """Return when a request goes to the responsible physician that no prescriber of the house has answered.

    After the hours that the main connector chose, but so early that the physician has a day, and one of work; and with
    the end of the agreement, or of prescriptions in its Annex 1.
    """
    data = following(request)
    latest = min(
        request.arrived_at + timedelta(hours=situation.policy.hand_over_after_hours),
        request.lapses_at - timedelta(hours=data.physician_hours),
    )
    works = _with_a_day_of_work(situation.physicians, request, timedelta(minutes=data.physician_minutes))
    ends = presence.ends_at(situation.house.serves, request.arrived_at)
    earliest = min(one for one in (latest, works, ends) if one is not None)
    return max(earliest, request.arrived_at)


def stops_on(changes_on: date) -> date:
    """Return the first day on which no more requests are taken in before a change, so that none is open by then.

    As many days before as Kanta's instructions say, and one more where a clock that is put forward would leave the last
    request open for an hour past the change.
    """
    stop = changes_on - timedelta(days=requirements.stopping_on(changes_on).days)
    while lapses_at(start_of_day(stop)) > start_of_day(changes_on):
        stop -= _DAY
    return stop


def _with_a_day_of_work(physicians: Sequence[Prescriber], request: Request, needed: timedelta) -> datetime | None:
    stretches = [presence.at_work(one, request.arrived_at, request.lapses_at) for one in physicians]
    return max((found for one in stretches if (found := presence.latest_with(one, needed)) is not None), default=None)


def _at(day: date, slot: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(slot), HELSINKI).astimezone(UTC)
