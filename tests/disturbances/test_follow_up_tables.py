"""Whose follow-ups a transaction reaches, and that every list of them is answered by an index."""

import uuid
from contextlib import suppress
from datetime import date
from functools import partial

import asyncpg
import pytest

from kanta_tenancy.disturbances.follow_ups import store
from kanta_tenancy.disturbances.follow_ups.model import Owner
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Nothing, Statement
from tests.conftest import someone
from tests.disturbances.examples import NOON
from tests.disturbances.test_follow_ups import TODAY, Office
from tests.parties.examples import a_realm, a_tenant
from tests.plans import plans as plans_of

STATEMENTS = {one.name: one for one in vars(store).values() if isinstance(one, Statement)}
MANY = 4_000  # of each kind, one in forty open
TENANCIES = 200
ID = "lpad(to_hex({0}), 32, '0')::uuid"
FILL = f"""
SET session_replication_role = replica;
INSERT INTO disturbance (id, main_connector_id, kind, state, since, reported_at, detected_at, version)
SELECT {ID.format("n")}, $realm, 'disturbance', 'over', now(), now(), now(), 1 FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_follow_up (id, main_connector_id, tenancy_id, kind, disturbance_id, owner, what, due_on,
                                   noticed_at, reported_by, reported_at, state, note, settled_by, state_at, round,
                                   version)
SELECT {ID.format("2 * n + (kind = 'fault')::int")}, $realm, {ID.format("1 + n % 200")}, kind, {ID.format("n")},
       'tenant', 'x', date '2026-01-01' + n, now(), 'x', now(), CASE WHEN n % 40 = 0 THEN 'open' ELSE 'done' END, 'x',
       'x', now(), 1, 1
  FROM generate_series(1, {MANY}) AS n, unnest(ARRAY['action', 'fault']) AS kind;
SET session_replication_role = origin;
"""  # noqa: S608 -- numbers of this file
plans = partial(plans_of, tables=("disturbance_follow_up",))


@pytest.fixture
async def filled(realm, owner):
    await owner.execute(FILL.replace("$realm", f"'{realm.scope.main_connector_id}'::uuid"))
    await owner.execute("VACUUM ANALYZE")


@pytest.fixture
def callers(realm) -> list[Caller]:
    return [realm, someone(realm.scope.main_connector_id, uuid.UUID(int=41))]  # whose are the open ones


async def test_what_is_open_is_read_from_what_is_open(database, filled, callers):
    given = {"kind": "action", "after_due_on": date(2026, 1, 1), "after_id": uuid.UUID(int=0), "count": 51}
    for plan in await plans(database, callers[0], store.OPEN, **given):
        assert plan.indexes("disturbance_follow_up") == {"disturbance_follow_up_open"}
        assert plan.read("disturbance_follow_up") <= 51
        assert "Sort" not in plan.kinds
    given |= {"tenancy_id": uuid.UUID(int=41)}
    for caller in callers:
        for plan in await plans(database, caller, store.OPEN_OF_TENANT, **given):
            assert plan.indexes("disturbance_follow_up") == {"disturbance_follow_up_open_of_tenant"}
            assert plan.read("disturbance_follow_up") <= MANY / TENANCIES
            assert "Sort" not in plan.kinds


async def test_whatever_its_state_it_is_read_from_the_newest(database, filled, callers):
    given = {"kind": "fault", "states": ["done", "dropped"], "before": uuid.UUID(int=MANY), "count": 51}
    for plan in await plans(database, callers[0], store.PAGE, **given):
        assert plan.indexes("disturbance_follow_up") == {"disturbance_follow_up_by_time"}
        assert plan.read("disturbance_follow_up") <= 60
    given |= {"tenancy_id": uuid.UUID(int=42)}
    for caller in (callers[0], someone(callers[0].scope.main_connector_id, uuid.UUID(int=42))):
        for plan in await plans(database, caller, store.PAGE_OF_TENANT, **given):
            assert plan.indexes("disturbance_follow_up") == {"disturbance_follow_up_of_tenant"}
            assert plan.read("disturbance_follow_up") <= MANY / TENANCIES


async def test_what_one_disturbance_has_left_is_found_by_it(database, filled, realm):
    given = {"disturbance_id": uuid.UUID(int=80), "after": uuid.UUID(int=0), "count": 51}
    for plan in await plans(database, realm, store.OF_DISTURBANCE, **given):
        assert plan.indexes("disturbance_follow_up") == {"disturbance_follow_up_of_disturbance"}
        assert plan.read("disturbance_follow_up") == 2


class Neighbourhood:
    """A follow-up of the main connector's own, one that a tenant is to do, a neighbour, a stranger."""

    async def settle(self, desk, tenant) -> None:
        database, clock = desk.database, desk.clock
        self.desk = desk
        self.tenant = tenant
        office = Office(desk, tenant)
        disturbance_id = (await desk.reported(tenant.caller)).disturbance_id
        self.ours = await office.planned(disturbance_id)
        self.theirs = await office.planned(disturbance_id, owner=Owner.TENANT, tenancy_id=tenant.tenancy.id)
        neighbour = await a_tenant(database, clock, desk.caller, 1100000)
        stranger = await a_realm(database, clock, 2100000)
        impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
        self.others = (neighbour.caller, stranger, impostor)

    def ask(self, statement: Statement) -> dict[str, object]:
        one = self.theirs
        known = {
            "main_connector_id": self.desk.caller.scope.main_connector_id,
            "disturbance_id": one.disturbance_id,
            "follow_up_id": one.id,
            "tenancy_id": one.tenancy_id,
            "kind": "action",
            "states": ["open"],
            "after": uuid.UUID(int=0),
            "after_due_on": TODAY,
            "after_id": uuid.UUID(int=0),
            "before": store.NEWEST_POSSIBLE,
            "count": 9,
            "at": NOON,
            "owner": "tenant",
            "what": "x",
            "due_on": one.due_on,
            "state": "open",
            "state_at": NOON,
            "round": 1,
            "version": 2,
        }
        return {name: known.get(name) for name in statement.parameters}


@pytest.fixture
async def around(desk, tenant) -> Neighbourhood:
    around = Neighbourhood()
    await around.settle(desk, tenant)
    return around


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - {"follow_ups/follow_up.insert"}))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    statement = STATEMENTS[name]

    async def reached(caller: Caller) -> int:
        async with around.desk.database.transaction(caller) as tx:
            asked = around.ask(statement)
            if statement.row is Nothing:
                return await statement.run(tx, **asked)
            return len(await statement.all(tx, **asked))

    for caller in around.others:
        assert await reached(caller) == 0
    assert await reached(around.tenant.caller) == 1


async def test_the_table_shows_a_tenant_its_own_and_nothing_to_others(around):
    seen = {around.desk.caller: 2, around.tenant.caller: 1} | dict.fromkeys(around.others, 0)
    for caller, expected in seen.items():
        async with around.desk.database.transaction(caller) as tx:
            assert await tx.connection.fetchval("SELECT count(*) FROM disturbance_follow_up") == expected


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE disturbance_follow_up SET what = 'x' WHERE owner <> 'tenant'",
        "UPDATE disturbance_follow_up SET owner = 'main_connector', note = 'mine no more'",
        "INSERT INTO disturbance_follow_up (id, main_connector_id, tenancy_id, kind, owner, what, due_on, noticed_at,"
        " reported_by, reported_at, state, state_at, round, version) SELECT gen_random_uuid(), main_connector_id,"
        " tenancy_id, 'fault', 'tenant', 'x', due_on, now(), 'x', now(), 'open', now(), 1, 1"
        " FROM disturbance_follow_up LIMIT 1",
        "DELETE FROM disturbance_follow_up",
    ],
    ids=["of-another", "hand-over", "own-fault", "delete"],
)
async def test_a_tenant_writes_nothing_that_is_the_main_connectors(around, write):
    done = "refused"
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with around.desk.database.transaction(around.tenant.caller) as tx:
            done = await tx.connection.execute(write)
    assert done in {"refused", "UPDATE 0"}


def test_every_statement_is_walked():
    written = sum(file.read_text("utf-8").count("-- name: ") for file in (QUERIES / "follow_ups").glob("*.sql"))
    assert len(STATEMENTS) == written
