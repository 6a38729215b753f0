"""Lives at random, against a slow model that knows only what happened when and asks it anew for each day."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from kanta_tenancy.agreements.ends import Period, Unit
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.machinery.postgres import invariants, outbox
from kanta_tenancy.promises import AMISS, audit
from tests.agreements.annex.test_amending import amended
from tests.agreements.conftest import Desk
from tests.agreements.endings.test_ending import walked_months
from tests.agreements.endings.test_life import changed, recorded
from tests.agreements.endings.test_notices import a_notice, agreed, given
from tests.agreements.examples import a_draft

DAY = timedelta(days=1)
BEGINS = datetime(2027, 1, 29, 8, tzinfo=UTC)
SETS = (("prescription",), ("prescription", "imaging"), ("patient_data",), ("will", "info_mgmt"))


def finnish(instant: datetime) -> date:
    return instant.astimezone(HELSINKI).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HELSINKI)


class Life(msgspec.Struct):
    """One agreement: since when, what its annex said in the order of signing, the notices that stand."""

    since: datetime
    said: list[tuple[date, tuple[str, ...]]]
    notices: dict[Any, date] = {}
    over_at: datetime | None = None  # once that is past, nothing changes it


class Model:
    """What happened, and what follows from it by clause 20, worked out from the beginning each time."""

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self.contracts: dict[Any, tuple[date, date | None, Period | None]] = {}

    def end_of(self, life: Life) -> datetime | None:
        if life.over_at is not None:
            return life.over_at
        lasts = [self.last_day(delivered) for delivered in life.notices.values()]
        lasts += [last for _, last, _ in self.contracts.values() if last is not None]
        ends = [midnight(last + DAY) for last in lasts if midnight(last + DAY) > life.since]
        return min(ends, default=None)

    def last_day(self, delivered: date) -> date:
        found = []
        for since, last, period in self.contracts.values():
            if period is not None and since <= delivered and (last is None or delivered <= last):
                months = period.unit is Unit.MONTHS
                found.append(walked_months(delivered, period.count) if months else delivered + period.count * DAY)
        return max(found, default=walked_months(delivered, 1))

    def pass_time(self, now: datetime) -> None:
        for life in self.lives:
            end = self.end_of(life)
            if end is not None and end <= now:
                life.over_at = end

    def current(self) -> Life | None:
        return self.lives[-1] if self.lives and self.lives[-1].over_at is None else None

    def services_on(self, day: date) -> tuple[str, ...]:
        for life in reversed(self.lives):
            end = self.end_of(life)
            if finnish(life.since) <= day and (end is None or day < finnish(end)):
                return [services for since, services in life.said if since <= day][-1]
        return ()


ON_PAPER = 0.3  # so often somebody signs by hand


class Player:
    """Does the same to the service and to the model."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk = desk
        self.chance = chance
        self.model = Model()
        self.agreement: Any = None
        self.notices: list[Any] = []
        self.contracts: list[Any] = []

    @property
    def today(self) -> date:
        return finnish(self.desk.clock.now())

    async def sign(self) -> None:
        services = self.chance.choice(SETS)
        now = self.desk.clock.now()
        earlier = self.model.current()
        if earlier is not None:
            earlier.over_at = now
        self.agreement = await self.desk.offered(a_draft(services=services))
        for who in self.agreement.signatories:
            signing = self.desk.sign_on_paper if self.chance.random() < ON_PAPER else self.desk.sign
            self.agreement = await signing(self.agreement, who)
        self.model.lives.append(Life(since=now, said=[(self.today, services)]))
        self.notices = []

    async def amend(self) -> None:
        life = self.model.current()
        if life is None:
            return
        day, services = self.today + self.chance.randint(0, 60) * DAY, self.chance.choice(SETS)
        end = self.model.end_of(life)
        if end is not None and day >= finnish(end):
            return
        await amended(self.desk, self.agreement, *services, on=day)
        life.said.append((day, services))

    async def notice(self) -> None:
        life = self.model.current()
        if life is None:
            return
        party = self.chance.choice(list(Party))
        delivered = self.today - (0 if party is Party.TENANT else self.chance.randint(0, 9)) * DAY
        delivered = max(delivered, finnish(life.since))
        said = {"given_on": min(delivered, self.today), "message": "x"}
        if party is Party.MAIN_CONNECTOR:
            said |= {"delivered_on": delivered, "delivered_how": "receipt"}
        made = await given(self.desk, self.agreement, a_notice(party, **said))
        self.notices.append(made)
        life.notices[made.id] = delivered
        self.model.pass_time(self.desk.clock.now())

    async def let_go(self) -> None:
        life = self.model.current()
        if life is None or not self.notices:
            return
        notice = self.notices.pop(self.chance.randrange(len(self.notices)))
        await agreed(self.desk, await agreed(self.desk, notice, Party.TENANT), Party.MAIN_CONNECTOR)
        del life.notices[notice.id]

    async def contract(self) -> None:
        period = self.chance.choice((None, Period(count=2, unit=Unit.MONTHS), Period(count=10, unit=Unit.DAYS)))
        exhibit = None if period is None else (await self.desk.exhibit(Party.MAIN_CONNECTOR)).id
        since = self.today - self.chance.randint(0, 90) * DAY
        made = await recorded(
            self.desk, name=f"S-{len(self.contracts)}", since=since, period=period, exhibit_id=exhibit
        )
        self.contracts.append(made)
        self.model.contracts[made.id] = (since, None, period)
        self.model.pass_time(self.desk.clock.now())

    async def end_contract(self) -> None:
        if not self.contracts:
            return
        place = self.chance.randrange(len(self.contracts))
        before = self.contracts[place]
        last = max(before.since, self.today + self.chance.randint(-20, 80) * DAY)
        self.contracts[place] = await changed(self.desk, before, last_day=last)
        self.model.contracts[before.id] = (before.since, last, before.period)
        self.model.pass_time(self.desk.clock.now())

    async def wait(self) -> None:
        self.desk.clock.advance(days=self.chance.randint(0, 40), seconds=self.chance.randint(1, 86_400))
        self.model.pass_time(self.desk.clock.now())

    async def work(self) -> None:
        await promised.pay(self.desk.database, self.desk.clock)
        while await outbox.carry_on(self.desk.database, self.desk.clock, SUBSCRIBERS):
            pass


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
async def test_a_life_at_random_is_what_a_slow_model_says_of_each_day(desk, database, seed):
    desk.clock.at = BEGINS
    player = Player(desk, random.Random(seed))  # noqa: S311 -- the same lives in every run
    doing = [player.sign, player.amend, player.amend, player.notice, player.notice, player.let_go, player.contract]
    doing += [player.end_contract, player.wait, player.wait, player.wait, player.work]
    await player.sign()
    for _ in range(40):
        await player.chance.choice(doing)()
    day = BEGINS.date() - DAY
    while day < player.today + 200 * DAY:
        assert await desk.services_on(day) == player.model.services_on(day), day
        day += DAY
    await player.work()
    async with database.transaction(desk.main_connector) as tx:
        found = await audit(tx, desk.clock.now(), promised.EXPECTATIONS)
    assert [one for one in found if one.what in AMISS] == []
    assert await invariants.broken(database) == {}
