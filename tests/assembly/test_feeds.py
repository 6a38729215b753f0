"""What a calendar feed shows of the ledger."""

from datetime import UTC, date, datetime, timedelta

from kanta_tenancy.assembly.feeds import entries
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.promises import Owner, release
from tests.parties.examples import a_realm, a_tenant
from tests.promises.examples import EXPLANATION, NOON, owed, promised


async def shown(database, caller, clock):
    async with database.transaction(caller) as tx:
        return await entries(tx, clock)


async def test_what_is_owed_is_shown_with_why(database, clock):
    realm = await a_realm(database, clock)
    await promised(database, realm, owed(explanation=EXPLANATION))
    (entry,) = await shown(database, realm, clock)
    assert (entry.on, entry.rule, entry.summary.en) == (NOON, "K20.1", "The agreement ends")
    assert entry.description.en == "The system sees to it.\nOne month from delivery."


async def test_what_is_due_by_the_end_of_a_day_stands_on_that_day(database, clock):
    realm = await a_realm(database, clock)
    await promised(database, realm, owed(1, due_at=start_of_day(date(2026, 3, 30))))
    (entry,) = await shown(database, realm, clock)
    assert entry.on == date(2026, 3, 29)  # which has 23 hours in Finland
    assert start_of_day(date(2026, 3, 30)) == datetime(2026, 3, 29, 21, tzinfo=UTC)


async def test_a_tenant_sees_its_own_and_nobody_sees_what_is_settled(database, clock):
    realm = await a_realm(database, clock)
    tenant = await a_tenant(database, clock, realm)
    other = await a_tenant(database, clock, realm, serial=1234568)
    await promised(
        database,
        realm,
        owed(1, owner=Owner.TENANT, tenancy_id=tenant.tenancy.id),
        owed(2, tenancy_id=other.tenancy.id),
        owed(3),
    )
    async with database.transaction(realm) as tx:
        await release(tx, "test.end/2", at=clock.now(), because="it fell away")
    assert len(await shown(database, realm, clock)) == 2
    (own,) = await shown(database, tenant.caller, clock)
    assert own.description.en == "For the tenant to do."
    assert await shown(database, other.caller, clock) == []


async def test_an_entry_says_which_agreement_it_is_about_and_knows_that_its_day_was_moved(database, clock):
    realm = await a_realm(database, clock)
    said = {"facts": {"agreement": "2026-00000001"}}
    await promised(database, realm, owed(**said))
    (entry,) = await shown(database, realm, clock)
    assert entry.description.sv == "Avtal 2026-00000001.\nSystemet sköter det."
    await promised(database, realm, owed(due_at=NOON + timedelta(days=1), **said))
    (moved,) = await shown(database, realm, clock)
    assert (moved.uid, entry.revision, moved.revision) == (entry.uid, 0, 1)


async def test_however_much_is_owed_by_one_the_soonest_of_all_is_shown(database, clock):
    realm = await a_realm(database, clock)
    late = (owed(number, due_at=NOON + timedelta(days=9, minutes=number)) for number in range(30))
    soon = (owed(n, owner=Owner.MAIN_CONNECTOR, due_at=NOON + timedelta(minutes=n)) for n in range(1000, 1700))
    await promised(database, realm, *late, *soon)
    found = await shown(database, realm, clock)
    assert len(found) == 730
    assert [one.on for one in found] == sorted(one.on for one in found)
