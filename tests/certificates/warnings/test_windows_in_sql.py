"""The statement that sweeps and the pure rule say the same of any certificates, however often and late it runs."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.warnings import levels, thresholds, weighing
from kanta_tenancy.certificates.warnings.model import THIRD, Level, Lifetime, WarningState
from kanta_tenancy.certificates.warnings.store import sweeps
from kanta_tenancy.kernel.calendar import last_day, start_of_day
from kanta_tenancy.kernel.identifiers import new_id
from tests.certificates.warnings.examples import DAY, INSERT, morning

BEGINNING = date(2026, 3, 1)
NIGHTS = (date(2026, 3, 29), date(2026, 10, 25))
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def a_lifetime(chance: random.Random) -> Lifetime:
    around = start_of_day(chance.choice(NIGHTS) + chance.choice((0, 1, 3, 7, 14, 30, 60, 90, 180)) * DAY)
    not_after = chance.choice(
        (
            around + timedelta(minutes=chance.randint(-200, 300)),
            around,
            datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 500 * 86400)),
        )
    )
    if chance.random() < 0.03:
        not_after = NEVER
    lifetime = timedelta(seconds=chance.choice((3600, 86400, 7 * 86400, 90 * 86400, 365 * 86400, 1825 * 86400)))
    return Lifetime(not_before=not_after - lifetime, not_after=not_after, third_left_at=not_after - lifetime / 3)


def as_the_rule_says(life: Lifetime, kind: str, days: list[date]) -> dict[Level, WarningState]:
    """Return what stands of a certificate when everything after the beginning is looked at on these days."""
    known: dict[Level, WarningState] = {}
    each = thresholds.thresholds_on(BEGINNING, (kind,))[kind].levels
    later = [one for one in each if (due := levels.due_on(life, one)) is not None and due > BEGINNING]
    for day in days:
        weighed = levels.weigh(life, later, day, known)
        if weighed.opened is not None:
            known = dict.fromkeys(known, WarningState.SUPERSEDED) | {weighed.opened: WarningState.OPEN}
        known |= dict.fromkeys(weighed.superseded, WarningState.SUPERSEDED)
    return known


@pytest.mark.parametrize("seed", range(4))
async def test_the_statement_puts_down_what_the_rule_says(watch, seed):
    chance = random.Random(seed)  # noqa: S311 -- a test that can be repeated
    lives = {new_id(): (chance.choice(list(kinds())), a_lifetime(chance)) for _ in range(400)}
    await watch.owner.executemany(
        INSERT,
        [
            (one, watch.realm, str(one).encode(), kind, None, "CN=x", "x", life.not_before, life.not_after,
             life.third_left_at, False, watch.clock.now(), None, None, None)
            for one, (kind, life) in lives.items()
        ],
    )  # fmt: skip
    days = sorted({BEGINNING + chance.randint(1, 420) * DAY for _ in range(chance.choice((2, 5, 12)))})
    async with watch.database.transaction(watch.caller) as tx:
        await sweeps.begin(tx, BEGINNING, at=watch.clock.now())
    for day in days:
        async with watch.database.transaction(watch.caller) as tx:
            assert await weighing.catch_up(tx, morning(day)) == day
    found: dict[object, dict[Level, WarningState]] = {one: {} for one in lives}
    for row in await watch.owner.fetch("SELECT certificate_id, level, state, due_on, ends_on FROM certificate_warning"):
        _, life = lives[row["certificate_id"]]
        found[row["certificate_id"]][Level(row["level"])] = WarningState(row["state"])
        assert row["due_on"] == levels.due_on(life, Level(row["level"]))
        assert row["ends_on"] == last_day(life.not_after)
    for one, (kind, life) in lives.items():
        assert found[one] == as_the_rule_says(life, kind, days), (kind, life, days)
    assert sum(THIRD in levels_of for levels_of in found.values()) > 10


async def test_what_is_looked_at_by_itself_and_what_is_swept_come_to_the_same(watch):
    chance = random.Random(7)  # noqa: S311 -- a test that can be repeated
    ids = []
    for number in range(60):
        life = a_lifetime(chance)
        days = (life.not_after - life.not_before) / DAY
        if life.not_after != NEVER:
            kind = chance.choice(list(kinds()))
            ids.append(await watch.certificate(BEGINNING, f"n{number}", days=days, not_after=life.not_after, kind=kind))
    await watch.hear()
    for day in (40, 41, 90, 200):
        at = morning(BEGINNING + day * DAY)
        async with watch.database.transaction(watch.caller) as tx:
            through = await weighing.catch_up(tx, at)
        before = [await watch.warnings(one) for one in ids]
        async with watch.database.transaction(watch.caller) as tx:
            assert await weighing.weigh(tx, ids, through, at=at) == []
        assert [await watch.warnings(one) for one in ids] == before
