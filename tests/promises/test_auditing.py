from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from kanta_tenancy.assembly import promised as assembled
from kanta_tenancy.promises import AMISS, Expected, Kept, Owner, audit, keep, pay_due
from kanta_tenancy.promises.figures import PromiseFigures
from tests.parties.examples import a_realm
from tests.promises.examples import NOON, owed, promised

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock(clock):
    clock.at = NOON
    return clock


def expects(*expected: Expected):
    async def expectation(tx, now) -> AsyncIterator[Expected]:
        for each in expected:
            yield each

    return {"a room": expectation}


async def found(database, realm, clock, expectations=None) -> list[tuple[str, str]]:
    async with database.transaction(realm) as tx:
        return [(one.what.value, one.key) for one in await audit(tx, clock.now(), expectations or {})]


async def test_what_should_exist_and_does_not_is_found_and_so_is_another_time(database, clock, realm):
    await promised(database, realm, *(owed(number, due_at=NOON + DAY) for number in (1, 2, 3)))
    async with database.transaction(realm) as tx:
        await keep(tx, "test.end/3", at=NOON)
    wanted = [
        Expected(key="test.end/1", subject="test/1", due_at=NOON + DAY),
        Expected(key="test.end/2", subject="test/2", due_at=NOON + 2 * DAY),
        Expected(key="test.end/3", subject="test/3", due_at=NOON + 2 * DAY),  # kept: whatever time it was for
        Expected(key="test.end/4", subject="test/4"),
    ]
    assert await found(database, realm, clock, expects(*wanted)) == [
        ("misdated", "test.end/2"),
        ("missing", "test.end/4"),
    ]


async def test_another_realms_promise_of_the_same_key_does_not_count(database, clock, realm):
    await promised(database, await a_realm(database, clock, 2100000), owed(due_at=NOON + DAY))
    wanted = Expected(key="test.end/1", subject="test/1")
    assert await found(database, realm, clock, expects(wanted)) == [("missing", "test.end/1")]


async def test_thousands_of_expectations_are_held_against_the_ledger_and_a_thousand_findings_are_told(
    database, clock, realm
):
    await promised(database, realm, *(owed(number, due_at=NOON + DAY) for number in range(2500)))
    wanted = [Expected(key=f"test.end/{number}", subject="x") for number in range(2500)]
    assert await found(database, realm, clock, expects(*wanted)) == []
    lacking = [Expected(key=f"test.end/{number}", subject="x") for number in range(2400, 5000)]
    assert len(await found(database, realm, clock, expects(*wanted, *lacking))) == 1000


@pytest.mark.parametrize(
    "overdue",
    [
        (Owner.SYSTEM, HOUR, "unpaid"),
        (Owner.MAIN_CONNECTOR, 30 * DAY, "unkept"),
        (Owner.TENANT, 30 * DAY, "unkept"),
    ],
)
async def test_what_is_overdue_for_long_is_found(database, clock, tenant, realm, overdue):
    whose, longest, what = overdue
    await promised(database, realm, owed(tenancy_id=tenant.tenancy.id, owner=whose))
    clock.at += longest
    assert await found(database, realm, clock) == []
    clock.advance(seconds=1)
    assert await found(database, realm, clock) == [(what, "test.end/1")]


async def test_what_was_kept_late_is_told_for_a_week_and_what_was_given_up_until_it_is_settled(
    database, clock, owner, realm
):
    async def keeper(tx, clock, promise):
        return Kept()

    await promised(database, realm, owed(1), owed(2, due_at=NOON - timedelta(minutes=15)))
    await promised(database, realm, owed(3, due_at=NOON - timedelta(minutes=16)), owed(4, due_at=NOON + DAY))
    await owner.execute("UPDATE promise SET state = 'broken' WHERE key = 'test.end/4'")
    await pay_due(database, clock, {"test.end": keeper})
    assert await found(database, realm, clock) == [("broken", "test.end/4"), ("late", "test.end/3")]
    clock.at += 8 * DAY
    assert await found(database, realm, clock) == [("broken", "test.end/4")]


async def test_the_nightly_audit_looks_into_every_realm_and_says_aloud_what_is_amiss(
    database, clock, realm, monkeypatch
):
    other = await a_realm(database, clock, 2100000)
    await promised(database, realm, owed(1), owed(2))
    await promised(database, other, owed(3, owner=Owner.MAIN_CONNECTOR))
    wanted = Expected(key="test.end/2", subject="test/2", due_at=NOON)
    monkeypatch.setattr(assembled, "EXPECTATIONS", expects(wanted))
    clock.at += 31 * DAY
    with capture_logs() as logs:
        assert await assembled.audit_all(database, clock) == 4
    said = {(line["log_level"], line["event"], line["what"], line["rows"], line["first"]) for line in logs}
    assert said == {
        ("error", "promises amiss", "unpaid", 2, "test.end/1"),
        ("warning", "promises late", "unkept", 1, "test.end/3"),
        ("error", "promises amiss", "missing", 1, "test.end/2"),
    }


async def test_the_figures_count_what_is_owed_over_all_realms(database, clock, owner, realm):
    registry = CollectorRegistry()
    figures = PromiseFigures(registry)

    def value(name: str, of: str | None = None) -> float | None:
        return registry.get_sample_value(name, {"owner": of} if of else {})

    await figures.read(database, clock)
    assert (value("promises_owed", "system"), value("promises_oldest_overdue_seconds", "system")) == (0, 0)
    other = await a_realm(database, clock, 2100000)
    await promised(database, realm, owed(1, due_at=NOON - HOUR), owed(2, due_at=NOON + HOUR), owed(3))
    await promised(database, other, owed(4), owed(5, owner=Owner.MAIN_CONNECTOR, due_at=NOON - DAY))
    await owner.execute("UPDATE promise SET state = 'broken' WHERE key = 'test.end/3'")
    await figures.read(database, clock)
    assert (value("promises_owed", "system"), value("promises_overdue", "system")) == (3, 1)
    assert (value("promises_owed", "main_connector"), value("promises_owed", "tenant")) == (1, 0)
    assert (value("promises_oldest_overdue_seconds", "system"), value("promises_broken")) == (3600, 1)
    assert value("promises_oldest_overdue_seconds", "main_connector") == 86400


def test_what_is_amiss_is_what_nobody_but_the_system_can_be_blamed_for():
    assert {what.value for what in AMISS} == {"missing", "misdated", "unpaid", "broken"}
