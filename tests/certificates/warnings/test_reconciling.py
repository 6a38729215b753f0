"""What no sweep and no message put down is found each night, owed, and told of in the log; nothing else is."""

import random
from datetime import date

import pytest
from structlog.testing import capture_logs

from kanta_tenancy.assembly import promised
from kanta_tenancy.certificates.inventory.actions import certificates as inventory
from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.certificates.warnings import actions, levels, thresholds, weighing
from kanta_tenancy.certificates.warnings.store import sweeps
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.promises import State
from tests.certificates.warnings.examples import DAY, INSERT, MARCH_2, Watch, morning
from tests.certificates.warnings.test_windows_in_sql import BEGINNING, a_lifetime
from tests.parties.examples import a_realm

LAST_DAY = MARCH_2 + 150 * DAY
LOSE = "DELETE FROM outbox"


async def reconciled(watch: Watch) -> list[dict[str, object]]:
    """Have the nightly job done, and return what it said in the log."""
    with capture_logs() as said:
        count = await promised.reconcile_warnings(watch.database, watch.clock)
    found = [one for one in said if one["event"] == "certificate warnings amiss"]
    assert count == sum(one["missed"] + one["outlived"] for one in found)
    return found


async def test_a_certificate_whose_message_was_lost_is_found_and_told_of(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.work()
    lost = await staffed.certificate(MARCH_2 + 5 * DAY, "unohdettu.example.org")
    await staffed.owner.execute(LOSE)
    staffed.clock.advance(hours=2)
    await staffed.work()
    assert await staffed.warnings(lost) == []
    (said,) = await reconciled(staffed)
    assert (said["missed"], said["outlived"], said["log_level"]) == (1, 0, "error")
    assert said["main_connector"] == str(staffed.realm)
    assert (await staffed.warnings(lost))[-1] == (7, "open")
    staffed.clock.advance(minutes=15)
    await staffed.work()
    assert await staffed.told() == [(MARCH_2.isoformat(), "tekla", 1)]
    assert await reconciled(staffed) == []
    actions_told = await staffed.owner.fetch(
        "SELECT entry::jsonb -> 'facts' AS facts FROM journal_entry"
        " WHERE entry::jsonb ->> 'action' = 'certificate_warnings.reconciled'"
    )
    assert [row["facts"] for row in actions_told] == ['{"missed": 1, "outlived": 0}']


async def test_where_the_very_first_message_was_lost_there_is_a_sweep_again(staffed):
    lost = await staffed.certificate(MARCH_2 + 50 * DAY)
    await staffed.owner.execute(LOSE)
    assert await staffed.ledger("certificate.sweep") == []
    staffed.clock.advance(hours=2)
    assert [one["missed"] for one in await reconciled(staffed)] == [1]
    assert await staffed.open(lost) == 60
    assert len(await staffed.ledger("certificate.sweep", State.OWED)) == 1
    await staffed.live(MARCH_2 + DAY)
    assert await staffed.told() == [((MARCH_2 + DAY).isoformat(), "tekla", 1)]


async def test_what_was_changed_by_hand_is_put_right(staffed):
    ended, snoozed, other = [
        await staffed.certificate(MARCH_2 + 50 * DAY, name)
        for name in ("a.example.org", "b.example.org", "c.example.org")
    ]
    long_lived = await staffed.certificate(MARCH_2 + 150 * DAY, days=3650, kind="server_test")
    await staffed.live(MARCH_2 + DAY)
    assert await staffed.warnings(long_lived) == []
    for one, said in (
        (ended, "state = 'replaced'"),
        (snoozed, f"snoozed_until = '{MARCH_2 + 9 * DAY}', snoozed_because = 'x'"),
        (long_lived, "kind = 'authority'"),
    ):
        await staffed.owner.execute(f"UPDATE certificate SET {said} WHERE id = $1", one)  # noqa: S608 -- said above
    (said,) = await reconciled(staffed)
    assert (said["missed"], said["outlived"]) == (1, 2)
    for one in (ended, snoozed):
        assert (await staffed.warnings(one))[-1] == (60, "released")
    assert await staffed.open(other) == 60
    assert await staffed.open(long_lived) == 180
    assert await reconciled(staffed) == []


async def test_what_is_as_it_should_be_is_left_alone(staffed):
    names = ("a.example.org", "b.example.org", "c.example.org", "d.example.org", "e.example.org")
    seen, snoozed, retired, restored, _ = [await staffed.certificate(MARCH_2 + 32 * DAY, name) for name in names]
    await staffed.live(MARCH_2 + DAY)
    async with staffed.database.transaction(staffed.caller) as tx:
        await actions.acknowledge_warning(tx, staffed.clock, seen, 60)
    await staffed.done(inventory.snooze, snoozed, until=MARCH_2 + 9 * DAY, because="x")
    await staffed.done(inventory.retire, retired, because="x")
    await staffed.done(inventory.retire, restored, because="x")
    await staffed.work()
    await staffed.done(inventory.restore, restored, because="x")
    for day in range(1, 40):
        await staffed.live(MARCH_2 + day * DAY)
        assert await reconciled(staffed) == []


async def test_what_is_on_its_way_is_not_missed(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.work()
    await staffed.certificate(MARCH_2 + 5 * DAY, "uusi.example.org")
    assert await reconciled(staffed) == []


async def test_a_realm_that_cannot_be_put_right_holds_up_no_other(staffed, database, owner, clock):
    other = Watch(database, owner, clock, await a_realm(database, clock, 2000002))
    watches = (staffed, other)
    lost = [await watch.certificate(MARCH_2 + 50 * DAY) for watch in watches]
    await owner.execute(LOSE)
    clock.advance(hours=2)
    for broken, whole in ((0, 1), (1, 0)):
        await owner.execute("DELETE FROM certificate_warning")
        await owner.execute(
            "ALTER TABLE certificate_warning ADD CONSTRAINT broken"
            f" CHECK (main_connector_id <> '{watches[broken].realm}')"
        )
        with capture_logs() as said:
            assert await promised.reconcile_warnings(database, clock) == 1
        await owner.execute("ALTER TABLE certificate_warning DROP CONSTRAINT broken")
        assert [(one["main_connector"], one["error"]) for one in said if "not reconciled" in one["event"]] == [
            (str(watches[broken].realm), "CheckViolationError")
        ]
        assert await watches[whole].open(lost[whole]) == 60


async def test_the_audit_finds_that_nobody_owes_it_to_tell_the_next_people(staffed):
    aino = await staffed.person("Aino")
    await staffed.certificate(MARCH_2 + 50 * DAY, responsible_id=aino)
    await staffed.live(MARCH_2 + DAY)
    (promise,) = await staffed.ledger("certificate.escalate", State.OWED)
    assert await staffed.amiss() == []
    await staffed.owner.execute("DELETE FROM promise_work WHERE promise_id = $1", promise.id)
    await staffed.owner.execute("DELETE FROM promise WHERE id = $1", promise.id)
    assert [one.key for one in await staffed.amiss()] == [promise.key]


@pytest.mark.parametrize("seed", range(4))
async def test_the_statement_misses_what_the_rule_would_open(watch, seed):
    chance = random.Random(seed)  # noqa: S311 -- a test that can be repeated
    lives = {new_id(): (chance.choice(list(kinds())), a_lifetime(chance)) for _ in range(600)}
    await watch.owner.executemany(
        INSERT,
        [
            (one, watch.realm, str(one).encode(), kind, None, "CN=x", "x", life.not_before, life.not_after,
             life.third_left_at, False, watch.clock.now(), None, None, None)
            for one, (kind, life) in lives.items()
        ],
    )  # fmt: skip
    day: date = BEGINNING + chance.randint(1, 420) * DAY
    by_kind = thresholds.thresholds_on(day, kinds())
    expected = {
        one
        for one, (kind, life) in lives.items()
        if levels.weigh(life, by_kind[kind].levels, day, {}).opened is not None
    }
    asked = levels.spans(by_kind, day)
    async with watch.database.transaction(watch.caller) as tx:
        missed = await sweeps.missed(tx, asked, day, settled_before=morning(day))
        assert len(missed) == len(expected)
        assert set(missed) == expected
        await weighing.weigh(tx, missed, day, at=morning(day))
        assert await sweeps.missed(tx, asked, day, settled_before=morning(day)) == []
    await watch.owner.execute(
        "UPDATE certificate_warning SET state = 'released', settled_at = decided_at WHERE state = 'open'"
    )
    async with watch.database.transaction(watch.caller) as tx:
        assert set(await sweeps.missed(tx, asked, day, settled_before=morning(day))) == expected
