"""The administrators are told in time that a trusted certificate expires, each time once."""

from datetime import date, timedelta

import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly.promised import EXPECTATIONS, KEEPERS
from kanta_tenancy.certificates.inventory import intake, reading
from kanta_tenancy.certificates.inventory.actions import certificates
from kanta_tenancy.certificates.inventory.model import Arrival
from kanta_tenancy.parties import Function
from kanta_tenancy.trust import owing
from kanta_tenancy.trust.model import AnchorKind
from tests.certificates.inventory.examples import HANDED_IN
from tests.parties.examples import named, owner_of
from tests.trust.examples import BEGINS, NOON, ROOT, an_anchor, an_authority, loaded, removed

YEAR = an_authority(lasts=timedelta(days=365))
END = BEGINS + timedelta(days=365)
THIRD = 365 / 3
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
async def test_they_are_told_when_a_third_is_left_on_certain_days_before_the_end_and_then(
    database, clock, owner, realm
):
    clock.at = END - timedelta(days=130)
    await loaded(database, clock, realm, YEAR)
    await pay(database, clock, until=END + timedelta(days=40))
    told = await owner.fetch(TOLD)
    assert [row["email"] for row in told] == ["aino@example.org", "eino@example.org"] * 9
    assert [(END - row["told_at"]).days for row in told[::2]] == [121, 90, 60, 30, 14, 7, 3, 1, 0]
    assert [row["subject"] for row in told[::2]] == [
        "A third of the lifetime of a trusted certificate is left",
        *["A trusted certificate expires soon"] * 7,
        "A trusted certificate has expired",
    ]
    assert [row["urgent"] for row in told[::2]] == [False] * 5 + [True] * 4
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
        (122, None, THIRD),
        (121, THIRD, 90),
        (90, 90, 60),
        (31, 60, 30),
        (14, 14, 7),
        (7, 7, 3),
        (2, 3, 1),
        (0, 0, None),
        (-9, 0, None),
    ],
)
def test_which_warning_is_due_depends_on_the_days_that_are_left(left, reached, following):
    anchor = an_anchor(YEAR)
    at = END - timedelta(days=left)
    assert owing.reached(anchor, at) == (None if reached is None else timedelta(days=reached))
    assert owing.next_warning(anchor, at) == (None if following is None else END - timedelta(days=following))
    assert owing.to_warn(anchor, at=at).due_at == (END - timedelta(days=THIRD) if reached is None else at)


def test_a_short_life_does_not_begin_with_a_warning():
    days = [one / timedelta(days=1) for one in owing.warnings(an_anchor(an_authority(lasts=timedelta(days=90))))]
    assert days == [60, 30, 14, 7, 3, 1, 0]
    ten_years = [one.days for one in owing.warnings(an_anchor(an_authority(lasts=timedelta(days=3650))))]
    assert ten_years == [1216, 90, 60, 30, 14, 7, 3, 1, 0]


@pytest.mark.usefixtures("administrators")
async def test_of_one_that_is_in_the_inventory_people_are_told_by_that_alone(database, clock, owner, realm):
    clock.at = END - timedelta(days=100)
    (one,) = await loaded(database, clock, realm, YEAR)
    async with database.transaction(realm) as tx:
        taken = await intake.take_in(tx, clock, HANDED_IN, [Arrival(der=one.anchor.certificate, place="ca.pem")])
    clock.at = END - timedelta(days=40)
    await promises.pay_due(database, clock, KEEPERS)
    assert await owner.fetch(TOLD) == []
    async with database.transaction(realm) as tx:
        known = await reading.certificate(tx, taken.new[0])
        await certificates.retire(tx, clock, known.id, because="Not on any server", version=known.version)
    await pay(database, clock, until=END - timedelta(days=29))
    assert [row["key"].split("/")[2] for row in await owner.fetch(TOLD)] == ["30", "30"]


def test_nothing_in_the_promise_is_a_persons():
    anchor = an_anchor(ROOT)
    owed = owing.to_warn(anchor, at=NOON)
    for text in (owed.title.fi, owed.title.sv, owed.title.en, str(owed.facts)):
        assert anchor.name not in text
