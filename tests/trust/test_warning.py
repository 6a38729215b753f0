"""The administrators are told in time that a trusted certificate expires, each time once."""

from datetime import date, timedelta

import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly.promised import EXPECTATIONS, KEEPERS
from kanta_tenancy.parties import Function
from kanta_tenancy.trust import owing
from kanta_tenancy.trust.model import AnchorKind
from tests.parties.examples import named, owner_of
from tests.trust.examples import BEGINS, NOON, ROOT, an_anchor, an_authority, loaded, removed

YEAR = an_authority(lasts=timedelta(days=365))
END = BEGINS + timedelta(days=365)
TOLD = "SELECT key, subject ->> 'en' AS subject, urgent, told_at, email FROM notice ORDER BY told_at, email"


@pytest.fixture
async def administrators(database, clock, realm) -> None:
    own = await owner_of(database, realm)
    for email, function in (
        ("aino@example.org", Function.ADMINISTRATOR),
        ("eino@example.org", Function.ADMINISTRATOR),
        ("muu@example.org", Function.AGREEMENTS),
    ):
        await named(database, clock, realm, own, email=email, function=function, valid_from=date(2020, 1, 1))


async def pay(database, clock, *, until) -> None:
    """Let a working service live through the days until an instant."""
    while clock.now() < until:
        clock.advance(days=1)
        await promises.pay_due(database, clock, KEEPERS)


@pytest.mark.usefixtures("administrators")
async def test_they_are_told_a_quarter_a_month_and_a_week_before_and_when_it_is_over(database, clock, owner, realm):
    clock.at = END - timedelta(days=100)
    await loaded(database, clock, realm, YEAR)
    await pay(database, clock, until=END + timedelta(days=40))
    told = await owner.fetch(TOLD)
    assert [row["email"] for row in told] == ["aino@example.org", "eino@example.org"] * 4
    assert [END - row["told_at"] for row in told[::2]] == [timedelta(days=days) for days in (90, 30, 7, 0)]
    assert [row["subject"] for row in told[::2]] == ["A trusted certificate expires soon"] * 3 + [
        "A trusted certificate has expired"
    ]
    assert [row["urgent"] for row in told[::2]] == [False, False, True, True]
    async with database.transaction(realm) as tx:
        (promise,) = await promises.page(tx, promises.Wanted(kind=owing.WARN), after=None, count=9)
    assert promise.state is promises.State.KEPT


@pytest.mark.usefixtures("administrators")
async def test_after_days_without_a_service_only_the_most_urgent_is_told_once(database, clock, owner, realm):
    await loaded(database, clock, realm, YEAR)
    clock.at = END - timedelta(days=5)
    for _ in range(3):
        await promises.pay_due(database, clock, KEEPERS)
        clock.advance(hours=1)
    assert [row["key"].split("/")[2] for row in await owner.fetch(TOLD)] == ["7", "7"]


@pytest.mark.usefixtures("administrators")
async def test_one_that_expires_soon_when_it_is_loaded_is_told_of_at_once(database, clock, owner, realm):
    clock.at = END - timedelta(days=20)
    await loaded(database, clock, realm, YEAR, kind=AnchorKind.INTERMEDIATE)
    assert await promises.pay_due(database, clock, KEEPERS) == 1
    assert [row["key"].split("/")[2] for row in await owner.fetch(TOLD)] == ["30", "30"]


@pytest.mark.usefixtures("administrators")
async def test_nobody_is_told_of_one_that_was_removed(database, clock, owner, realm):
    (one,) = await loaded(database, clock, realm, YEAR)
    await removed(database, clock, realm, one.anchor)
    await pay(database, clock, until=END)
    assert await owner.fetch(TOLD) == []


async def test_where_nobody_is_named_the_promise_goes_on(database, clock, owner, realm):
    await loaded(database, clock, realm, YEAR)
    clock.at = END - timedelta(days=60)
    assert await promises.pay_due(database, clock, KEEPERS) == 1
    async with database.transaction(realm) as tx:
        (promise,) = await promises.page(tx, promises.Wanted(kind=owing.WARN), after=None, count=9)
    assert (promise.state, promise.due_at) == (promises.State.OWED, END - timedelta(days=30))


async def test_the_audit_misses_a_warning_that_is_not_owed(database, clock, owner, realm):
    kept, gone = [
        (await loaded(database, clock, realm, certificate))[0].anchor for certificate in (ROOT, an_authority())
    ]
    await removed(database, clock, realm, gone)
    async with database.transaction(realm) as tx:
        assert await promises.audit(tx, clock.now(), EXPECTATIONS) == []
    await owner.execute("DELETE FROM promise_work")
    await owner.execute("DELETE FROM promise")
    async with database.transaction(realm) as tx:
        (finding,) = await promises.audit(tx, clock.now(), EXPECTATIONS)
    assert (finding.what, finding.key) == (promises.What.MISSING, owing.warning_key(kept))


@pytest.mark.parametrize(
    ("left", "reached", "following"),
    [
        (91, None, 90),
        (90, 90, 30),
        (31, 90, 30),
        (30, 30, 7),
        (8, 30, 7),
        (7, 7, 0),
        (1, 7, 0),
        (0, 0, None),
        (-9, 0, None),
    ],
)
def test_which_warning_is_due_depends_on_the_days_that_are_left(left, reached, following):
    anchor = an_anchor(YEAR)
    at = END - timedelta(days=left)
    assert owing.reached(anchor, at) == (None if reached is None else timedelta(days=reached))
    assert owing.next_warning(anchor, at) == (None if following is None else END - timedelta(days=following))
    assert owing.to_warn(anchor, at=at).due_at == (END - timedelta(days=90) if left > 90 else at)


def test_nothing_in_the_promise_is_a_persons():
    anchor = an_anchor(ROOT)
    owed = owing.to_warn(anchor, at=NOON)
    for text in (owed.title.fi, owed.title.sv, owed.title.en, str(owed.facts)):
        assert anchor.name not in text
