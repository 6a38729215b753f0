"""Whoever owes something is reminded: a week before, a day before, and when it is overdue."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.assembly.reminding import THRESHOLDS, outdated, remind, threshold_of
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.messages import mailing
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Owner, keep, owe
from tests.parties.examples import a_realm, a_tenant, named, owner_of
from tests.promises.examples import NOON, owed, promised


@pytest.fixture
async def realm(database, clock):
    realm = await a_realm(database, clock)
    await named(database, clock, realm, await owner_of(database, realm), name="Kaarina Kanta", email="k@kanta.example")
    return realm


@pytest.fixture
async def tenant(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    said = {"name": "Taina Tenant", "email": "t@tenant.example", "function": Function.ADMINISTRATOR}
    await named(database, clock, realm, tenant.organisation.id, **said)
    return tenant


async def told(owner) -> list[tuple[str, str]]:
    rows = await owner.fetch("SELECT email, subject->>'en' AS subject FROM notice ORDER BY told_at, email")
    return [(row["email"], row["subject"]) for row in rows]


async def test_the_main_connector_is_reminded_at_each_threshold_once(database, clock, owner, realm):
    await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR))
    for at in (NOON - timedelta(days=8), NOON - timedelta(days=6), NOON - timedelta(hours=2), NOON, NOON):
        clock.at = at
        await remind(database, clock)
    assert await told(owner) == [("k@kanta.example", one.subject.en) for one in reversed(THRESHOLDS)]


async def test_what_was_missed_is_told_once_with_the_most_urgent(database, clock, owner, realm):
    await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR))
    clock.at = NOON + timedelta(days=3)
    assert await remind(database, clock) == 1
    assert await remind(database, clock) == 0
    assert await told(owner) == [("k@kanta.example", "A task is overdue")]


async def test_a_tenant_alone_is_reminded_of_its_own_while_there_is_time(database, clock, owner, realm, tenant):
    await promised(database, realm, owed(owner=Owner.TENANT, tenancy_id=tenant.tenancy.id))
    clock.at = NOON - timedelta(days=6)
    await remind(database, clock)
    assert await told(owner) == [("t@tenant.example", "A task will soon be due")]


async def test_of_what_a_tenant_has_not_done_in_time_the_main_connector_is_told_too_and_every_week(
    database, clock, owner, realm, tenant
):
    await promised(database, realm, owed(owner=Owner.TENANT, tenancy_id=tenant.tenancy.id))
    for days in (0, 6, 7, 7, 15):
        clock.at = NOON + timedelta(days=days)
        await remind(database, clock)
    both = [("k@kanta.example", "A task is overdue"), ("t@tenant.example", "A task is overdue")]
    assert await told(owner) == both * 3  # at once, after a week, after two


async def test_when_it_is_overdue_who_administers_is_told_beside_who_is_there_for_it(database, clock, owner, realm):
    own = await owner_of(database, realm)
    chief = {"name": "Outi Owner", "email": "o@kanta.example", "function": Function.ADMINISTRATOR}
    await named(database, clock, realm, own, **chief)
    await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR))
    for at in (NOON - timedelta(hours=20), NOON):
        clock.at = at
        await remind(database, clock)
    assert [email for email, _ in await told(owner)] == ["k@kanta.example", "k@kanta.example", "o@kanta.example"]


async def test_what_its_own_room_pursues_is_told_to_its_owner_once(database, clock, owner, realm, tenant):
    said = {"owner": Owner.TENANT, "tenancy_id": tenant.tenancy.id, "kind": "disturbance.duty"}
    await promised(database, realm, owed(**said))
    for days in (0, 8, 20):
        clock.at = NOON + timedelta(days=days)
        await remind(database, clock)
    assert await told(owner) == [("t@tenant.example", "A task is overdue")]


async def test_a_reminder_says_whose_tenancy_and_agreement_it_is_and_how_its_day_came_about(
    database, clock, owner, realm, tenant
):
    explained = Explanation(
        rule="K1", sources=(), inputs={}, steps=(Sentence(fi="k", sv="r", en="Counted."),), result="x"
    )
    facts = {"agreement": "2026-1", "tenancy": str(tenant.tenancy.id)}
    await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR, facts=facts, explanation=explained))
    clock.at = NOON
    await remind(database, clock)
    row = await owner.fetchrow("SELECT lines, facts FROM notice")
    lines = [line["en"] for line in json.loads(row["lines"])]
    assert lines[-2:] == ["For the main connector to do.", "Counted."]
    facts = {label["en"]: value for label, value in json.loads(row["facts"])}
    assert (facts["Tenant"], facts["Agreement reference"]) == (tenant.organisation.name, "2026-1")


async def test_what_is_due_before_the_next_morning_is_told_at_once(database, clock, owner, realm):
    dues = (timedelta(hours=12), timedelta(hours=23))  # at noon it is two o'clock in Finland
    owing = (owed(number, owner=Owner.MAIN_CONNECTOR, due_at=NOON + due) for number, due in enumerate(dues))
    await promised(database, realm, *owing)
    clock.at = NOON
    await remind(database, clock)
    assert await owner.fetchval("SELECT array_agg(urgent ORDER BY about LIKE '%20260303T0000') FROM notice") == [
        False,
        True,
    ]


async def test_however_much_is_owed_everybody_is_reminded_of_all_of_it(database, clock, owner, realm, tenant):
    first = (owed(n, owner=Owner.MAIN_CONNECTOR, due_at=NOON + timedelta(minutes=n)) for n in range(520))
    of_tenant = {"owner": Owner.TENANT, "tenancy_id": tenant.tenancy.id}
    then = (owed(n, due_at=NOON + timedelta(days=2, minutes=n), **of_tenant) for n in range(1000, 1030))
    await promised(database, realm, *first, *then)
    clock.at = NOON - timedelta(days=3)
    assert await remind(database, clock) == 550
    assert await remind(database, clock) == 0


async def mailed(database, clock) -> int:
    return await mailing.gather(database, clock, outdated=outdated)


async def test_nobody_is_asked_in_the_morning_for_what_was_done_before(database, clock, owner, realm):
    await promised(database, realm, *(owed(number, owner=Owner.MAIN_CONNECTOR) for number in range(3)))
    clock.at = NOON - timedelta(hours=20)
    await remind(database, clock)
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/0", at=clock.now())
        await owe(tx, owed(1, owner=Owner.MAIN_CONNECTOR, due_at=NOON + timedelta(days=30)))
    clock.at = NOON + timedelta(days=1)
    assert await mailed(database, clock) == 1
    (left,) = await owner.fetch("SELECT about, message_id FROM notice")
    assert left["message_id"] is not None
    still = await owner.fetchval("SELECT id FROM promise WHERE key = 'test.end/2'")
    assert left["about"] == f"promise/{still}/20260302T1200"
    assert await remind(database, clock) == 1  # it is overdue by now; of the others there is nothing to tell


async def test_a_mail_that_is_made_keeps_what_it_tells(database, clock, owner, realm):
    await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR))
    clock.at = NOON - timedelta(hours=20)
    await remind(database, clock)
    clock.at = NOON
    assert await mailed(database, clock) == 1
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/1", at=clock.now())
    assert await mailed(database, clock) == 0
    assert len(await told(owner)) == 1


async def test_nobody_is_reminded_of_what_is_kept_or_what_the_system_does(database, clock, owner, realm):
    await promised(database, realm, owed(1, owner=Owner.MAIN_CONNECTOR), owed(2))
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/1", at=clock.now())
    clock.at = NOON
    assert await remind(database, clock) == 0
    assert await told(owner) == []


@given(st.timedeltas(timedelta(days=-40), timedelta(days=40)), st.timedeltas(timedelta(0), timedelta(days=10)))
def test_as_time_passes_it_only_becomes_more_urgent(left, later):
    def urgency(left):
        found = threshold_of(NOON, NOON - left)
        return len(THRESHOLDS) if found is None else THRESHOLDS.index(found)

    assert urgency(left - later) <= urgency(left)
