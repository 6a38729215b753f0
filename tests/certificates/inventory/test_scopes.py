"""Whose part of the inventory a transaction can reach: a tenant reads its own certificates, another realm nothing."""

import uuid
from datetime import date

import asyncpg
import pytest

from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.model import Description, NewUse
from kanta_tenancy.certificates.inventory.store import certificates, lists, sources, uses
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.certificates.inventory.examples import HANDED_IN, NOON, Inventory, der, many
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant, named, owner_of
from tests.scopes import reached
from tests.systems.examples import Register

STATEMENTS = {
    statement.name: statement
    for module in (certificates, lists, sources, uses)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {
    "certificates/certificate.take_in", "certificates/source.open", "certificates/source.add_places",
    "certificates/source.add_other_places",
    "certificates/use.insert", "certificates/use.replace",
}  # fmt: skip
TABLES = {
    "certificate": "id, main_connector_id, content, sha256, kind, unreadable, authority, seen, state, state_since,"
    " version, first_seen_at",
    "certificate_source": "id, main_connector_id, kind, name, created_at",
    "certificate_place": "id, main_connector_id, certificate_id, source_id, place, since",
    "certificate_use": "id, main_connector_id, certificate_id, host, since",
    "certificate_replacement": "replaced_id, main_connector_id, successor_id, recorded_at",
}


class Neighbourhood:
    """A tenant's certificate, replaced, with all that belongs to it; the main connector's; a neighbour, a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.neighbour = await a_tenant(self.database, self.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        self.system = await Register(self.database, self.clock, self.realm).system()
        inventory = Inventory(self.database, self.clock, self.realm)
        one, two, broken = *many(2), der()[:-40]
        taken = await inventory.taken(one, broken, source=HANDED_IN, tenancy_id=self.tenant.tenancy.id)
        self.source, (own_id, _) = taken.source, taken.new
        other = (await inventory.taken(two, source=HANDED_IN)).new[0]
        own = await owner_of(self.database, self.realm)
        self.person = await named(self.database, self.clock, self.realm, own)
        said = Description(kind="server", tenancy_id=self.tenant.tenancy.id, responsible_id=self.person.id)
        use = NewUse(since=date(2026, 1, 1), system_id=self.system.id, host="palvelin.example.org")
        async with self.database.transaction(self.realm) as tx:
            await actions.describe(tx, self.clock, own_id, said, version=1)
            await actions.add_use(tx, self.clock, own_id, use, version=2)
            (self.use,) = await uses.of_certificate(tx, own_id)
            self.certificate = await actions.replace(tx, self.clock, own_id, successor_id=other, version=3)
            self.successor = await certificates.find(tx, other)
            self.place = next(iter((await sources.places_still(tx, self.source.id)).values()))
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.neighbour.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        unreadable = statement.name.endswith("unreadable")
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "certificate_id": self.certificate.id,
            "certificate_ids": [self.certificate.id],
            "sha256s": [self.certificate.sha256],
            "source_id": self.source.id,
            "ids": [self.place],
            "use_id": self.use.id,
            "replaced_id": self.certificate.id,
            "successor_id": self.successor.id,
            "system_id": self.system.id,
            "tenancy_id": self.tenant.tenancy.id if "page" in statement.name else None,
            "responsible_id": self.person.id,
            "day": date(2026, 3, 2),
            "at": NOON,
            "until": date(2026, 3, 2),
            "kind": "other" if unreadable else "server",
            "state": "in_use" if unreadable else "replaced",
            "state_since": NOON,
            "version": self.certificate.version + 1,
            "certificates": 2,
            "before": lists.AFTER_ALL,
            "after": uuid.UUID(int=0),
            "after_end": lists.BEGINNING,
            "after_id": uuid.UUID(int=0),
            "count": 9,
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
async def test_a_table_shows_a_tenant_its_own_certificates_with_their_uses_and_nothing_to_others(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await owner.fetchval(count, realm)
    seen = {around.realm: everything, around.tenant.caller: {"certificate": 2, "certificate_use": 1}.get(table, 0)}
    assert everything
    for caller, expected in (*seen.items(), *((other, 0) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


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


async def test_a_tenant_changes_nothing_of_its_own_certificates(around):
    async with around.database.transaction(around.tenant.caller) as tx:
        assert await tx.connection.execute("UPDATE certificate SET state = 'in_use'") == "UPDATE 0"


@pytest.mark.parametrize("table", sorted(TABLES.keys() - {"certificate_replacement"}))
async def test_nothing_but_a_mistaken_replacement_is_ever_deleted(around, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE certificate SET content = 'x'",
        "UPDATE certificate SET not_after = now()",
        "UPDATE certificate_source SET name = 'x'",
        "UPDATE certificate_place SET since = now()",
        "UPDATE certificate_use SET system_id = NULL",
        "UPDATE certificate_replacement SET successor_id = NULL",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


async def test_the_same_certificate_is_an_entry_of_each_realm(around):
    theirs = Inventory(around.database, around.clock, around.stranger)
    taken = await theirs.taken(der())
    assert len(taken.new) == 1
    async with around.database.transaction(around.realm) as tx:
        content = (await certificates.contents(tx, [around.certificate.id]))[around.certificate.id]
    again = await theirs.taken(content)
    assert again.new
    assert around.certificate.id not in again.new


async def test_the_database_itself_refuses_a_tenants_key_that_may_write(owner, around):
    for permission, refused in (("certificates.read", False), ("certificates.write", True)):
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
