"""Whose warnings a transaction can reach: those of its own realm, and a tenant none."""

import asyncpg
import pytest

from tests.certificates.findings.examples import a_finding
from tests.certificates.warnings.examples import DAY, MARCH_2
from tests.certificates.warnings.test_findings_passed_on import noted
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant

TABLES = (
    "certificate_sweep",
    "certificate_warning",
    "certificate_digest",
    "certificate_digest_item",
    "certificate_digest_finding",
)


@pytest.fixture
async def told(staffed):
    """A realm in which people were told of a tenant's certificate."""
    staffed.tenant = await a_tenant(staffed.database, staffed.clock, staffed.caller)
    await staffed.certificate(MARCH_2 + 40 * DAY, tenancy_id=staffed.tenant.tenancy.id)
    await noted(staffed, a_finding())
    await staffed.live(MARCH_2 + DAY)
    staffed.stranger = await a_realm(staffed.database, staffed.clock, 3000000)
    return staffed


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_shows_its_realm_everything_and_nothing_to_others(told, table):
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    everything = await told.owner.fetchval(count, told.realm)
    assert everything
    impostor = someone(told.stranger.scope.main_connector_id, told.tenant.tenancy.id)
    seen = {told.caller: everything, told.tenant.caller: 0, told.stranger: 0, impostor: 0}
    for caller, expected in seen.items():
        async with told.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, told.realm) == expected
    async with told.database.unscoped() as connection:
        assert await connection.fetchval(count, told.realm) == 0


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_writes_into_another_scope(told, table):
    for caller in (told.tenant.caller, told.stranger):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await copied(told, table, caller)


async def copied(told, table, caller) -> None:
    """Write the realm's rows once more, in the scope of another."""
    async with told.database.transaction(told.caller) as tx:
        await tx.connection.execute(f"CREATE TEMP TABLE seen ON COMMIT DROP AS SELECT * FROM {table}")  # noqa: S608 -- a name of TABLES
        await tx.connection.execute(f"SET LOCAL kanta.main_connector = '{caller.scope.main_connector_id}'")
        await tx.connection.execute(f"SET LOCAL kanta.tenancy = '{caller.scope.tenancy_id or '*'}'")
        await tx.connection.execute(f"INSERT INTO {table} SELECT * FROM seen")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_is_ever_deleted(told, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with told.database.transaction(told.caller) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE certificate_warning SET due_on = '2026-01-01'",
        "UPDATE certificate_warning SET level = 7",
        "UPDATE certificate_digest SET contact_id = NULL",
        "UPDATE certificate_digest_item SET level = 7",
        "UPDATE certificate_digest_finding SET finding_id = NULL",
        "UPDATE certificate_sweep SET main_connector_id = NULL",
    ],
)
async def test_the_service_cannot_change_what_never_changes(told, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with told.database.transaction(told.caller) as tx:
            await tx.connection.execute(mischief)


async def test_the_database_itself_refuses_two_open_warnings_of_a_certificate(told):
    with pytest.raises(asyncpg.UniqueViolationError, match="certificate_warning_open_once"):
        await told.owner.execute("UPDATE certificate_warning SET state = 'open', settled_at = NULL")
