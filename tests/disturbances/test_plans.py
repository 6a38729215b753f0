"""Every list and every work queue of the room is answered by an index, however much there is."""

import hashlib
import uuid
from datetime import UTC, datetime
from functools import partial

import msgspec
import pytest

from kanta_tenancy.disturbances.store import (
    alerts,
    carried,
    disturbances,
    duties,
    findings,
    register,
    reports,
    statuses,
)
from kanta_tenancy.kernel.acting import Caller
from tests.conftest import someone
from tests.plans import Plan
from tests.plans import plans as plans_of

MANY = 4_000  # disturbances, one in forty open; a report and four duties each
TENANCIES = 200
TABLES = (
    "disturbance", "disturbance_party", "disturbance_report", "disturbance_answer", "disturbance_duty",
    "disturbance_status", "disturbance_recipient", "disturbance_carried",
    "disturbance_alert",
    "disturbance_finding", "disturbance_hold",
)  # fmt: skip
ID = "lpad(to_hex({0}), 32, '0')::uuid"
FILL = f"""
SET session_replication_role = replica;
INSERT INTO disturbance (id, main_connector_id, tenancy_id, kind, state, since, service, reported_at, detected_at,
                         version)
SELECT {ID.format("n")}, $realm, {ID.format("1 + n % 200")}, 'disturbance',
       CASE WHEN n % 40 = 0 THEN 'reported' ELSE 'over' END, now(), 'prescription', now(), now(), 1
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_party SELECT $realm, {ID.format("n")}, {ID.format("1 + n % 200")}, true
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_report (id, main_connector_id, disturbance_id, tenancy_id, content_sha256, what, since, ongoing,
                                place, patient_safety, data_protection, message_ids, reported_by, reported_at)
SELECT {ID.format("n")}, $realm, {ID.format("n")}, {ID.format("1 + n % 200")}, sha256(n::text::bytea), 'x', now(), true,
       'unknown', 'unknown', 'unknown', '{{}}', 'x', now()
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, answered_by, answered_at)
SELECT {ID.format("4 * n + fact")}, $realm, {ID.format("n")}, 'fact' || fact, 'yes', 'person', 'x', now()
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 3) AS fact;
INSERT INTO disturbance_duty (id, main_connector_id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee,
                              source, counted_from, due_at, explanation, state, state_at, made_at, version)
SELECT {ID.format("4 * n + rule")}, $realm, {ID.format("n")}, CASE WHEN rule = 0 THEN {ID.format("1 + n % 200")} END,
       'rule' || rule, 1, 1, 'first', 'kela', 'contract', now(), now(), '{{}}',
       CASE WHEN n % 40 = 0 THEN 'pending' ELSE 'sent' END, now(), now(), 1
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 3) AS rule;
INSERT INTO disturbance_status (id, main_connector_id, disturbance_id, number, phase, published_at, published_by)
SELECT {ID.format("n")}, $realm, {ID.format("n")}, 1, 'over', timestamptz '2026-03-02' - n * interval '1 hour', 'x'
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_recipient (main_connector_id, status_id, tenancy_id, told_at, people)
SELECT $realm, {ID.format("n")}, {ID.format("t")}, CASE WHEN n <> 1 THEN now() END, CASE WHEN n <> 1 THEN 1 END
  FROM generate_series(1, {MANY}, 10) AS n, generate_series(1, {TENANCIES}) AS t;
INSERT INTO disturbance_carried (id, main_connector_id, disturbance_id, tenancy_id, carrier, matter, state, note,
                                 said_by, said_at)
SELECT {ID.format("4 * n + said")}, $realm, {ID.format("n")}, CASE WHEN said = 0 THEN {ID.format("1 + n % 200")} END,
       'breach/' || n, 'authority', 'pending', 'x', 'x', now()
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 3) AS said;
INSERT INTO disturbance_alert (main_connector_id, group_sha256, content_sha256, disturbance_id, report_id, taken_at)
SELECT $realm, sha256((n % 40)::text::bytea), sha256(n::text::bytea), {ID.format("n")}, {ID.format("n")},
       timestamptz '2026-03-02' + n * interval '1 minute'
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_finding (id, main_connector_id, disturbance_id, kind, text, said_by, said_at)
SELECT {ID.format("2 * n + kind")}, $realm, {ID.format("n")}, 'remedy', 'x', 'x', now()
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 1) AS kind;
INSERT INTO disturbance_hold SELECT $realm, {ID.format("n")}, 'breach/' || n, '{{}}', now()
  FROM generate_series(1, {MANY}) AS n;
SET session_replication_role = origin;
"""  # noqa: S608 -- numbers of this file


@pytest.fixture
async def filled(realm, owner):
    await owner.execute(FILL.replace("$realm", f"'{realm.scope.main_connector_id}'::uuid"))
    await owner.execute("VACUUM ANALYZE")


@pytest.fixture
def callers(realm) -> list[Caller]:
    return [realm, someone(realm.scope.main_connector_id, uuid.UUID(int=7))]


plans = partial(plans_of, tables=TABLES)


LAST = uuid.UUID(int=(1 << 128) - 1)
FIRST = uuid.UUID(int=0)


async def test_what_is_open_is_read_from_what_is_open(database, filled, realm):
    for statement, given in (
        (disturbances.OPEN, {"before": LAST, "count": 51}),
        (disturbances.SIMILAR, {"disturbance_id": FIRST, "system_id": None, "service": "prescription", "count": 5}),
        (disturbances.WAITING, {"after": FIRST, "count": 51}),
    ):
        for plan in await plans(database, realm, statement, **given):
            assert plan.indexes("disturbance") == {"disturbance_open"}
            assert plan.read("disturbance") <= MANY / 40
            assert "Sort" not in plan.kinds


async def test_the_list_is_read_by_time_a_page_at_a_time(database, filled, callers):
    given = {"states": ["over", "reported"], "before": uuid.UUID(int=MANY // 2), "count": 51}
    for plan in await plans(database, callers[0], disturbances.PAGE, **given):
        assert plan.read("disturbance") <= 60
        assert plan.read("disturbance_report") <= 60
    for plan in await plans(database, callers[1], disturbances.PAGE, **given):
        assert plan.read("disturbance_party") <= 2 * MANY / TENANCIES


async def test_what_is_still_to_be_told_is_read_from_what_is_open(database, filled, callers):
    for caller in callers:
        for plan in await plans(database, caller, duties.OPEN, after=FIRST, count=51):
            assert plan.indexes("disturbance_duty") == {"disturbance_duty_open"}
            assert plan.read("disturbance_duty") <= 4 * MANY / 40
            assert "Sort" not in plan.kinds


async def test_one_disturbance_is_found_with_all_that_belongs_to_it(database, filled, realm):
    one = {"disturbance_id": uuid.UUID(int=MANY // 2)}
    for statement, table, most, given in (
        (disturbances.FIND, "disturbance", 1, one),
        (disturbances.ANSWERS, "disturbance_answer", 4, one),
        (disturbances.HISTORY, "disturbance_answer", 4, one),
        (disturbances.REPORTERS, "disturbance_party", 1, one),
        (reports.OF_DISTURBANCE, "disturbance_report", 1, one | {"count": 200}),
        (duties.OF_DISTURBANCE, "disturbance_duty", 4, one),
        (carried.OF_DISTURBANCE, "disturbance_carried", 4, one),
        (statuses.OF_DISTURBANCE, "disturbance_status", 1, one),
        (findings.OF_DISTURBANCE, "disturbance_finding", 2, one),
        (findings.HOLDS, "disturbance_hold", 1, one),
        (statuses.TOLD_BEFORE, "disturbance_status", 1, one),
    ):
        for plan in await plans(database, realm, statement, **given):
            assert plan.read(table) <= most, statement.name


async def test_whom_a_status_waits_for_is_read_from_those_who_wait(database, filled, realm):
    for status, waiting in ((1, TENANCIES), (MANY // 2 + 1, 0)):
        given = {"status_id": uuid.UUID(int=status), "count": 50}
        for plan in await plans(database, realm, statuses.WAITING, **given):
            assert plan.indexes("disturbance_recipient") == {"disturbance_recipient_waiting"}
            assert plan.read("disturbance_recipient") <= min(waiting, 50)


async def test_the_status_page_is_read_from_the_newest(database, filled, callers):
    for plan in await plans(database, callers[0], statuses.PAGE, since=datetime(2026, 3, 1, tzinfo=UTC), count=100):
        assert plan.read("disturbance_status") <= 100
        assert plan.read("disturbance") <= 60
    for plan in await plans(database, callers[1], statuses.PAGE, since=datetime(2026, 3, 1, tzinfo=UTC), count=100):
        assert plan.read("disturbance_recipient") <= 2.5 * MANY / 10


async def test_what_a_monitoring_system_sent_is_found_at_once(database, filled, realm):
    group = hashlib.sha256(b"7").digest()
    given = {"holder": realm.scope.main_connector_id, "group_sha256": group}
    for plan in await plans(database, realm, alerts.SAME, content_sha256=hashlib.sha256(b"47").digest(), **given):
        assert plan.read("disturbance_alert") <= 1
    for plan in await plans(database, realm, alerts.LATEST, **given):
        assert plan.indexes("disturbance_alert") == {"disturbance_alert_latest"}
        assert plan.read("disturbance_alert") <= 1


async def test_the_same_content_is_looked_up_by_its_digest(database, filled, realm):
    asked = (
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM disturbance_report WHERE main_connector_id = $1 AND holder = $2"
        " AND content_sha256 = sha256('7') AND reported_at > now() - interval '10 minutes' ORDER BY reported_at LIMIT 1"
    )
    async with database.transaction(realm) as tx:
        explained = await tx.connection.fetchval(asked, realm.scope.main_connector_id, uuid.UUID(int=8))
    plan = Plan(msgspec.json.decode(explained)[0]["Plan"], TABLES)
    assert plan.indexes("disturbance_report") == {"disturbance_report_by_content"}
    assert plan.read("disturbance_report") == 1


async def test_the_register_is_read_by_time_with_what_belongs_to_its_page(database, filled, callers, owner):
    minutes = "('x' || right(id::text, 8))::bit(32)::int * interval '1 minute'"
    await owner.execute(f"UPDATE disturbance SET reported_at = timestamptz '2026-03-02' + {minutes}")  # noqa: S608
    await owner.execute("VACUUM ANALYZE disturbance")
    since, until = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    given = {"after_reported_at": since, "after_id": FIRST, "until": until, "count": 51}
    for caller in callers:
        for plan in await plans(database, caller, register.EVENTS, **given):
            assert plan.indexes("disturbance") == {"disturbance_by_report"}
            assert plan.read("disturbance") <= 24 * 60 + 1
            assert "Sort" not in plan.kinds
    page = {"disturbance_ids": [uuid.UUID(int=number) for number in range(100, 150)]}
    for statement, table, most in (
        (register.REPORTS, "disturbance_report", 50),
        (register.ANSWERS, "disturbance_answer", 200),
        (register.DUTIES, "disturbance_duty", 200),
        (register.STATUSES, "disturbance_status", 50),
    ):
        for plan in await plans(database, callers[0], statement, **page):
            assert plan.read(table) <= most, statement.name
