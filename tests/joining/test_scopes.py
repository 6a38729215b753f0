"""Whose dealings with Kela a transaction can reach: a tenant and another realm get nothing, whatever they ask."""

import uuid

import asyncpg
import msgspec
import pytest

from kanta_tenancy.joining.actions import change_notices
from kanta_tenancy.joining.store import applications
from kanta_tenancy.joining.store import change_notices as notice_store
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from tests.conftest import someone
from tests.joining.examples import MARCH_2, NOON, a_change, a_notice
from tests.joining.test_applications import in_production
from tests.parties.examples import a_realm, a_tenant
from tests.scopes import reached

TABLES = ("joining_application", "joining_step", "change_notice", "change_notice_tenancy", "organisation_name")
STATEMENTS = {
    statement.name: statement
    for module in (applications, notice_store)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {
    "joining/application.insert", "joining/application.insert_step", "joining/change_notice.insert",
    "joining/change_notice.add_tenancies",
}  # fmt: skip


class Neighbourhood:
    """A realm with an application in production and a planned notice of its tenant; a neighbour, and a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        self.application = await in_production(self.database, self.clock, self.realm, "prescription")
        async with self.database.transaction(self.realm) as tx:
            change = a_change(tenancy_ids=(self.tenant.tenancy.id,))
            self.notice = await change_notices.plan(tx, self.clock, change)
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.tenant.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "application_id": self.application.id,
            "change_notice_id": self.notice.id,
            "tenancy_ids": [self.tenant.tenancy.id],
            "before": applications.NEWEST_POSSIBLE,
            "day": MARCH_2,
            "count": 9,
            "statuses": ["planned"],
            "after_due": notice_store.BEGINNING.due_on,
            "after_id": notice_store.BEGINNING.id,
        }
        notice = msgspec.to_builtins(a_notice(), builtin_types=(uuid.UUID,)) | {"version": 2, "sent_on": None}
        days = {name: getattr(self.notice, name) for name in ("known_on", "effective_on", "due_on")}
        application = {
            "name": self.application.name,
            "services": ["prescription"],
            "stage": "in_production",
            "version": self.application.version + 1,
            "in_production_on": MARCH_2,
            "ended_on": None,
        }
        said = (notice | days) if statement.name.startswith("joining/change_notice") else application
        return {name: known[name] if name in known else said[name] for name in statement.parameters}


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
async def test_no_table_shows_a_row_to_a_tenant_or_another_realm(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await owner.fetchval(count, realm)
    assert everything
    for caller, expected in ((around.realm, everything), *((other, 0) for other in around.others)):
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
    async with around.database.transaction(around.realm) as tx:
        await tx.connection.execute(f"CREATE TEMP TABLE seen ON COMMIT DROP AS SELECT * FROM {table}")  # noqa: S608 -- a name of TABLES
        await tx.connection.execute(f"SET LOCAL kanta.main_connector = '{caller.scope.main_connector_id}'")
        await tx.connection.execute(f"SET LOCAL kanta.tenancy = '{caller.scope.tenancy_id or '*'}'")
        await tx.connection.execute(f"INSERT INTO {table} SELECT * FROM seen")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize("table", sorted({*TABLES} - {"change_notice_tenancy"}))
async def test_nothing_is_ever_deleted(around, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE joining_step SET evidence = 'x'",
        "UPDATE joining_application SET created_at = now()",
        "UPDATE change_notice SET created_at = now()",
        "UPDATE organisation_name SET since = '2020-01-01'",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


async def test_a_row_never_points_into_another_realm(around, database, clock):
    theirs = await a_tenant(database, clock, around.stranger, 1300000)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with around.database.transaction(around.stranger) as tx:
            await tx.connection.execute(
                "INSERT INTO change_notice_tenancy VALUES ($1, $2, $3)",
                around.notice.id,
                around.stranger.scope.main_connector_id,
                theirs.tenancy.id,
            )


async def test_the_database_itself_refuses_a_tenants_key_that_may_look(owner, around):
    with pytest.raises(asyncpg.CheckViolationError, match="access_key_of_a_tenant"):
        await owner.execute(
            "INSERT INTO access_key (id, main_connector_id, tenancy_id, organisation_id, system_name, permissions,"
            " secret_sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, 'x', '{joining.read}', $5, $6, $7)",
            uuid.uuid4(),
            around.realm.scope.main_connector_id,
            around.tenant.tenancy.id,
            around.tenant.organisation.id,
            bytes(32),
            NOON,
            NOON.replace(year=2027),
        )


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"joining/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "joining").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
