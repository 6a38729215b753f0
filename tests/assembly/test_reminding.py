"""Whoever owes something is reminded: a week before, a day before, and when it is overdue."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.assembly.reminding import THRESHOLDS, remind, threshold_of
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Owner, keep
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


async def test_a_tenant_is_reminded_of_its_own_and_the_main_connector_is_not(database, clock, owner, realm, tenant):
    await promised(database, realm, owed(owner=Owner.TENANT, tenancy_id=tenant.tenancy.id))
    clock.at = NOON
    await remind(database, clock)
    assert await told(owner) == [("t@tenant.example", "A task is overdue")]


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
