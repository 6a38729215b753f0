from datetime import timedelta

import pytest

from kanta_tenancy.promises import Owner, keep
from tests.desk import ADesk
from tests.promises.examples import NOON, ledger, owed, promised

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


async def test_list_shows_a_line_for_each_promise(database, database_url, clock, realm):
    desk = ADesk(database_url, clock)
    await promised(database, realm, owed(1, due_at=NOON - HOUR), owed(2, kind="test.tell"), owed(3))
    everything = await desk.type("promises", "list")
    assert (everything.code, len(everything.output.splitlines())) == (0, 3)
    first = everything.output.splitlines()[0].split("\t")
    assert first[:5] == ["2026-03-02 13:00", "overdue", "system", "test.end", "test/1"]
    assert first[6] == "The agreement ends"
    few = await desk.type("promises", "list", "--state", "owed", "--kind", "test.tell", "--due-before", "2026-03-03")
    assert few.output.count("\n") == 1
    as_json = await desk.type("promises", "list", "--json", "--subject", "test/3")
    assert '"overdue":false' in as_json.output


async def test_list_goes_through_all_pages(database, database_url, clock, realm):
    await promised(database, realm, *(owed(number) for number in range(500)))
    ended = await ADesk(database_url, clock).type("promises", "list", "--owner", "system")
    assert len(set(ended.output.splitlines())) == 500


async def test_audit_ends_with_3_when_something_is_amiss(database, database_url, clock, realm):
    desk = ADesk(database_url, clock)
    assert (await desk.type("promises", "audit")).code == 0
    await promised(database, realm, owed(1), owed(2, owner=Owner.MAIN_CONNECTOR))
    clock.at += HOUR * 2
    ended = await desk.type("promises", "audit")
    assert (ended.code, ended.output) == (3, "unpaid\ttest.end/1\ttest/1\t2026-03-02T12:00:00Z\n")
    assert ended.errors == "1 amiss, 0 late.\n"
    assert (await desk.type("promises", "audit", "--json")).code == 3


async def test_what_is_only_late_is_told_and_no_alarm(database, database_url, clock, realm):
    desk = ADesk(database_url, clock)
    await promised(database, realm, owed(1, owner=Owner.MAIN_CONNECTOR))
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/1", at=NOON + HOUR)
    clock.at += 2 * HOUR
    ended = await desk.type("promises", "audit")
    assert (ended.code, ended.output) == (
        0,
        "late\ttest.end/1\ttest/1\t2026-03-02T12:00:00Z\t2026-03-02T13:00:00Z\n",
    )


async def test_retry_owes_anew_what_the_system_gave_up_and_nothing_else(database, database_url, clock, owner, realm):
    desk = ADesk(database_url, clock)
    await promised(database, realm, owed(1))
    number = await owner.fetchval("SELECT id FROM promise")
    refused = await desk.type("promises", "retry", number)
    assert (refused.code, "cannot retry a promise that is owed" in refused.errors) == (5, True)
    await owner.execute("UPDATE promise SET state = 'broken', attempts = 12")
    ended = await desk.type("promises", "retry", number)
    assert (ended.code, ended.output) == (0, "test.end/1 is owed again.\n")
    assert await ledger(owner, "state, attempts, next_at") == [("owed", 0, NOON)]
    assert await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%promise.retried%'") == 1
