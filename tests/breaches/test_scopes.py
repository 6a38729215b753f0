"""Whose part of the register a transaction can reach, and that nothing of it is ever lost."""

import uuid
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from kanta_tenancy.breaches.model import Reminded
from kanta_tenancy.breaches.store import breaches, entries, helping, reports
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.breaches.examples import NOON
from tests.conftest import someone
from tests.disturbances.examples import Desk
from tests.parties.examples import a_realm, a_tenant
from tests.scopes import reached

STATEMENTS = {
    statement.name: statement
    for module in (reports, breaches, entries, helping)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {name for name in STATEMENTS if name.rpartition(".")[2].startswith(("insert", "add_"))}
TABLES = {
    "breach_report": "id, main_connector_id, tenancy_id, title, what, found_at, suspected, damage, concerned,"
    " reported_by, reported_at",
    "breach": "id, main_connector_id, tenancy_id, report_id, title, found_at, recorded_at, state, part, version",
    "breach_entry": "main_connector_id, breach_id, number, holder, said, said_by, said_at",
    "breach_reminder": "main_connector_id, breach_id, turn, hours, holder, due_at, decided_at, told, people",
    "breach_help": "id, main_connector_id, tenancy_id, breach_id, breach_holder, asked_by_tenant, question, wanted_by,"
    " asked_by, asked_at, state, state_at, version",
    "breach_help_answer": "main_connector_id, help_id, number, tenancy_id, answer, is_final, answered_by, answered_at",
}
OWN = {
    "breach_report": 1,
    "breach": 1,
    "breach_entry": 3,
    "breach_reminder": 1,
    "breach_help": 1,
    "breach_help_answer": 1,
}


class Neighbourhood:
    """A tenant's breach with all that belongs to it, the main connector's own, a neighbour, a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.neighbour = await a_tenant(self.database, self.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)
        desk = Desk(self.database, self.clock, self.realm)
        self.disturbance = (await desk.reported(self.tenant.caller)).disturbance_id
        theirs = Register(self.database, self.clock, self.tenant.caller)
        ours = Register(self.database, self.clock, self.realm)
        done = await theirs.reported(of_tenant(self.tenant.tenancy.id), disturbance_id=self.disturbance)
        self.report, self.breach = done.report, done.breaches[0]
        self.asked = await theirs.asked(self.breach.id)
        self.asked, _ = await ours.answered(self.asked, is_final=False)
        reminded = Reminded(turn=1, hours=0, due_at=NOON, decided_at=NOON, told=True, people=0)
        async with self.database.transaction(self.realm) as tx:
            await entries.add_reminders(tx, self.breach, [reminded])
        await ours.reported(of_main_connector())

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.neighbour.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "report_id": self.report.id,
            "breach_id": self.breach.id,
            "breach_ids": [self.breach.id],
            "help_id": self.asked.id,
            "disturbance_id": self.disturbance,
            "holder": self.tenant.tenancy.id,
            "tenancy_id": self.tenant.tenancy.id,
            "before": breaches.NEWEST,
            "after": uuid.UUID(int=0),
            "after_found_at": datetime(2018, 1, 1, tzinfo=UTC),
            "after_id": uuid.UUID(int=0),
            "until": NOON + timedelta(days=1),
            "count": 9,
            "version": (self.asked.version if "/help." in statement.name else self.breach.version) + 1,
            "state": "asked" if "/help." in statement.name else "suspected",
            "state_at": NOON,
            "part": "controller",
        }
        return {name: known.get(name) for name in statement.parameters}


@pytest.fixture
async def around(database, clock) -> Neighbourhood:
    around = Neighbourhood(database, clock)
    await around.settle()
    return around


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    for caller in around.others:
        assert await reached(around, STATEMENTS[name], caller) == 0
    assert await reached(around, STATEMENTS[name], around.realm), "the test asks for nothing"


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_shows_a_tenant_its_own_and_nothing_to_others(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await owner.fetchval(count, realm)
    seen = {around.realm: everything, around.tenant.caller: OWN[table]}
    for caller, expected in (*seen.items(), *((other, 0) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_writes_into_another_scope(around, table):
    for caller in around.others:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await copied(around, table, caller)


async def copied(around: Neighbourhood, table: str, caller: Caller) -> None:
    """Write the realm's rows once more, in the scope of another."""
    columns = TABLES[table]
    async with around.database.transaction(around.realm) as tx:
        await tx.connection.execute(f"CREATE TEMP TABLE seen ON COMMIT DROP AS SELECT {columns} FROM {table}")  # noqa: S608 -- a name of TABLES
        await tx.connection.execute(f"SET LOCAL kanta.main_connector = '{caller.scope.main_connector_id}'")
        await tx.connection.execute(f"SET LOCAL kanta.tenancy = '{caller.scope.tenancy_id or '*'}'")
        await tx.connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM seen")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize("table", TABLES)
async def test_the_service_deletes_nothing(around, table):
    for loss in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with around.database.transaction(around.realm) as tx:
                await tx.connection.execute(f"{loss} {table}")


@pytest.mark.parametrize("table", TABLES)
async def test_not_even_the_owner_of_the_tables_deletes_a_row(around, owner, table):
    with pytest.raises(asyncpg.RaiseError, match="nothing is lost of the register of breaches"):
        await owner.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES
    with pytest.raises(asyncpg.RaiseError, match="TRUNCATE of breach"):
        await owner.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE breach_report SET what = 'x'",
        "UPDATE breach_entry SET said_by = 'x'",
        "UPDATE breach_reminder SET people = 9",
        "UPDATE breach_help_answer SET answer = 'x'",
    ],
)
async def test_what_was_said_is_never_edited(around, owner, edit):
    with pytest.raises(asyncpg.RaiseError, match="nothing is lost"):
        await owner.execute(edit)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(edit)


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE breach SET title = 'x'",
        "UPDATE breach SET found_at = now()",
        "UPDATE breach SET report_id = gen_random_uuid()",
        "UPDATE breach_help SET question = 'x'",
        "UPDATE breach_help SET tenancy_id = gen_random_uuid()",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


async def test_a_request_that_was_settled_stays_so(around, owner):
    await owner.execute("UPDATE breach_help SET state = 'answered'")
    with pytest.raises(asyncpg.RaiseError, match="that is final"):
        await owner.execute("UPDATE breach_help SET state = 'asked'")


async def test_an_entry_stands_in_the_register_of_its_breach_alone(around, owner):
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "INSERT INTO breach_entry (main_connector_id, breach_id, number, holder, said, said_by, said_at)"
            " VALUES ($1, $2, 9, $3, '{\"type\": \"statement\"}', 'x', now())",
            around.realm.scope.main_connector_id,
            around.breach.id,
            around.neighbour.tenancy.id,
        )


async def test_no_breach_points_into_another_realm(around, owner):
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "INSERT INTO breach (id, main_connector_id, report_id, title, found_at, recorded_at, state, part, version)"
            " VALUES (gen_random_uuid(), $1, $2, 'x', now(), now(), 'suspected', 'controller', 1)",
            around.stranger.scope.main_connector_id,
            around.report.id,
        )


@pytest.mark.parametrize("permission", ["breaches.read", "breaches.write"])
async def test_a_tenants_key_can_have_the_permissions(owner, around, permission):
    await owner.execute(
        "INSERT INTO access_key (id, main_connector_id, tenancy_id, organisation_id, system_name, permissions,"
        " secret_sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, 'x', ARRAY[$5], $6, $7, $8)",
        uuid.uuid4(),
        around.realm.scope.main_connector_id,
        around.tenant.tenancy.id,
        around.tenant.organisation.id,
        permission,
        bytes(32),
        NOON,
        NOON.replace(year=2027),
    )


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"breaches/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "breaches").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
