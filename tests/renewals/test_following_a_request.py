"""What becomes of requests over their eight days, held against a slow model that looks at everything at every quarter.

Absences, statements that the tenant is prevented, answers that race, agreements that end, hand-overs: at random, and in
the weeks in which the clocks change.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland, start_of_day
from kanta_tenancy.renewals import lifecycle
from kanta_tenancy.renewals.deciding import decide
from kanta_tenancy.renewals.errors import MoveNotAllowed
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import (
    Done,
    Entitlement,
    House,
    Office,
    Party,
    Policy,
    Prescriber,
    Request,
    Shift,
    Situation,
    Span,
    State,
)
from tests.renewals.examples import ALWAYS, UNIT, a_prescriber, a_request
from tests.renewals.slow_model import DAY, LAPSE, QUARTER, WARNINGS, Case, Person, World

BEGINS = [
    datetime(2026, 3, 24, tzinfo=HELSINKI).astimezone(UTC),  # the clocks go forward on the 29th
    datetime(2026, 10, 20, tzinfo=HELSINKI).astimezone(UTC),  # and back on the 25th
    datetime(2026, 6, 1, tzinfo=HELSINKI).astimezone(UTC),
]
CODES = ("111111", "222222", "333333")
LAST = 10 * DAY
quarters = st.integers(0, LAST)
POLICIES = [(WARNINGS, 144), ((24,), 168), ((150, 160, 190), 1), ((1, 167), 90), ((120,), 144)]


@dataclass(frozen=True)
class Happens:
    """Something that people do at a quarter."""

    at: int
    what: str
    whom: int
    since: int
    length: int


@st.composite
def hours(draw: st.DrawFn) -> dict[int, tuple[int, int]] | None:
    if draw(st.booleans()):
        return None
    days = draw(st.sets(st.integers(1, 7), max_size=5))
    first = draw(st.sampled_from([0, 60 * 3, 60 * 8, 60 * 12]))
    return {day: (first, min(first + draw(st.sampled_from([15, 45, 240, 480])), 24 * 60)) for day in days}


@st.composite
def people(draw: st.DrawFn, first: int, most: int) -> list[Person]:
    return [
        Person(
            id=first + number,
            code=CODES[number] if first == 1 else f"90000{number}",
            full=draw(st.booleans()),
            here=draw(st.booleans()),
            deputy=number > 0,
            hours=draw(hours()),
        )
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    return World(
        begin=draw(st.sampled_from(BEGINS)),
        prescribers=draw(people(1, 3)),
        physicians=draw(people(11, 2)),
        served_until=draw(st.none() | quarters.map(lambda quarter: quarter // DAY * DAY)),
        cases=[
            Case(id=number, author=draw(st.sampled_from(CODES)), arrived=draw(st.integers(0, 2 * DAY)))
            for number in range(draw(st.integers(1, 3)))
        ],
    )


happenings = st.lists(
    st.builds(
        Happens,
        at=quarters,
        what=st.sampled_from(["absent", "absent", "prevented", "leaves", "policy", "renew", "reject", "return"]),
        whom=st.integers(0, 4),
        since=st.integers(-DAY, 2 * DAY),
        length=st.integers(1, 4 * DAY),
    ),
    max_size=8,
)


class Fast:
    """The same people and requests as the program knows them, looked at only when they have to be."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests = [
            a_request(
                self.at(case.arrived),
                id=UUID(int=case.id + 1),
                prescriber_code=case.author,
                next_at=self.at(case.arrived),
            )
            for case in world.cases
        ]
        self.warned: dict[UUID, list[int]] = {one.id: [] for one in self.requests}
        self.lapsed_with: list[Party | None] = []

    def at(self, quarter: int) -> datetime:
        return self.world.begin + quarter * QUARTER

    def look(self, now: int) -> None:
        instant = self.at(now)
        due = [one for one in self.requests if one.is_open and one.arrived_at <= instant and one.next_at <= instant]
        for request in sorted(due, key=lambda one: one.id):
            decided = decide(request, self.situation(), instant)
            self.warned[request.id] += [*decided.overtaken, *([] if decided.warn is None else [decided.warn])]
            if decided.done is Done.LAPSED:
                self.lapsed_with.append(decided.lapsed_with)
            self.put(decided.request)

    def put(self, request: Request) -> None:
        self.requests = [request if one.id == request.id else one for one in self.requests]

    def reconsider(self, now: int) -> None:
        """Do as an act does: whatever is open is looked at again."""
        for one in self.requests:
            if one.is_open and one.arrived_at <= self.at(now):
                self.put(replace(one, next_at=min(one.next_at, self.at(now))))

    def situation(self) -> Situation:
        world = self.world
        serves = ALWAYS if world.served_until is None else Span(since=ALWAYS.since, until=self.at(world.served_until))
        house = House(
            prescribers=tuple(self.person(one, Office.PRESCRIBER) for one in world.prescribers),
            prevented=tuple(Span(since=self.at(a), until=self.at(b)) for a, b in world.prevented),
            serves=(serves,),
        )
        physicians = tuple(
            self.person(one, Office.DEPUTY if one.deputy else Office.RESPONSIBLE_PHYSICIAN) for one in world.physicians
        )
        policy = Policy(warn_after_hours=world.warnings, hand_over_after_hours=world.hand_over)
        return Situation(house=house, physicians=physicians, policy=policy)

    def person(self, one: Person, office: Office) -> Prescriber:
        identity = UUID(int=one.id)
        return a_prescriber(
            id=identity,
            code=one.code,
            office=office,
            entitlement=Entitlement.FULL if one.full else Entitlement.LIMITED,
            units=frozenset({UNIT}) if one.here else frozenset(),
            until=None if one.leaves is None else day_in_finland(self.at(one.leaves)),
            shifts=tuple(
                Shift(weekday=day, begins=_time(since), ends=_time(until))
                for day, (since, until) in (one.hours or {}).items()
            )
            or _never(one),
            absences=tuple(Span(since=self.at(a), until=self.at(b)) for a, b in one.absent),
            load=sum(request.is_open and request.person == identity for request in self.requests),
        )


def _time(minutes: int) -> time:
    return time() if minutes == 24 * 60 else time(minutes // 60, minutes % 60)


def _never(one: Person) -> tuple[Shift, ...]:
    """Nobody said when: always. Said and never: a shift that is over before it begins."""
    return () if one.hours is None else (Shift(weekday=1, begins=time(12), ends=time(11)),)


def happen(world: World, fast: Fast, one: Happens, now: int) -> None:
    everyone = [*world.prescribers, *world.physicians]
    if one.what == "prevented":
        world.prevented.append((now + max(one.since, 0), now + max(one.since, 0) + one.length))
    elif one.what == "absent" and everyone:
        everyone[one.whom % len(everyone)].absent.append((now + one.since, now + one.since + one.length))
    elif one.what == "leaves" and everyone:
        begins = start_of_day(day_in_finland(fast.at(now)) + timedelta(days=1 + one.length // DAY))
        everyone[one.whom % len(everyone)].leaves = round((begins - world.begin) / QUARTER)
    elif one.what == "policy":
        world.warnings, world.hand_over = POLICIES[one.whom]
    elif one.what in {"renew", "reject", "return"}:
        answer(world, fast, one, now)
    fast.reconsider(now)


def answer(world: World, fast: Fast, one: Happens, now: int) -> None:
    """Two answer at once, the tenant and the physician: the model says which counts, and exactly one does."""
    case = world.cases[one.whom % len(world.cases)]
    if now < case.arrived:
        return
    state = {"renew": "renewed", "reject": "rejected", "return": "returned"}[one.what]
    counts = world.answer(case, state, now)
    counted = []
    for party in Party:
        try:
            request = next(each for each in fast.requests if each.id == UUID(int=case.id + 1))
            reason = lifecycle.Reason.CARE if one.what == "reject" else None
            fast.put(lifecycle.answer(request, Move(one.what), by=party, reason=reason, at=fast.at(now)))
            counted.append(party)
        except MoveNotAllowed:
            continue
    assert len(counted) == int(counts)


def compare(world: World, fast: Fast, now: int) -> None:
    for case, request in zip(world.cases, fast.requests, strict=True):
        if case.arrived > now:
            continue
        person = None if request.person is None else request.person.int
        assert (request.state.value, person, request.ground and request.ground.value) == (
            case.state,
            case.person,
            case.ground,
        ), (now, case, request)
        assert fast.warned[request.id] == case.warned
        assert request.closed_at == (None if case.closed is None else fast.at(case.closed))
        if request.is_open:
            check_open(request, fast, now)


def check_open(request: Request, fast: Fast, now: int) -> None:
    """An open request is with exactly one side, by name as long as that side has anybody, and has not lapsed."""
    assert request.state is not State.ARRIVED
    assert request.next_at > fast.at(now)
    assert fast.at(now) < request.lapses_at
    assert (request.hand_over_at is not None) == (request.state is State.WITH_PRESCRIBER)
    assert request.state is State.WITH_PHYSICIAN or request.person is not None
    names = {one.id for one in (fast.world.prescribers if request.hand_over_at else fast.world.physicians)}
    assert request.person is None or request.person.int in names


def check_warned(warned: list[int], happened: list[Happens], case: Case) -> None:
    """Nothing lapses unwarned: of all warnings, or, when the policy changed, of the last one that it then had."""
    chosen = [POLICIES[one.whom] for one in sorted(happened, key=_at) if one.what == "policy" and one.at < case.closed]
    if not chosen:
        assert warned == list(WARNINGS)
        return
    warnings, _ = chosen[-1]
    assert warned == sorted(set(warned)), "each once"
    assert warned[-1] >= warnings[-1]


def _at(one: Happens) -> int:
    return one.at


@settings(max_examples=150, phases=(Phase.explicit, Phase.generate))
@given(worlds(), happenings)
def test_requests_become_what_a_slow_model_says_at_every_quarter_of_an_hour(world: World, happened: list[Happens]):
    fast = Fast(world)
    for now in range(LAST + DAY):
        for one in happened:
            if one.at == now:
                happen(world, fast, one, now)
        world.look(now)
        fast.look(now)
        compare(world, fast, now)
    for case, request in zip(world.cases, fast.requests, strict=True):
        assert not request.is_open, "nothing is forgotten"
        if request.state is State.LAPSED:
            check_warned(fast.warned[request.id], happened, case)
            assert request.closed_at == request.arrived_at + timedelta(hours=192)
            assert case.closed == case.arrived + LAPSE


@settings(max_examples=100, phases=(Phase.explicit, Phase.generate))
@given(worlds(), happenings, st.lists(st.integers(0, 12 * DAY), min_size=1, max_size=6))
def test_looking_late_and_seldom_loses_nothing_and_does_nothing_twice(
    world: World, happened: list[Happens], looks: list[int]
):
    fast = Fast(world)
    end = 12 * DAY
    for now in sorted({*looks, end, *(one.at for one in happened)}):
        for one in happened:
            if one.at == now:
                happen(world, fast, one, now)  # of two answers at once one counts, and none after the lapse
        if now in looks or now == end:
            fast.look(now)
            before = list(fast.requests)
            warned = {key: list(value) for key, value in fast.warned.items()}
            fast.look(now)
            assert (fast.requests, fast.warned) == (before, warned), "a second look changes nothing"
    assert len(fast.lapsed_with) == sum(one.state is State.LAPSED for one in fast.requests)
    for case, request in zip(world.cases, fast.requests, strict=True):
        given_ = fast.warned[request.id]
        assert given_ == sorted(set(given_)), "each warning once, the more urgent later"
        if case.closed is not None:
            assert (request.state.value, request.closed_at) == (case.state, fast.at(case.closed)), "as it was answered"
            continue
        assert request.state is State.LAPSED
        assert request.closed_at == request.lapses_at, "at its instant, whenever it was put down"
        seen = [now for now in looks if request.arrived_at + timedelta(hours=168) <= fast.at(now) < request.lapses_at]
        changed = any(one.what == "policy" for one in happened)
        assert changed or not seen or given_[-1] == 168, "whoever looked in the last day warned"


@pytest.mark.parametrize("begin", BEGINS)
def test_eight_days_are_192_hours_on_every_clock(begin: datetime):
    request = a_request(begin + timedelta(hours=13))
    assert request.lapses_at - request.arrived_at == timedelta(hours=192)
