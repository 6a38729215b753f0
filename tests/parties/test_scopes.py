"""Whose rows a statement of this room can reach: every table, every query, both kinds of stranger."""

import uuid
from datetime import UTC, date, datetime

import asyncpg
import msgspec
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Nothing, Statement
from kanta_tenancy.parties.store import contacts, evidence, keys, organisations, tenancies
from tests.parties.examples import a_key, a_realm, a_tenant, looked, named, owner_of

TABLES = ("main_connector", "organisation", "tenancy", "contact", "soteri_evidence", "access_key")
STATEMENTS = {
    statement.name: statement
    for module in (contacts, evidence, keys, organisations, tenancies)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
ACROSS_REALMS = {"parties/main_connector.everywhere", "parties/access_key.look_up", "parties/access_key.touch"}
ROWLESS = {"parties/main_connector.one_at_a_time"}
INSERTS = {name for name in STATEMENTS if name.endswith(".insert")}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Neighbourhood:
    """Two tenants of one realm and a stranger's realm, each with one of everything."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.neighbour = await a_tenant(self.database, self.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        owner = self.neighbour.organisation
        contact = await named(self.database, self.clock, self.realm, owner.id)
        look = await looked(self.database, self.clock, self.realm, owner.id)
        key = await a_key(self.database, self.clock, self.realm, owner.id, contact_id=contact.id, system_name=None)
        self.ids = {
            "main_connector": self.realm.scope.main_connector_id,
            "organisation": owner.id,
            "tenancy": self.neighbour.tenancy.id,
            "owner": await owner_of(self.database, self.realm),
            "contact": contact.id,
            "soteri_evidence": look.id,
            "access_key": key.key_id,
        }
        self.known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "organisation_id": owner.id,
            "organisation_ids": [owner.id],
            "tenancy_id": self.neighbour.tenancy.id,
            "tenancy_ids": [self.neighbour.tenancy.id],
            "tenancies": [self.neighbour.tenancy.id],
            "business_ids": [owner.business_id],
            "business_id": owner.business_id,
            "references": [owner.business_id],
            "reference": "another",
            "after": uuid.UUID(int=0),
            "limit": 100,
            "contact_id": contact.id,
            "contact_ids": [contact.id],
            "at": NOW,
            "on_day": date(2026, 3, 2),
            "name": "Changed",
            "parallel_names": {},
            "language": "fi",
            "oid": None,
            "version": 2,
            "email": "x@example.org",
            "phone": None,
            "function": "fees",
            "functions": ["agreements"],
            "valid_from": date(2026, 1, 1),
            "valid_until": None,
            "reason": "none",
            "withdrawn_at": NOW,
            "revoked_at": NOW,
        }

    def ask(self, statement: Statement) -> dict[str, object]:
        table = statement.name.partition("/")[2].partition(".")[0]
        own = {"parties/organisation.save": {"version": 3}, "parties/contact.persons_for": {"function": "agreements"}}
        given = self.known | own.get(statement.name, {})
        return {name: self.ids[table] if name == "id" else given[name] for name in statement.parameters}


@pytest.fixture
async def around(database, clock) -> Neighbourhood:
    around = Neighbourhood(database, clock)
    await around.settle()
    return around


async def reached(around: Neighbourhood, statement: Statement, caller: Caller) -> set[str]:
    """Return which of the neighbour's rows a statement gives in a caller's scope, or how many it changes."""
    asked = around.ask(statement)
    async with around.database.transaction(caller) as tx:
        if statement.row is Nothing:
            changed = await statement.run(tx, **asked)
            return {f"{changed} rows"} if changed else set()
        rows = await statement.all(tx, **asked)
        values = {str(value) for row in rows for value in msgspec.structs.asdict(row).values()}
        return values & set(map(str, around.ids.values()))


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - ACROSS_REALMS - ROWLESS - INSERTS))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    statement = STATEMENTS[name]
    assert await reached(around, statement, around.tenant.caller) == set()
    assert await reached(around, statement, around.stranger) == set()
    assert await reached(around, statement, around.realm), "the test asks for nothing"


async def seen(connection, table: str) -> set[tuple[object, ...]]:
    columns = "main_connector_id" if table == "main_connector" else "main_connector_id, tenancy_id"
    rows = await connection.fetch(f"SELECT {columns} FROM {table}")  # noqa: S608 -- a name of TABLES
    return {tuple(row) for row in rows}


@pytest.mark.parametrize("table", TABLES)
async def test_no_table_shows_rows_of_others(around, owner, table):
    everything = await seen(owner, table)
    assert everything
    for caller in (around.realm, around.tenant.caller, around.neighbour.caller, around.stranger):
        realm, tenancy = caller.scope.main_connector_id, caller.scope.tenancy_id
        mine = {row for row in everything if row[0] == realm and tenancy in {None, row[-1]}}
        async with around.database.transaction(caller) as tx:
            assert await seen(tx.connection, table) == mine
    async with around.database.unscoped() as connection:
        assert await seen(connection, table) == set()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("mischief", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_nothing_is_ever_deleted(around, mischief, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief.format(table))


@pytest.mark.parametrize(
    "mischief",
    [
        "SELECT secret_sha256 FROM access_key",
        "UPDATE access_key SET permissions = '{models.write}'",
        "UPDATE access_key SET expires_at = now() + interval '9 years'",
        "UPDATE access_key SET tenancy_id = NULL",
        "UPDATE access_key SET last_used_hour = NULL",
        "UPDATE organisation SET business_id = '0246246-0'",
        "UPDATE soteri_evidence SET checked_on = '2026-03-02'",
        "UPDATE soteri_evidence SET finding = 'registered'",
        "UPDATE tenancy SET reference = 'x'",
        "UPDATE main_connector SET business_id = '0246246-0'",
        "UPDATE contact SET organisation_id = NULL",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


async def test_nobody_writes_into_another_scope(around):
    insert = organisations.INSERT
    values = {
        "id": uuid.uuid4(),
        "main_connector_id": around.realm.scope.main_connector_id,
        "business_id": "0246246-0",
        "name": "X",
        "parallel_names": {},
        "language": "fi",
        "oid": None,
        "created_at": NOW,
    }
    for caller in (around.stranger, around.tenant.caller):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with around.database.transaction(caller) as tx:
                await insert.one(tx, **values)


async def test_the_database_itself_refuses_a_tenants_key_that_allows_too_much(around):
    with pytest.raises(asyncpg.CheckViolationError, match="access_key_of_a_tenant"):
        async with around.database.transaction(around.realm) as tx:
            await keys.INSERT.one(
                tx,
                id=uuid.uuid4(),
                main_connector_id=around.realm.scope.main_connector_id,
                tenancy_id=around.tenant.tenancy.id,
                organisation_id=around.tenant.organisation.id,
                contact_id=None,
                system_name="x",
                permissions=["models.write"],
                secret_sha256=bytes(32),
                created_at=NOW,
                expires_at=NOW.replace(year=2027),
            )


async def test_a_row_never_points_into_another_realm(around):
    theirs = await owner_of(around.database, around.stranger)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(
                "INSERT INTO contact (id, main_connector_id, organisation_id, name, email, function, valid_from,"
                " created_at) VALUES ($1, $2, $3, 'X', 'x@example.org', 'fees', '2026-01-01', now())",
                uuid.uuid4(),
                around.realm.scope.main_connector_id,
                theirs,
            )


@pytest.mark.parametrize("function", ["main_connectors", "access_keys_find", "access_key_touch", "party_facts"])
async def test_functions_across_realms_have_a_pinned_path_and_one_caller(owner, function):
    found = await owner.fetchrow("SELECT prosecdef, proconfig, proacl::text FROM pg_proc WHERE proname = $1", function)
    assert found["prosecdef"]
    assert found["proconfig"] == ["search_path=pg_catalog, pg_temp"]
    grantees = {grant.partition("=")[0] for grant in found["proacl"].strip("{}").split(",")}
    assert grantees == {"postgres", "kanta_service"}


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"parties/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "parties").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
