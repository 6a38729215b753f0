"""With whom a request is to be (clause 15): who wrote the prescription, another prescriber of the unit, and where the
tenant is prevented, the main connector's responsible physician or a deputy. Pure.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.renewals import deadlines, presence
from kanta_tenancy.renewals.model import (
    Entitlement,
    Ground,
    House,
    Office,
    Passed,
    Prescriber,
    Request,
    Routed,
    Situation,
    State,
    Why,
)

_SMALLEST: Final = timedelta(microseconds=1)
_OFFICES: Final = (Office.RESPONSIBLE_PHYSICIAN, Office.DEPUTY)


def route(request: Request, situation: Situation, at: datetime) -> Routed:
    """Return with whom a request is to be at an instant, and why; whoever has it keeps it while they can.

    One that is with the physician stays with the main connector: what a tenant was prevented from is not given back.
    """
    house = situation.house
    until = deadlines.hand_over_at(request, situation)
    if request.state is State.WITH_PHYSICIAN and request.ground is not None:
        return _to_physician(request, situation, at, request.ground)
    prevented = _prevented(house, at, until)
    if prevented is not None:
        return _to_physician(request, situation, at, prevented)
    search = _Search(request, house, at, until)
    found = search.keeper() or search.original() or search.colleague()
    if found is not None:
        return found
    return _to_physician(request, situation, at, Ground.ALL_ABSENT, search.passed)


def kept_until(request: Request, situation: Situation, at: datetime) -> datetime | None:
    """Return when whoever has a request can keep it no longer, being absent or gone; None: they can to the end."""
    until = request.hand_over_at or request.lapses_at
    least = timedelta(minutes=deadlines.following(request).least_minutes)
    for one in (*situation.house.prescribers, *situation.physicians):
        if one.id == request.person:
            last = presence.able_until(one, at, until, least)
            return None if last is None else last + _SMALLEST
    return None


def _prevented(house: House, at: datetime, until: datetime) -> Ground | None:
    """Say on what ground a tenant is prevented, whoever is at work there; None: it is not."""
    if not presence.covers(house.serves, at):
        return Ground.NO_AGREEMENT
    if presence.covers(house.prevented, at):
        return Ground.SAID
    return Ground.NO_ANSWER if at >= until else None


class _Search:
    """Looks for a prescriber of the house, and remembers who was passed over."""

    def __init__(self, request: Request, house: House, at: datetime, until: datetime) -> None:
        self.passed: tuple[Passed, ...] = ()
        self._request = request
        self._house = house
        self._at = at
        self._until = until
        self._least = timedelta(minutes=deadlines.following(request).least_minutes)

    def keeper(self) -> Routed | None:
        """Leave it with whom it is while they can, as they were chosen then."""
        request = self._request
        for one in self._house.prescribers:
            if one.id == request.person and request.ground is not None:
                theirs = one.code == request.prescriber_code
                why = None if theirs else self._not_here(one)
                if why is None and presence.still_able(one, self._at, self._until, self._least):
                    return _with(State.WITH_PRESCRIBER, one, request.ground, _parsed(request.passed))
                self._note(why or Why.ABSENT)
        return None

    def original(self) -> Routed | None:
        """Give it to whoever wrote the prescription, at whichever unit of the house they are."""
        found = [one for one in self._house.prescribers if one.code == self._request.prescriber_code]
        if not found:
            self._note(Why.UNKNOWN)
        for one in found:
            if one.id == self._request.person:
                continue
            why = self._not_now(one)
            if why is None:
                return _with(State.WITH_PRESCRIBER, one, Ground.ORIGINAL, self.passed)
            self._note(why)
        return None

    def colleague(self) -> Routed | None:
        """Give it to the fully entitled prescriber of the unit who has fewest, and of those to who is there first."""
        able: list[Prescriber] = []
        for one in self._house.prescribers:
            if one.code == self._request.prescriber_code or one.id == self._request.person:
                continue
            why = self._not_here(one) or self._not_now(one)
            if why is None:
                able.append(one)
            else:
                self._note(why)
        if not able:
            return None
        chosen = min(able, key=lambda one: (one.load, self._first_at_work(one), one.id))
        return _with(State.WITH_PRESCRIBER, chosen, Ground.COLLEAGUE, self.passed)

    def _not_here(self, one: Prescriber) -> Why | None:
        if self._request.unit_id not in one.units:
            return Why.ELSEWHERE
        return None if one.entitlement is Entitlement.FULL else Why.LIMITED

    def _not_now(self, one: Prescriber) -> Why | None:
        if one.until is not None and one.until <= day_in_finland(self._at):
            return Why.LEFT
        return None if presence.is_able(one, self._at, self._until, self._least) else Why.ABSENT

    def _first_at_work(self, one: Prescriber) -> datetime:
        return presence.at_work(one, self._at, self._until)[0][0]

    def _note(self, why: Why) -> None:
        counts = {one.why: one.count for one in self.passed}
        counts[why] = counts.get(why, 0) + 1
        self.passed = tuple(Passed(why=each, count=count) for each, count in counts.items())


def _to_physician(
    request: Request, situation: Situation, at: datetime, ground: Ground, passed: tuple[Passed, ...] = ()
) -> Routed:
    """Give it to the responsible physician, else to a deputy; with nobody at work, to whoever is responsible anyway."""
    least = timedelta(minutes=deadlines.following(request).least_minutes)
    here = list(_in_office(situation.physicians, at))
    kept = [one for one in here if one.id == request.person]
    for one in kept:
        if presence.still_able(one, at, request.lapses_at, least):
            return _with(State.WITH_PHYSICIAN, one, ground, passed or _parsed(request.passed))
    for one in here:
        if one not in kept and presence.is_able(one, at, request.lapses_at, least):
            return _with(State.WITH_PHYSICIAN, one, ground, passed)
    if here:
        return _with(State.WITH_PHYSICIAN, (kept or here)[0], ground, passed or _parsed(request.passed))
    return Routed(state=State.WITH_PHYSICIAN, person=None, ground=ground, passed=passed)


def _in_office(physicians: Sequence[Prescriber], at: datetime) -> Iterator[Prescriber]:
    day = day_in_finland(at)
    for office in _OFFICES:
        for one in sorted(physicians, key=lambda each: each.id):
            if one.office is office and one.since <= day and (one.until is None or day < one.until):
                yield one


def _with(state: State, person: Prescriber, ground: Ground, passed: tuple[Passed, ...]) -> Routed:
    return Routed(state=state, person=person.id, ground=ground, passed=passed)


def written(passed: tuple[Passed, ...]) -> str:
    """Return who was passed over, as a request keeps it."""
    return ",".join(f"{one.why}:{one.count}" for one in passed)


def _parsed(text: str) -> tuple[Passed, ...]:
    pairs = (one.partition(":") for one in text.split(",") if one)
    return tuple(Passed(why=Why(why), count=int(count)) for why, _, count in pairs)


def passed_over(request: Request) -> tuple[Passed, ...]:
    """Return who was passed over when a request came to whom it is with."""
    return _parsed(request.passed)
