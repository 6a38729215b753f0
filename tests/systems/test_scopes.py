"""Whose part of the register a transaction can reach: a tenant reads what serves it, another realm nothing at all."""

import uuid

import asyncpg
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import certificates as certificate_actions
from kanta_tenancy.systems.errors import DocumentNotFound
from kanta_tenancy.systems.store import certificates, deployments, systems
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant
from tests.scopes import reached
from tests.systems.examples import MARCH_2, NOON, Register

STATEMENTS = {
    statement.name: statement
    for module in (systems, certificates, deployments)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {name for name in STATEMENTS if name.rpartition(".")[2].startswith(("insert", "add_"))}
COUNTS = {"systems/deployment.reach", "systems/deployment.lasting"}  # they answer with a row whatever there is
OF_THE_REALM_ALONE = {"conformity_document", "conformity_warning"}
TABLES = {
    "information_system": "id, main_connector_id, kind, name, system_class, producer, state, version, created_at",
    "system_release": "id, system_id, main_connector_id, number, since",
    "conformity_certificate": "id, system_id, main_connector_id, kind, issuer, number, granted_on, last_day,"
    " recorded_at, turns",
    "conformity_document": "certificate_id, main_connector_id, name, media_type, size, sha256, content, added_at",
    "conformity_warning": "certificate_id, days_left, main_connector_id, due_at, decided_at, outcome, people",
    "deployment": "id, main_connector_id, system_id, service, tenancy_id, since, version, created_at",
}


class Neighbourhood:
    """A system that serves one tenant with all that belongs to it; one that serves nobody; a neighbour, a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.neighbour = await a_tenant(self.database, self.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        self.register = register = Register(self.database, self.clock, self.realm)
        system = await register.released(await register.in_use())
        system = await register.certified(system)
        async with self.database.transaction(self.realm) as tx:
            self.system = await certificate_actions.show_certificate(
                tx, self.clock, system.id, system.certificates[0].id, version=system.version, name="x", content=b"x"
            )
        self.certificate = self.system.certificates[0]
        self.other = await register.certified(await register.system(name="Serves nobody"), number="other")
        self.deployment = await register.deployed(self.system, self.tenant.tenancy.id)
        self.own = await register.deployed(self.system, None)
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.neighbour.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "system_id": self.system.id,
            "system_ids": [self.system.id],
            "certificate_id": self.certificate.id,
            "deployment_id": self.deployment.id,
            "id": self._id(statement.name),
            "holder": self.tenant.tenancy.id,
            "services": ["prescription"],
            "names": [self.system.name],
            "states": ["in_use"],
            "kinds": ["information_system"],
            "day": MARCH_2,
            "before": deployments.NEWEST_POSSIBLE if "newest" in statement.name else certificates.NEVER,
            "after": uuid.UUID(int=0),
            "after_name": "",
            "after_id": uuid.UUID(int=0),
            "after_day": certificates.BEGINNING.last_day,
            "after_holder": uuid.UUID(int=0),
            "after_service": "",
            "count": 9,
            "version": self.system.version + 1,
            "kind": "information_system",
            "name": "Another",
            "system_class": "A3",
            "producer": {"name": "x"},
            "state": "in_use",
            "in_use_on": MARCH_2,
            "number": "2",
            "since": MARCH_2,
            "stands_since": NOON,
            "turns": 1,
        }
        return {name: known.get(name) for name in statement.parameters}

    def _id(self, name: str) -> uuid.UUID:
        if name.endswith("save_release"):
            return self.system.releases[0].id
        return self.deployment.id if "/deployment." in name else self.certificate.id


@pytest.fixture
async def around(database, clock, owner) -> Neighbourhood:
    around = Neighbourhood(database, clock)
    await around.settle()
    await owner.execute(
        "INSERT INTO conformity_warning VALUES ($1, 90, $2, now(), now(), 'told', 1)",
        around.certificate.id,
        around.realm.scope.main_connector_id,
    )
    return around


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES - COUNTS))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    for caller in around.others:
        assert await reached(around, STATEMENTS[name], caller) == 0
    assert await reached(around, STATEMENTS[name], around.realm), "the test asks for nothing"


async def test_nobody_else_is_counted(around):
    for caller in around.others:
        async with around.database.transaction(caller) as tx:
            assert await deployments.lasting(tx, around.system.id, MARCH_2) == 0
            assert (await deployments.reach(tx, around.system.id, MARCH_2)).deployments == 0
    async with around.database.transaction(around.tenant.caller) as tx:
        reach = await deployments.reach(tx, around.system.id, MARCH_2)
    assert (reach.tenants, reach.deployments) == (1, 1)


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_shows_a_tenant_what_serves_it_and_nothing_to_others(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await owner.fetchval(count, realm)
    seen = {around.realm: everything, around.tenant.caller: 0 if table in OF_THE_REALM_ALONE else 1}
    for caller, expected in (*seen.items(), *((other, 0) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


async def test_a_tenant_sees_the_system_that_serves_it_with_its_own_deployments_alone(around):
    async with around.database.transaction(around.tenant.caller) as tx:
        (listed,) = await reading.listed(tx, after=None, count=9)
        system = await reading.system(tx, listed.id)
        behind = await reading.behind(tx, listed.id, MARCH_2, after=None, count=9)
        ending = await reading.certificates_ending(tx, certificates.NEVER, after=None, count=9)
        own = await reading.dependencies_of(tx, around.tenant.tenancy.id, MARCH_2)
        of_main_connector = await reading.dependencies_of(tx, None, MARCH_2)
        with pytest.raises(DocumentNotFound):
            await reading.document(tx, listed.id, around.certificate.id)
        assert await reading.warnings(tx, listed.id, around.certificate.id) == []
    assert (listed.name, len(system.releases), len(system.certificates)) == ("Saaristo Care", 1, 1)
    assert system.certificates[0].document_name is None
    assert [one.tenancy_id for one in behind] == [around.tenant.tenancy.id]
    assert [one.system for one in ending] == ["Saaristo Care"]
    assert ([one.name for one in own], of_main_connector) == (["Saaristo Care"], [])


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_writes_into_another_scope_and_no_tenant_into_its_own(around, table):
    for caller in (around.tenant.caller, *around.others):
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


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE information_system SET name = 'x'",
        "UPDATE system_release SET number = 'x'",
        "UPDATE conformity_certificate SET turns = 9",
        "UPDATE deployment SET since = '2020-01-01'",
    ],
)
async def test_a_tenant_changes_nothing_of_what_it_sees(around, change):
    async with around.database.transaction(around.tenant.caller) as tx:
        assert await tx.connection.execute(change) == "UPDATE 0"


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_is_ever_deleted(around, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE information_system SET created_at = now()",
        "UPDATE conformity_certificate SET last_day = '2030-01-01'",
        "UPDATE conformity_document SET content = 'x'",
        "UPDATE conformity_warning SET people = 7",
        "UPDATE deployment SET service = 'will'",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


@pytest.mark.parametrize("column", ["system_id", "tenancy_id"])
async def test_a_deployment_never_points_into_another_realm(around, database, clock, owner, column):
    theirs = Register(database, clock, around.stranger)
    tenant = await a_tenant(database, clock, around.stranger, 1300000)
    ids = {"system_id": (await theirs.system()).id, "tenancy_id": tenant.tenancy.id}
    ids[column] = getattr(around.deployment, column)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "INSERT INTO deployment (id, main_connector_id, system_id, tenancy_id, service, since, version, created_at)"
            " VALUES (gen_random_uuid(), $1, $2, $3, 'will', '2026-01-01', 1, now())",
            around.stranger.scope.main_connector_id,
            ids["system_id"],
            ids["tenancy_id"],
        )


async def test_the_database_itself_refuses_a_tenants_key_that_may_write(owner, around):
    for permission, refused in (("systems.read", False), ("systems.write", True)):
        insert = owner.execute(
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
        if refused:
            with pytest.raises(asyncpg.CheckViolationError, match="access_key_of_a_tenant"):
                await insert
        else:
            await insert


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"systems/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "systems").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
