"""Random histories of a few promises, against a slow model of the rules that knows no database."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.promises import Kept, Later, NotNow, Released, keep, pay_due, release, retry
from kanta_tenancy.promises.errors import PromiseSettled
from tests.promises.examples import NOON, ledger, owed, promised

NAMES = ("1", "2", "3")
WAITS_S = (10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600)
minutes = st.integers(-30, 240).map(lambda number: timedelta(minutes=number))


class Owe(Record, frozen=True, kw_only=True):
    name: str
    due: timedelta  # from now


class Settle(Record, frozen=True, kw_only=True):
    name: str
    move: str


class Pass(Record, frozen=True, kw_only=True):
    time: timedelta


class Pay(Record, frozen=True, kw_only=True):
    ends: tuple[str, str, str]  # how each keeper ends that is called
    later: timedelta


names = st.sampled_from(NAMES)
ends = st.sampled_from(["kept", "fails", "fails", "later", "released"])
histories = st.lists(
    st.builds(Owe, name=names, due=minutes)
    | st.builds(Settle, name=names, move=st.sampled_from(["keep", "release", "retry"]))
    | st.builds(Pass, time=st.integers(1, 5000).map(lambda number: timedelta(seconds=number)))
    | st.builds(Pay, ends=st.tuples(ends, ends, ends), later=minutes),
    min_size=1,
    max_size=40,
)


class Model:
    """What should be, by name: state, due time, failures, and when it may be begun."""

    def __init__(self) -> None:
        self.state: dict[str, str] = {}
        self.due: dict[str, datetime] = {}
        self.failed: dict[str, int] = {}
        self.next: dict[str, datetime] = {}
        self.settled: dict[str, datetime | None] = {}

    def owe(self, name: str, due: datetime) -> None:
        if self.state.get(name) in {"kept", "released", "broken"} or self.due.get(name) == due:
            return
        self.state[name], self.due[name], self.failed[name] = "owed", due, 0
        self.next[name], self.settled[name] = due, None

    def settle(self, name: str, move: str, now: datetime) -> bool:
        if self.state.get(name) not in {"owed", "broken"}:
            return False
        self.state[name] = "kept" if move == "keep" else "released"
        self.settled[name] = now
        return True

    def retry(self, name: str) -> bool:
        if self.state.get(name) != "broken":
            return False
        self.state[name], self.failed[name], self.next[name] = "owed", 0, self.due[name]
        return True

    def pay(self, pay: Pay, now: datetime) -> None:
        for name in NAMES:
            if self.state.get(name) == "owed" and self.next[name] <= now:
                self._end(name, pay.ends[NAMES.index(name)], now, now + pay.later)

    def _end(self, name: str, how: str, now: datetime, later: datetime) -> None:
        if how in {"kept", "released"}:
            self.state[name], self.settled[name] = how, now
        elif how == "later":
            self.due[name], self.failed[name] = later, 0
            self.next[name] = max(later, now + timedelta(seconds=1))
        else:
            self.failed[name] += 1
            if self.failed[name] == len(WAITS_S) + 1:
                self.state[name] = "broken"
            else:
                self.next[name] = now + timedelta(seconds=WAITS_S[self.failed[name] - 1])

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (
                f"test.end/{name}",
                state,
                self.due[name],
                self.failed[name],
                self.next[name] if state == "owed" else None,
                self.settled[name],
            )
            for name, state in sorted(self.state.items())
        ]


class Both:
    """The ledger and the model of it, and what is done to both."""

    def __init__(self, database, clock, owner, realm) -> None:
        self.database = database
        self.clock = clock
        self.owner = owner
        self.realm = realm
        self.model = Model()

    async def begin_anew(self) -> None:
        await self.owner.execute("TRUNCATE promise CASCADE")
        self.clock.at, self.model = NOON, Model()

    async def do(self, step: Owe | Settle | Pass | Pay) -> None:
        match step:
            case Owe(name=name, due=due):
                await self.owe(name, self.clock.now() + due)
            case Settle(name=name, move="retry"):
                await self.retry(name)
            case Settle(name=name, move=move):
                await self.settle(name, move)
            case Pass(time=time):
                self.clock.at += time
            case Pay():
                await pay_due(self.database, self.clock, {"test.end": keeper_of(step)})
                self.model.pay(step, self.clock.now())

    async def owe(self, name: str, due: datetime) -> None:
        await promised(self.database, self.realm, owed(int(name), due_at=due))
        self.model.owe(name, due)

    async def settle(self, name: str, move: str) -> None:
        act = {"keep": keep, "release": partial(release, because="Withdrawn")}[move]
        async with self.database.transaction(self.realm) as tx:
            settled = await act(tx, f"test.end/{name}", at=self.clock.now())
        assert settled is self.model.settle(name, move, self.clock.now())

    async def retry(self, name: str) -> None:
        number = await self.owner.fetchval("SELECT id FROM promise WHERE key = $1", f"test.end/{name}")
        if number is None:
            return
        async with self.database.transaction(self.realm) as tx:
            if self.model.retry(name):
                await retry(tx, self.clock, promise_id=number)
            else:
                with pytest.raises(PromiseSettled):
                    await retry(tx, self.clock, promise_id=number)

    async def agree(self) -> bool:
        return await ledger(self.owner, "key, state, due_at, attempts, next_at, settled_at") == self.model.rows()


@pytest.fixture
async def both(database, clock, owner, realm) -> Both:
    made = Both(database, clock, owner, realm)
    await made.begin_anew()
    return made


def keeper_of(pay: Pay):
    async def keeper(_, clock, promise):
        how = pay.ends[NAMES.index(str(promise.facts["number"]))]
        if how == "fails":
            raise NotNow("not now")
        at = clock.now()
        return {"kept": Kept(), "later": Later(due_at=at + pay.later), "released": Released(because="Over")}[how]

    return keeper


async def test_whatever_happens_the_ledger_says_what_the_rules_say(both):
    told: list[list[Any]] = []

    @given(histories)
    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    def collect(history: list[Any]) -> None:
        told.append(history)

    collect()
    for history in told:
        await both.begin_anew()
        for step in history:
            await both.do(step)
        assert await both.agree(), history


async def test_a_promise_fails_twelve_times_is_broken_and_may_begin_anew(both):
    """The long way, which random histories seldom go."""
    await both.do(Owe(name="1", due=timedelta(0)))
    for _ in range(2):
        for _ in range(13):
            await both.do(Pay(ends=("fails", "fails", "fails"), later=timedelta(0)))
            assert await both.agree()
            both.clock.advance(hours=1)
        assert both.model.state["1"] == "broken"
        await both.do(Settle(name="1", move="retry"))
        assert await ledger(both.owner, "state, attempts, next_at") == [("owed", 0, NOON)]
