"""Reports in flight: together in one transaction, or each in its own; a bad one fails alone, none is doubled."""

import asyncio

import asyncpg
import pytest
from structlog.testing import capture_logs

from kanta_tenancy import promises
from kanta_tenancy.disturbances import history, jobs, owing
from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.actions.storm import KeyClosed, Storm
from kanta_tenancy.disturbances.store import disturbances, reports
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.disturbances.examples import a_said_report
from tests.disturbances.test_assessing import Person
from tests.disturbances.test_reporting import accepted
from tests.parties.examples import a_key

WAITING = """
SELECT count(*)
  FROM pg_stat_activity
 WHERE datname = current_database()
   AND cardinality(pg_blocking_pids(pid)) > 0
"""
HOW = pytest.mark.parametrize("together", [1, 16])


@HOW
async def test_in_a_storm_each_report_is_taken_in_once_with_its_duties(desk, tenant, database, clock, together):
    storm = Storm(database, clock, together=together)
    said = [f"Report {number // 2}" for number in range(80)]  # everybody says it twice
    taken = await asyncio.gather(*(storm.take_in(accepted(tenant.caller, clock, what=what)) for what in said))
    assert len({one.report_id for one in taken}) == 40
    assert sum(one.repeated for one in taken) == 40
    await desk.carry_on()
    for one in {one.disturbance_id: one for one in taken}.values():
        assert set(await desk.duties(one.disturbance_id)) >= {"contract_named_person"}
    assert len(await desk.owed("disturbance.call")) == 40
    assert await desk.amiss() == []


@HOW
async def test_a_bad_one_fails_alone(tenant, database, clock, owner, together):
    storm = Storm(database, clock, together=together)
    good = [accepted(tenant.caller, clock, what=f"Report {number}") for number in range(20)]
    bad = reporting.Reported(report_id=new_id(), disturbance_id=new_id(), by=good[0].by, said=a_said_report(what=""))
    done = await asyncio.gather(*(storm.take_in(one) for one in (*good[:9], bad, *good[9:])), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [asyncpg.CheckViolationError]
    fit = [one for one in done if not isinstance(one, BaseException)]
    assert [(one.report_id, one.repeated) for one in fit] == [(one.report_id, False) for one in good]
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 20


@HOW
async def test_of_a_key_that_is_closed_meanwhile_nothing_is_written_and_others_go_in(
    tenant, database, clock, owner, together
):
    callers = []
    for _ in range(2):
        key = await a_key(database, clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS)
        callers.append(await authenticate(database, clock, key.text))
    closed, good = callers
    await owner.execute("UPDATE access_key SET revoked_at = now() WHERE id = $1", closed.actor.key_id)
    storm = Storm(database, clock, together=together)
    several = [storm.take_in(accepted(by, clock, what=f"Of {by.actor.key_id}")) for by in (good, closed)]
    first, second = await asyncio.gather(*several, return_exceptions=True)
    assert not first.repeated
    assert isinstance(second, KeyClosed)
    assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == 1


@HOW
async def test_what_is_tried_again_with_its_ids_is_no_repetition(tenant, database, clock, together):
    write = reports.take_in if together > 1 else reports.take_in_each
    intakes = [
        reporting.prepared(accepted(tenant.caller, clock, what=what), clock.now()) for what in ("One", "Two", "One")
    ]
    for _ in range(2):
        async with database.unscoped() as connection:
            taken = await write(connection, intakes)
        assert [one.repeated for one in taken] == [False, False, True]
        assert [one.report_id for one in taken] == [intakes[place].said["id"] for place in (0, 1, 0)]


async def test_each_in_its_own_transaction_the_connection_waits_for_the_disk_again_afterwards(
    tenant, database, clock, owner
):
    intakes = [
        reporting.prepared(accepted(tenant.caller, clock, what=f"Report {number}"), clock.now()) for number in range(5)
    ]
    async with database.unscoped() as connection:
        await reports.take_in_each(connection, intakes)
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
    assert await owner.fetchval("SELECT count(DISTINCT xmin::text) FROM disturbance_report") == 5


async def test_until_what_follows_is_done_a_duty_is_explained_and_can_be_settled(desk, tenant, owner):
    taken = await desk.taken_in(tenant.caller, service="prescription")
    outlined = "SELECT count(*) FROM disturbance_duty WHERE explanation -> 'steps' = '[]'"
    assert await owner.fetchval(outlined) == 4
    before = await desk.duties(taken.disturbance_id)
    assert all(duty.explanation.steps and duty.explanation.sources for duty in before.values())
    await Person(desk, taken.disturbance_id).tells("contract_kela")
    await desk.carry_on()
    after = await desk.duties(taken.disturbance_id)
    assert {key: one.explanation for key, one in after.items()} == {key: one.explanation for key, one in before.items()}
    assert await owner.fetchval(outlined) == 0
    assert {one.key.rpartition("/")[2] for one in await desk.owed("disturbance.chase")} == {
        str(one.id) for one in after.values() if one.is_open
    }
    assert await desk.amiss() == []


async def test_nobody_is_called_to_what_was_acknowledged_before_what_follows_was_done(desk, tenant):
    taken = await desk.taken_in(tenant.caller)
    await Person(desk, taken.disturbance_id).acknowledges()
    await desk.carry_on()
    assert await desk.owed("disturbance.call") == []
    assert await desk.amiss() == []


async def test_what_no_message_saw_to_is_promised_within_a_minute_and_once(desk, tenant, database, clock, owner):
    seen_to = await desk.reported(tenant.caller, what="Seen to")
    await desk.pay()  # the first person is called, and the next one is due later
    lost = await desk.taken_in(tenant.caller, service="prescription")
    await owner.execute("UPDATE outbox SET state = 'dead', attempts = 8 WHERE state = 'due'")
    assert await jobs.follow(database, clock) == 0  # its message may still come
    clock.advance(minutes=2)
    missing = {one.key for one in await desk.amiss() if one.what is promises.What.MISSING}
    assert owing.call_key(lost.disturbance_id) in missing
    called = {one.key: one.due_at for one in await desk.owed("disturbance.call")}
    with capture_logs() as log:
        assert await jobs.follow(database, clock) == 1
    assert [(one["event"], one["disturbance"]) for one in log] == [("report not followed", str(lost.disturbance_id))]
    owed = {one.key: one.due_at for one in await desk.owed("disturbance.call")}
    assert owed.pop(owing.call_key(lost.disturbance_id)) == clock.now()
    assert owed == called
    assert owing.call_key(seen_to.disturbance_id) in called
    assert await desk.amiss() == []
    assert await jobs.follow(database, clock) == 0


async def test_a_report_that_joins_waits_for_who_holds_the_disturbance_and_never_they_for_it(
    desk, realm, database, owner
):
    first = await desk.reported(realm)
    async with database.transaction(realm) as tx:
        held = await disturbances.hold(tx, first.disturbance_id)
        joining = asyncio.ensure_future(desk.taken_in(realm, what="It goes on", join=first.disturbance_id))
        while await owner.fetchval(WAITING) == 0:  # noqa: ASYNC110 (PostgreSQL tells no event)
            await asyncio.sleep(0.01)
        await record(tx, history.of_disturbance("looked_at", held, held, at=desk.clock.now()))
    assert (await joining).disturbance_id == first.disturbance_id
