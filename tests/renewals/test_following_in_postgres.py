"""The slow model held against the service itself: real rows, real transactions, what is due looked at by the worker."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.renewals.actions import policies, prescribers
from kanta_tenancy.renewals.errors import MoveNotAllowed
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Entitlement, Office, Policy, Reason, Shift
from kanta_tenancy.renewals.reading import Whole
from kanta_tenancy.renewals.staff import KnownPrescriber
from tests.renewals.practice import Practice
from tests.renewals.slow_model import DAY, QUARTER, Case, Person, World
from tests.renewals.test_following_a_request import BEGINS, CODES, LAST, POLICIES, _time

SEEDS = range(15)
OFFICES = (Office.RESPONSIBLE_PHYSICIAN, Office.DEPUTY)
ACTS = ("absent", "absent", "absent", "prevented", "leaves", "policy", "answer")


class Story:
    """A tenant and its requests in the database, and the same in the slow model."""

    def __init__(self, practice: Practice, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- chance, not secrecy
        self.practice = practice
        self.clock = practice.clock
        self.known: dict[int, KnownPrescriber] = {}
        self.seen: Whole | None = None
        self.answers = 0
        begin = BEGINS[seed % len(BEGINS)]
        case = Case(id=0, author=self.chance.choice(CODES), arrived=self.chance.randrange(2 * DAY))
        prescribers_ = [self._person(1 + number, CODES[number]) for number in range(self.chance.randrange(4))]
        physicians = [
            self._person(11 + number, f"90000{number}", deputy=number > 0)
            for number in range(self.chance.choice([1, 2]))
        ]
        self.world = World(begin=begin, prescribers=prescribers_, physicians=physicians, cases=[case])
        self.acts = sorted((self.chance.randrange(LAST), self.chance.choice(ACTS)) for _ in range(6))

    @property
    def case(self) -> Case:
        [case] = self.world.cases
        return case

    def at(self, quarter: int) -> datetime:
        return self.world.begin + quarter * QUARTER

    def _person(self, number: int, code: str, *, deputy: bool = False) -> Person:
        chance = self.chance
        hours = None
        if chance.random() < 0.5:
            first, length = chance.choice([0, 60 * 3, 60 * 8, 60 * 12]), chance.choice([15, 45, 240, 480])
            days = chance.sample(range(1, 8), chance.randrange(1, 6))
            hours = {day: (first, min(first + length, 24 * 60)) for day in days}
        full, here = chance.random() < 0.7, chance.random() < 0.7
        return Person(id=number, code=code, full=full, here=here, deputy=deputy, hours=hours)

    async def settle(self) -> None:
        practice = self.practice
        self.clock.at = self.world.begin - timedelta(days=1)
        await practice.agree(practice.tenant.tenancy.id)
        practice.unit = await practice.a_unit()
        for one, office in zip(self.world.physicians, OFFICES, strict=False):
            self.known[one.id] = await practice.prescriber(
                tenancy_id=None, code=one.code, office=office, shifts=_shifts(one)
            )
        for one in self.world.prescribers:
            self.known[one.id] = await practice.prescriber(
                code=one.code,
                units=(practice.unit.id,) if one.here else (),
                entitlement=Entitlement.FULL if one.full else Entitlement.LIMITED,
                shifts=_shifts(one),
            )
        await practice.receiving(practice.unit, on=day_in_finland(self.world.begin))

    async def go(self, now: int) -> None:
        """Let a quarter of an hour pass on both sides; the service is asked only when something is due or was done."""
        self.clock.at = self.at(now)
        acts = [what for at, what in self.acts if at == now]
        if now == self.case.arrived:
            self.request = await self.practice.arrived(prescriber_code=self.case.author)
        for what in acts:
            await getattr(self, f"_{what}")(now)
        self.world.look(now)
        if now < self.case.arrived:
            return
        due = self.seen is None or (self.seen.request.is_open and self.seen.request.next_at <= self.at(now))
        if acts or due:
            await self.practice.work()
            self.seen = await self.practice.read(self.request)
        self.compare(now)

    def compare(self, now: int) -> None:
        request, case = self.seen.request, self.case
        names = {None: None} | {each.id: number for number, each in self.known.items()}
        found = (request.state.value, names[request.person], request.ground and request.ground.value)
        assert found == (case.state, case.person, case.ground), (now, case)
        assert request.closed_at == (None if case.closed is None else self.at(case.closed))
        assert [step.hours for step in self.seen.steps if step.done in {"warned", "superseded"}] == case.warned

    async def _absent(self, now: int) -> None:
        who = self.chance.choice([*self.world.prescribers, *self.world.physicians])
        since = now + self.chance.randrange(-DAY, 2 * DAY)
        until = since + self.chance.randrange(1, 4 * DAY)
        who.absent.append((since, until))
        self.known[who.id] = await self.practice.absent(self.known[who.id], self.at(since), self.at(until))

    async def _leaves(self, now: int) -> None:
        who = self.chance.choice([*self.world.prescribers, *self.world.physicians])
        until = day_in_finland(self.at(now)) + timedelta(days=self.chance.randrange(1, 5))
        who.leaves = round((start_of_day(until) - self.world.begin) / QUARTER)
        self.known[who.id] = await self.practice.amended(self.known[who.id], until=until)

    async def _prevented(self, now: int) -> None:
        since = now + self.chance.randrange(2 * DAY)
        until = since + self.chance.randrange(1, 4 * DAY)
        self.world.prevented.append((since, until))
        tenant = self.practice.tenant
        async with self.practice.database.transaction(tenant.caller) as tx:
            await prescribers.be_prevented(
                tx, self.clock, tenancy_id=tenant.tenancy.id, since=self.at(since), until=self.at(until)
            )

    async def _policy(self, _: int) -> None:
        self.world.warnings, self.world.hand_over = self.chance.choice(POLICIES)
        said = Policy(warn_after_hours=self.world.warnings, hand_over_after_hours=self.world.hand_over)
        async with self.practice.database.transaction(self.practice.realm) as tx:
            await policies.choose(tx, self.clock, said)

    async def _answer(self, now: int) -> None:
        """Both sides answer one after the other: the model says whether the first counts; the second never does."""
        if now < self.case.arrived:
            return
        move = self.chance.choice([Move.RENEW, Move.REJECT, Move.RETURN])
        state = {Move.RENEW: "renewed", Move.REJECT: "rejected", Move.RETURN: "returned"}[move]
        counts = self.world.answer(self.case, state, now)
        self.answers += counts
        assert [await self._counts(move, by) for by in self._sides()] == [counts, False]

    def _sides(self) -> Iterator[Caller]:
        yield from self.chance.sample([self.practice.realm, self.practice.tenant.caller], 2)

    async def _counts(self, move: Move, by: Caller) -> bool:
        try:
            await self.practice.answer(self.request, move, by=by, reason=Reason.CARE if move is Move.REJECT else None)
        except MoveNotAllowed:
            return False
        return True


def _shifts(one: Person) -> tuple[Shift, ...]:
    hours = (one.hours or {}).items()
    return tuple(Shift(weekday=day, begins=_time(since), ends=_time(until)) for day, (since, until) in hours)


@pytest.fixture
def bare(database, clock, realm, tenant) -> Practice:
    """A tenant that nobody has named anybody of yet."""
    return Practice(database, clock, realm, tenant)


@pytest.mark.parametrize("seed", SEEDS)
async def test_requests_become_what_a_slow_model_says(bare, owner, seed):
    story = Story(bare, seed)
    await story.settle()
    for now in range(LAST + DAY):
        await story.go(now)
    assert story.case.closed is not None
    assert story.answers == (story.case.state != "lapsed")
    closed = "SELECT count(*) FROM renewal_step WHERE done IN ('renewed', 'rejected', 'returned', 'lapsed')"
    assert await owner.fetchval(closed) == 1
    owed = await owner.fetchval("SELECT count(*) FROM renewal_duty")
    assert owed == (story.case.state in {"rejected", "lapsed"})
