"""Whose disturbances a transaction can reach: a tenant its own reports, duties and what it was told; others nothing."""

import uuid
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from kanta_tenancy.disturbances.actions import closing, naming, reporting, telling
from kanta_tenancy.disturbances.actions.closing import SaidFindings
from kanta_tenancy.disturbances.case import Answered, Basis, OnCall
from kanta_tenancy.disturbances.model import Answer, Fact
from kanta_tenancy.disturbances.store import (
    alerts,
    carried,
    disturbances,
    duties,
    findings,
    reaching,
    register,
    reports,
    statuses,
)
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Nothing, Statement
from kanta_tenancy.parties import Function
from tests.conftest import someone
from tests.disturbances.examples import NOON, Desk, a_carried, a_said_report
from tests.disturbances.test_assessing import Person
from tests.disturbances.test_closing import BECAUSE
from tests.parties.examples import a_realm, a_tenant, named, owner_of

STATEMENTS = {
    statement.name: statement
    for module in (alerts, carried, disturbances, duties, findings, reaching, register, reports, statuses)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {
    name
    for name in STATEMENTS
    if name.rpartition(".")[2].startswith(("insert", "add", "save_roster", "save_own_word", "take_in"))
}
DIGEST = b"x" * 32
ANSWERED = Answered(fact=Fact.DEVIATION, answer=Answer.NO, basis=Basis.PERSON, answered_by="x", answered_at=NOON)
COUNTS = {
    "disturbances/disturbance.figures",
    "disturbances/disturbance.unfollowed",
    "disturbances/status.reach",
    "disturbances/alert.hold",
}  # they answer whatever there is
# How many rows of the neighbourhood below each sees: the main connector, the tenant that reported.
TABLES = {
    "disturbance": (2, 1),
    "disturbance_party": (1, 1),
    "disturbance_report": (2, 1),
    "disturbance_alert": (2, 1),
    "disturbance_attachment": (1, 1),
    "disturbance_answer": (1, 0),
    "disturbance_given": (7, 0),
    "disturbance_duty": (5, 1),
    "disturbance_call": (1, 0),
    "disturbance_carried": (2, 1),
    "disturbance_status": (1, 1),
    "disturbance_recipient": (1, 1),
    "disturbance_roster": (1, 0),
    "disturbance_own_word": (2, 1),
    "disturbance_finding": (1, 0),
    "disturbance_hold": (1, 0),
}


class Neighbourhood:
    """A disturbance that a tenant reported and was told of; one that it was not; a neighbour, a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.neighbour = await a_tenant(self.database, self.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)
        own = await owner_of(self.database, self.realm)
        contact = await named(self.database, self.clock, self.realm, own, function=Function.DISTURBANCES)
        async with self.database.transaction(self.realm) as tx:
            await naming.name_people(tx, self.clock, [OnCall(contact_id=contact.id)], seen=0)
        for tenancy_id, caller in ((None, self.realm), (self.tenant.tenancy.id, self.tenant.caller)):
            async with self.database.transaction(caller) as tx:
                await naming.say_covered(tx, self.clock, tenancy_id, covered=True, seen=0)
        desk = Desk(self.database, self.clock, self.realm)
        self.taken = await desk.reported(self.tenant.caller, service="prescription")
        async with self.database.transaction(self.tenant.caller) as tx:
            self.file = await reporting.attach(tx, self.clock, self.taken.report_id, name="x", content=b"x")
        await desk.pay()
        self.other = await desk.reported(self.realm, what="Of nobody's concern")
        person = Person(desk, self.taken.disturbance_id)
        await person.acknowledges()
        await person._act(telling.publish, text=None)  # noqa: SLF001 -- the same person
        await person._act(closing.find_out, SaidFindings(remedy="Renewed"))  # noqa: SLF001 -- the same person
        async with self.database.transaction(self.realm) as tx:
            await closing.place_hold(tx, self.taken.disturbance_id, "breach/1", BECAUSE, at=NOON)
            (self.status,) = await statuses.of_disturbance(tx, self.taken.disturbance_id)
            kept = await duties.of_disturbance(tx, self.taken.disturbance_id)
            await disturbances.add_answers(tx, self.taken.disturbance_id, [ANSWERED])
            for tenancy_id in (None, self.tenant.tenancy.id):
                await carried.add(tx, self.taken.disturbance_id, [a_carried(tenancy_id=tenancy_id)])
        for caller in (self.realm, self.tenant.caller):
            async with self.database.transaction(caller) as tx:
                taken = alerts.Taken(disturbance_id=self.taken.disturbance_id, report_id=self.taken.report_id)
                await alerts.keep(tx, DIGEST, DIGEST, taken, at=NOON)
        self.own_duty = next(one for one in kept if one.tenancy_id is not None)

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.neighbour.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "disturbance_id": self.taken.disturbance_id,
            "disturbance_ids": [self.taken.disturbance_id],
            "after_reported_at": NOON - timedelta(days=1),
            "after_id": uuid.UUID(int=0),
            "until": NOON + timedelta(days=1),
            "report_id": self.taken.report_id,
            "report_ids": [self.taken.report_id],
            "attachment_id": self.file.id,
            "duty_id": self.own_duty.id,
            "status_id": self.status.id,
            "before": disturbances.NEWEST_POSSIBLE,
            "after": uuid.UUID(int=0),
            "states": ["reported", "acknowledged"],
            "service": "prescription",
            "abouts": ["nis2"],
            "holder": self.tenant.tenancy.id,
            "group_sha256": DIGEST,
            "content_sha256": DIGEST,
            "holders": [self.realm.scope.main_connector_id, self.tenant.tenancy.id],
            "count": 9,
            "since": NOON,
            "at": NOON,
            "state": "acknowledged",
            "state_at": NOON,
            "detected_at": NOON,
            "counted_from": NOON,
            "due_at": NOON,
            "explanation": {},
            "duties": [{"id": str(self.own_duty.id), "explanation": {}}],
            "tries": 1,
            "key": "breach/1",
            "version": 5 if "/disturbance." in statement.name else self.own_duty.version + 1,
            "tenancy_ids": [self.tenant.tenancy.id],
            "people": [0],
        }
        return {name: known.get(name) for name in statement.parameters}


@pytest.fixture
async def around(database, clock) -> Neighbourhood:
    around = Neighbourhood(database, clock)
    await around.settle()
    return around


async def reached(around: Neighbourhood, statement: Statement, caller: Caller) -> int:
    async with around.database.transaction(caller) as tx:
        asked = around.ask(statement)
        if statement.name == "disturbances/disturbance.similar":
            asked["disturbance_id"] = around.other.disturbance_id
        return await statement.run(tx, **asked) if statement.row is Nothing else len(await statement.all(tx, **asked))


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES - COUNTS))
async def test_no_statement_reaches_what_belongs_to_others(around, owner, name):
    if name in {"disturbances/disturbance.waiting", "disturbances/disturbance.unreached"}:
        await owner.execute("UPDATE disturbance SET state = 'reported'")
    if name == "disturbances/duty.take_outlined":
        await owner.execute("UPDATE disturbance_duty SET explanation = explanation || '{\"steps\": []}'")
    if name == "disturbances/disturbance.joined":
        joined = "UPDATE disturbance SET state = 'joined', joined_to = $1 WHERE id = $2"
        await owner.execute(joined, around.taken.disturbance_id, around.other.disturbance_id)
    for caller in around.others:
        assert await reached(around, STATEMENTS[name], caller) == 0
    assert await reached(around, STATEMENTS[name], around.realm), "the test asks for nothing"


async def test_no_recipient_of_others_is_counted(around):
    for caller in around.others:
        async with around.database.transaction(caller) as tx:
            assert (await statuses.reach(tx, around.status.id)).tenants == 0


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_shows_a_tenant_its_own_and_nothing_to_others(around, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything, own = TABLES[table]
    seen = {around.realm: everything, around.tenant.caller: own}
    for caller, expected in (*seen.items(), *((other, 0) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected, caller
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


async def test_nobody_takes_a_report_in_for_another(around):
    by = reporting.Reporter(scope=around.tenant.caller.scope, actor=around.tenant.caller.actor, request_id="")
    intake = reporting.prepared(
        reporting.accepted(by, around.clock, a_said_report(what="In another's name")), around.clock.now()
    )
    for caller in around.others:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with around.database.transaction(caller) as tx:
                await reports.take_in(tx, [intake])
    async with around.database.transaction(around.realm) as tx:
        assert len(await reports.take_in(tx, [intake])) == 1


@pytest.mark.parametrize(
    ("function", "callers"),
    [
        ("disturbance_take_in", {"postgres", "kanta_service"}),
        ("disturbance_similar_for", {"postgres"}),
        ("journal_seal_next", {"postgres"}),
    ],
)
async def test_of_what_writes_reports_the_service_calls_the_one_that_looks_at_its_scope(owner, function, callers):
    found = await owner.fetchrow("SELECT prosecdef, proconfig, proacl::text FROM pg_proc WHERE proname = $1", function)
    assert {grant.partition("=")[0] for grant in found["proacl"].strip("{}").split(",")} == callers
    assert found["prosecdef"] == ("kanta_service" in callers)
    assert not found["prosecdef"] or "search_path=pg_catalog, pg_temp" in found["proconfig"]


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE disturbance SET state = 'over'",
        "UPDATE disturbance_recipient SET told_at = now(), people = 0",
        "INSERT INTO disturbance_party VALUES ('{realm}', '{other}', '{tenancy}', true)",
        "INSERT INTO disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, answered_by,"
        " answered_at) VALUES (gen_random_uuid(), '{realm}', '{own}', 'deviation', 'no', 'person', 'x', now())",
        "INSERT INTO disturbance_carried (id, main_connector_id, disturbance_id, carrier, matter, state, note, said_by,"
        " said_at) VALUES (gen_random_uuid(), '{realm}', '{own}', 'breach/x', 'authority', 'sent', 'x', 'x', now())",
    ],
)
async def test_a_tenant_writes_nothing_that_is_the_main_connectors(around, write):
    said = write.format(
        realm=around.realm.scope.main_connector_id,
        other=around.other.disturbance_id,
        own=around.taken.disturbance_id,
        tenancy=around.tenant.tenancy.id,
    )
    done = "refused"
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.tenant.caller) as tx:
            done = await tx.connection.execute(said)
    assert done == ("UPDATE 0" if said.startswith("UPDATE") else "refused")


SAID = (
    "disturbance_report",
    "disturbance_answer",
    "disturbance_attachment",
    "disturbance_carried",
    "disturbance_alert",
    "disturbance_finding",
)


@pytest.mark.parametrize("table", SAID)
async def test_what_was_said_is_never_edited_or_deleted(around, table):
    for write in (f"DELETE FROM {table}", f"UPDATE {table} SET main_connector_id = main_connector_id"):  # noqa: S608
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with around.database.transaction(around.realm) as tx:
                await tx.connection.execute(write)


def test_every_statement_of_the_room_is_walked():
    written = sum(file.read_text("utf-8").count("-- name: ") for file in (QUERIES / "disturbances").glob("*.sql"))
    assert len(STATEMENTS) == written
