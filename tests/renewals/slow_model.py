"""What becomes of renewal requests, reckoned a second time and slowly: every quarter of an hour is looked at by itself.

It knows nothing of the program's rules but their words. Time is a number of quarters; somebody's working time is a list
of them; nothing remembers when to look next, because everything is looked at always.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FINLAND = ZoneInfo("Europe/Helsinki")
QUARTER = timedelta(minutes=15)
DAY = 96  # quarters, elapsed
LAPSE = 8 * DAY
WARNINGS = (72, 120, 144, 168)
HAND_OVER = 144  # hours
PHYSICIAN_DAY = DAY
PHYSICIAN_WORK = 28  # seven hours
LEAST = 4  # an hour
SLOTS = ((8, 0), (14, 0))
END = 22 * DAY


@dataclass
class Person:
    id: int
    code: str
    full: bool
    here: bool  # at the unit
    deputy: bool = False
    hours: dict[int, tuple[int, int]] | None = None  # weekday: from and to, in minutes of the day
    absent: list[tuple[int, int]] = field(default_factory=list)  # quarters
    leaves: int | None = None  # a quarter

    def __post_init__(self) -> None:
        self._seen: dict[object, int] = {}

    def pattern(self, begin: datetime) -> int:
        """The quarters in which they would be at work, as bits."""
        return self._remembered("pattern", lambda: _bits(lambda quarter: self._would(begin, quarter)))

    def works(self, begin: datetime) -> int:
        """The quarters in which they are at work, as bits."""
        key = (tuple(self.absent), self.leaves)
        return self._remembered(key, lambda: self.pattern(begin) & ~_bits(self._is_away))

    def has_left(self, now: int) -> bool:
        return self.leaves is not None and now >= self.leaves

    def _remembered(self, key: object, count: Callable[[], int]) -> int:
        if key not in self._seen:
            self._seen[key] = count()
        return self._seen[key]

    def _would(self, begin: datetime, quarter: int) -> bool:
        if self.hours is None:
            return True
        day, _ = _clock(begin, quarter)
        since, until = self.hours.get(day, (0, 0))
        before = [_clock(begin, quarter - one) for one in range(5)]  # an hour the clock shows twice is four quarters
        after = [_clock(begin, quarter + one) for one in range(5)]
        begun = any(minute >= since for shown, minute in before if shown == day)
        return begun and any(minute < until for shown, minute in after if shown == day)

    def _is_away(self, quarter: int) -> bool:
        return self.has_left(quarter) or any(since <= quarter < until for since, until in self.absent)


@cache
def _clock(begin: datetime, quarter: int) -> tuple[int, int]:
    """Return the weekday and the minute of the day that a Finnish clock shows."""
    local = (begin + quarter * QUARTER).astimezone(FINLAND)
    return local.isoweekday(), local.hour * 60 + local.minute


def _bits(holds: Callable[[int], bool]) -> int:
    return sum(1 << quarter for quarter in range(END) if holds(quarter))


def _of(bits: int, since: int, until: int) -> int:
    """Return the bits from one quarter until before another."""
    return (bits >> since) & ((1 << max(until - since, 0)) - 1)


@dataclass
class Case:
    """One request."""

    id: int
    author: str
    arrived: int
    state: str = "arrived"
    person: int | None = None
    ground: str | None = None
    closed: int | None = None
    warned: list[int] = field(default_factory=list)


@dataclass
class World:
    begin: datetime
    prescribers: list[Person]
    physicians: list[Person]
    served_until: int | None = None
    prevented: list[tuple[int, int]] = field(default_factory=list)
    warnings: tuple[int, ...] = WARNINGS
    hand_over: int = HAND_OVER
    cases: list[Case] = field(default_factory=list)

    def look(self, now: int) -> None:
        for case in self.cases:
            if case.closed is None and case.arrived <= now:
                self._look_at(case, now)

    def answer(self, case: Case, state: str, now: int) -> bool:
        if case.closed is not None or now >= case.arrived + LAPSE:
            return False
        case.state, case.closed = state, now
        return True

    def _look_at(self, case: Case, now: int) -> None:
        if now >= case.arrived + LAPSE:
            case.state, case.closed = "lapsed", case.arrived + LAPSE
            return
        given = max(case.warned, default=0)  # what is less urgent than a warning that was given is overtaken by it
        due = [hours for hours in self.warnings if hours > given and self._warns(case, hours) <= now]
        case.warned += due
        if case.state == "with_physician":
            self._to_physician(case, now, str(case.ground))
        else:
            self._place(case, now)

    def _warns(self, case: Case, hours: int) -> int:
        reached = case.arrived + hours * 4
        for quarter in range(reached, case.arrived - 1, -1):
            local = (self.begin + quarter * QUARTER).astimezone(FINLAND)
            if (local.hour, local.minute) in SLOTS:
                return quarter
        return case.arrived

    def _until(self, case: Case) -> int:
        end = case.arrived + LAPSE
        latest = min(case.arrived + 4 * self.hand_over, end - PHYSICIAN_DAY)
        works = []
        for one in self.physicians:
            ahead = _of(one.works(self.begin), case.arrived, end)
            quarters = [quarter for quarter in range(end - case.arrived) if ahead >> quarter & 1]
            works += [case.arrived + quarters[-PHYSICIAN_WORK]] if len(quarters) >= PHYSICIAN_WORK else []
        latest = min([latest, max(works)] if works else [latest])
        return latest if self.served_until is None else max(min(latest, self.served_until), case.arrived)

    def _place(self, case: Case, now: int) -> None:
        until = self._until(case)
        if self.served_until is not None and now >= self.served_until:
            self._to_physician(case, now, "no_agreement")
        elif any(since <= now < to for since, to in self.prevented):
            self._to_physician(case, now, "said")
        elif now >= until:
            self._to_physician(case, now, "no_answer")
        else:
            self._find(case, now, until)

    def _find(self, case: Case, now: int, until: int) -> None:
        mine = [one for one in self.prescribers if one.id == case.person]
        if mine and self._keeps(mine[0], now, until):
            return None
        others = [one for one in self.prescribers if one.id != case.person]
        for one in others:
            if one.code == case.author and self._can(one, now, until):
                return self._give(case, "with_prescriber", one, "original")
        able = [
            one for one in others if one.code != case.author and one.here and one.full and self._can(one, now, until)
        ]
        if able:
            chosen = min(able, key=lambda one: (self._load(one), self._first(one, now, until), one.id))
            return self._give(case, "with_prescriber", chosen, "colleague")
        return self._to_physician(case, now, "all_absent")

    def _to_physician(self, case: Case, now: int, ground: str) -> None:
        end = case.arrived + LAPSE
        ordered = sorted(self.physicians, key=lambda one: (one.deputy, one.id))
        here = [one for one in ordered if not one.has_left(now)]
        mine = [one for one in here if one.id == case.person]
        if mine and self._keeps(mine[0], now, end):
            return self._give(case, "with_physician", mine[0], ground)
        for one in here:
            if one not in mine and self._can(one, now, end):
                return self._give(case, "with_physician", one, ground)
        return self._give(case, "with_physician", next(iter(mine or here), None), ground)

    def _give(self, case: Case, state: str, person: Person | None, ground: str) -> None:
        case.state, case.person, case.ground = state, None if person is None else person.id, ground

    def _can(self, one: Person, now: int, until: int) -> bool:
        return _of(one.works(self.begin), now, until).bit_count() >= LEAST

    def _keeps(self, one: Person, now: int, until: int) -> bool:
        would, does = (_of(bits, now, until) for bits in (one.pattern(self.begin), one.works(self.begin)))
        return not one.has_left(now) and (does.bit_count() >= LEAST or does == would)

    def _load(self, one: Person) -> int:
        return sum(case.closed is None and case.person == one.id for case in self.cases)

    def _first(self, one: Person, now: int, until: int) -> int:
        ahead = _of(one.works(self.begin), now, until)
        return (ahead & -ahead).bit_length()
