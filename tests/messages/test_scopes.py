"""Row-level security of this room's tables, asked with SQL, whatever the program would do."""

import asyncpg
import pytest

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.messages import mailing
from kanta_tenancy.messages.actions.feeds import make_feed
from tests.messages.examples import Hidden, Said, a_notice, an_endpoint, happened, told
from tests.parties.examples import a_realm, a_tenant

TABLES = ("notice", "webhook_endpoint", "webhook_event", "message", "message_attempt", "calendar_feed")
URL = "https://hooks.example.org/"


@pytest.fixture
async def full(database, clock, realm, tenant):
    """Rows of every table, of a main connector and of its tenant."""
    for caller in (realm, tenant.caller):
        await an_endpoint(database, clock, caller, URL, "thing.told", "thing.hidden")
        async with database.transaction(caller) as tx:
            await make_feed(tx, clock, name="Kanta", language="fi")
    await happened(database, clock, realm, Said(number=1), Hidden(number=2), tenancy_id=tenant.tenancy.id)
    await told(database, clock, realm, a_notice(1, urgent=True))
    await mailing.gather(database, clock)
    return realm


async def seen(database, caller) -> dict[str, int]:
    async with database.transaction(caller) as tx:
        count = tx.connection.fetchval
        return {table: await count(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 -- constants


async def test_each_sees_its_own(database, clock, full, realm, tenant):
    assert await seen(database, realm) == {
        "notice": 1, "webhook_endpoint": 2, "webhook_event": 2, "message": 4, "message_attempt": 0, "calendar_feed": 2,
    }  # fmt: skip
    assert await seen(database, tenant.caller) == {
        "notice": 0, "webhook_endpoint": 1, "webhook_event": 1, "message": 1, "message_attempt": 0, "calendar_feed": 1,
    }  # fmt: skip


async def test_a_neighbour_and_a_stranger_see_nothing(database, clock, full, realm):
    neighbour = await a_tenant(database, clock, realm, 2900000)
    stranger = await a_realm(database, clock, 2100000)
    for caller in (neighbour.caller, stranger):
        assert set((await seen(database, caller)).values()) == {0}


async def test_without_a_scope_there_are_no_rows(database, full):
    async with database.unscoped() as connection:
        for table in TABLES:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 -- constants


async def test_nobody_reads_the_digest_of_a_feeds_secret(database, full, realm):
    async with database.transaction(realm) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.connection.fetch("SELECT secret_sha256 FROM calendar_feed")
        await tx.connection.execute("ROLLBACK")


FORBIDDEN = [
    "INSERT INTO notice (id) VALUES (gen_random_uuid())",
    "UPDATE notice SET email = 'evil@example.org'",
    "DELETE FROM notice",
    "DELETE FROM message",
    "UPDATE message SET email = 'evil@example.org'",
    "UPDATE webhook_event SET payload = '{}'",
    "UPDATE message_attempt SET detail = ''",
    "UPDATE webhook_endpoint SET tenancy_id = NULL",
    "UPDATE calendar_feed SET tenancy_id = NULL",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_what_was_written_is_not_rewritten(database, full, realm, statement):
    async with database.transaction(realm) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.connection.execute(statement)
        await tx.connection.execute("ROLLBACK")


async def test_a_tenant_makes_no_endpoint_in_the_main_connectors_name(database, clock, full, tenant):
    insert = """INSERT INTO webhook_endpoint (id, main_connector_id, tenancy_id, url, kinds, created_at, secret_key)
                VALUES ($1, $2, NULL, 'https://a.example/', '{a}', now(), 'k')"""
    async with database.transaction(tenant.caller) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.connection.execute(insert, new_id(), tenant.caller.scope.main_connector_id)
        await tx.connection.execute("ROLLBACK")


async def test_only_the_main_connector_withdraws_what_waits_and_nobody_what_a_mail_has_taken(
    database, clock, full, tenant, owner
):
    await told(database, clock, full, a_notice(2))
    ids = [row["id"] for row in await owner.fetch("SELECT id FROM notice")]
    stranger = await a_realm(database, clock, 2100000)
    for caller, withdrawn in ((tenant.caller, 0), (stranger, 0), (full, 1), (full, 0)):
        async with database.transaction(caller) as tx:
            assert await tx.connection.fetchval("SELECT notice_withdraw($1)", ids) == withdrawn
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE message_id IS NOT NULL") == 1
