"""Whose trust a transaction reaches: a tenant sees its main connector's and writes none, another realm gets nothing."""

import uuid
from datetime import timedelta

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import revocation_list
from kanta_tenancy.trust import fitting, watch
from kanta_tenancy.trust.actions import policies as policy_actions
from kanta_tenancy.trust.errors import AnchorNotFound
from kanta_tenancy.trust.model import NOTHING_DECIDED, AnchorKind, Wish
from kanta_tenancy.trust.reading import judging
from kanta_tenancy.trust.store import anchors, policies, revocation, watched
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant
from tests.scopes import reached
from tests.trust.examples import AUTHORITY, ISSUING, NOON, OTHER, ROOT, SIGNER, an_anchor, fingerprints, loaded, removed

SHARED = ("trust_anchor", "trust_policy", "kept_revocation")
TABLES = (*SHARED, "watched_chain")
STATEMENTS = {
    statement.name: statement
    for module in (anchors, policies, revocation, watched)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
WRITES = {"trust/anchor.insert", "trust/policy.insert", "trust/revocation.insert", "trust/watched.insert"}
CHANGES = {
    "trust/anchor.take",
    "trust/anchor.remove",
    "trust/revocation.forget",
    "trust/watched.note",
    "trust/revocation.supersede",
}
OWN = {"trust/watched.find", "trust/watched.page"}  # the main connector's to see


PATH = (SIGNER.certificate, ISSUING, ROOT)


class Neighbourhood:
    """A realm with a tenant, whom it trusts and what it wants; and a stranger."""

    def __init__(self, database, clock) -> None:
        self.database = database
        self.clock = clock

    async def settle(self) -> None:
        self.realm = await a_realm(self.database, self.clock)
        self.tenant = await a_tenant(self.database, self.clock, self.realm, 1000000)
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        (self.anchor,) = [one.anchor for one in await loaded(self.database, self.clock, self.realm, ROOT)]
        async with self.database.transaction(self.realm) as tx:
            await policy_actions.decide(tx, self.clock, Wish(fresh_for_hours=3), version=0)
            await watch(tx, PATH, at=NOON)
            for day in (1, 0):
                made = revocation_list(AUTHORITY.issuing, at=NOON - timedelta(days=day))
                data = RevocationData(crls=(made.public_bytes(Encoding.DER),))
                await revocation.add(tx, fitting.statements(data, PATH), at=NOON - timedelta(days=day))
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)

    @property
    def strangers(self) -> tuple[Caller, ...]:
        return self.stranger, self.impostor

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.tenant.caller, *self.strangers

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "anchor_id": self.anchor.id,
            "sha256s": [self.anchor.sha256],
            "kind": AnchorKind.SIGNATURES,
            "kinds": list(AnchorKind),
            "at": NOON,
            "before": policies.NEWEST_POSSIBLE if "policy" in statement.name else anchors.NEWEST_POSSIBLE,
            "count": 9,
            "version": 2,
            "removed_at": NOON,
            "removed_by": "x",
            "removed_because": "x",
            "authorities": list(fitting.authorities_of(PATH)),
            "serials": [],
            "older_than": NOON + timedelta(days=1),
            "sha256": fingerprints(PATH)[0],
            "after": "",
            "standing": "good",
            "reason": "x",
            "asked_at": NOON,
            "authority_sha256": fitting.authority_of(ISSUING),
            "about": "",
            "produced_at": NOON + timedelta(days=1),
        }
        if statement.name == "trust/revocation.supersede":
            known["kind"] = "crl"
        return {name: known[name] for name in statement.parameters}


@pytest.fixture
async def around(database, clock) -> Neighbourhood:
    around = Neighbourhood(database, clock)
    await around.settle()
    return around


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES))
async def test_no_statement_reaches_another_realm_and_none_of_a_tenants_changes_anything(around, name):
    for caller in around.strangers:
        assert await reached(around, STATEMENTS[name], caller) == 0
    assert bool(await reached(around, STATEMENTS[name], around.tenant.caller)) is (name not in CHANGES | OWN)
    assert await reached(around, STATEMENTS[name], around.realm), "the test asks for nothing"


@pytest.mark.parametrize("table", TABLES)
async def test_a_tenant_sees_its_main_connectors_rows_and_another_realm_none(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await owner.fetchval(count, realm)
    assert everything
    seen = everything if table in SHARED else 0
    for caller, expected in (
        (around.realm, everything),
        (around.tenant.caller, seen),
        *((stranger, 0) for stranger in around.strangers),
    ):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_writes_into_another_scope_and_no_tenant_into_its_own(around, table):
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


@pytest.mark.parametrize("table", sorted({*TABLES} - {"kept_revocation"}))
async def test_nothing_that_was_decided_is_ever_deleted(around, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE trust_anchor SET certificate = '\\x00'",
        "UPDATE trust_anchor SET kind = 'timestamps'",
        "UPDATE trust_anchor SET loaded_at = '2020-01-01'",
        "UPDATE trust_policy SET level = 'LT'",
        "UPDATE trust_policy SET since = '2020-01-01'",
        "UPDATE kept_revocation SET produced_at = '2020-01-01'",
        "UPDATE watched_chain SET certificates = '{}'",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


@pytest.mark.parametrize("field", ["sha256", "certificate"])
async def test_the_database_keeps_no_certificate_under_another_fingerprint(around, field):
    said = msgspec.structs.asdict(an_anchor(OTHER.root)) | {field: getattr(an_anchor(ROOT), field)}
    asked = {name: value for name, value in said.items() if name in anchors.INSERT.parameters}
    with pytest.raises(asyncpg.CheckViolationError):
        async with around.database.transaction(around.realm) as tx:
            await anchors.INSERT.one(tx, main_connector_id=around.realm.scope.main_connector_id, **asked)


async def test_who_asks_in_another_realms_name_is_judged_by_nothing(around):
    realm = around.realm.scope.main_connector_id
    for caller in around.strangers:
        async with around.database.transaction(caller) as tx:
            found = await judging(tx, realm, NOON)
            assert (found.anchors, found.policy) == ((), NOTHING_DECIDED)
    async with around.database.transaction(around.tenant.caller) as tx:
        found = await judging(tx, realm, NOON)
        assert (len(found.anchors), found.policy.fresh_for_hours) == (1, 3)


async def test_another_realm_neither_reads_nor_removes_and_trusts_the_same_for_itself(around, database, clock):
    with pytest.raises(AnchorNotFound):
        await removed(database, clock, around.stranger, around.anchor)
    (own,) = await loaded(database, clock, around.stranger, ROOT)
    assert own.new
    assert own.anchor.id != around.anchor.id


async def test_the_database_itself_refuses_a_tenants_key_that_may_change_trust(owner, around):
    key = (
        "INSERT INTO access_key (id, main_connector_id, tenancy_id, organisation_id, system_name, permissions,"
        " secret_sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, 'x', $5, $6, $7, $8)"
    )
    holder = (around.realm.scope.main_connector_id, around.tenant.tenancy.id, around.tenant.organisation.id)
    until = NOON.replace(year=2027)
    await owner.execute(key, uuid.uuid4(), *holder, ["trust.read"], bytes(32), NOON, until)
    with pytest.raises(asyncpg.CheckViolationError, match="access_key_of_a_tenant"):
        await owner.execute(key, uuid.uuid4(), *holder, ["trust.manage"], bytes(32), NOON, until)


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"trust/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "trust").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
