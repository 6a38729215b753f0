import asyncio
import uuid

import asyncpg
import pytest

from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.postgres.migrations import Migration, WrongHistory, migrate, pending, read_migrations
from tests.conftest import on, someone


async def test_the_service_owns_nothing_and_cannot_step_around_row_level_security(owner):
    role = await owner.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'kanta_service'"
    )
    assert tuple(role) == (False, False, False, False)
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'kanta_service'"
    assert await owner.fetchval(owned) == 0


# What a tenant sees of its main connector's, which says nothing of other tenants: roots, seals, timestamps, and how
# renewal requests are followed.
OF_THE_REALM = {"journal_checkpoint", "journal_checkpoint_timestamp", "renewal_policy"}
PUBLIC = {"seal_certificate"}


async def test_every_table_with_an_owner_has_a_policy_on_both_of_its_owner_columns(owner):
    tables = await owner.fetch(
        """SELECT relname, relrowsecurity, string_agg(pg_get_expr(polqual, polrelid), ' ') AS policy
             FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'applied_migration'
            GROUP BY relname, relrowsecurity"""
    )
    assert {table["relname"] for table in tables} > OF_THE_REALM | PUBLIC
    assert [table["relname"] for table in tables if not table["relrowsecurity"]] == []
    lacks = {
        column: {table["relname"] for table in tables if column not in table["policy"]}
        for column in ("scope_main_connector()", "scope_is_whole_realm()")
    }
    assert lacks == {"scope_main_connector()": PUBLIC, "scope_is_whole_realm()": PUBLIC | OF_THE_REALM}


async def test_a_failed_transaction_leaves_nothing_and_its_connection_is_fit_for_use(database):
    caller = someone(uuid.uuid4())
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.transaction(caller) as tx:
            await tx.connection.execute("SELECT * FROM no_such_table")
    async with database.transaction(caller) as tx:
        assert await tx.connection.fetchval("SELECT current_setting('kanta.tenancy')") == "*"
    async with database.unscoped() as connection:
        assert await connection.fetchval("SELECT scope_main_connector()") is None
        assert await connection.fetchval("SELECT scope_is_whole_realm()") is False


async def test_a_transaction_that_swallowed_a_failure_is_not_taken_for_committed(database):
    async def swallow() -> None:
        async with database.transaction(someone(uuid.uuid4())) as tx:
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.connection.execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await swallow()


async def test_a_cancelled_transaction_gives_its_connection_back(database_url):
    async with connect(database_url, size=1) as database:
        caller = someone(uuid.uuid4())

        async def hang() -> None:
            async with database.transaction(caller) as tx:
                await tx.connection.execute("SELECT pg_sleep(60)")

        task = asyncio.create_task(hang())
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.transaction(caller) as tx:
            assert await tx.connection.fetchval("SELECT 1") == 1


async def test_nobody_waits_long_for_a_full_pool(database_url):
    async with connect(database_url, size=1) as database, database.unscoped():
        with pytest.raises(TimeoutError):
            async with database.unscoped():
                pass


async def test_a_connection_is_replaced_so_that_plans_made_for_small_tables_do_not_live_on(database_url):
    async def server_process(queries: int = 1) -> int:
        async with database.unscoped() as connection:
            for _ in range(queries - 1):
                await connection.fetchval("SELECT 1")
            return await connection.fetchval("SELECT pg_backend_pid()")

    async with connect(database_url, size=1) as database:
        first = await server_process()
        assert await server_process(queries=5_000) == first  # never in the midst of a use
        assert await server_process() != first


async def test_two_that_migrate_at_once_apply_every_file_once(server):
    name = f"empty_{uuid.uuid4().hex}"
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name}")
    both = [await asyncpg.connect(on(server, name)) for _ in range(2)]
    done = await asyncio.gather(*(migrate(connection, read_migrations()) for connection in both))
    assert sorted(map(len, done)) == [0, len(read_migrations())]
    for connection in both:
        await connection.close()
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


async def test_a_migration_that_fails_leaves_the_ones_before_it(database_url):
    connection = await asyncpg.connect(database_url)
    ours = read_migrations()
    good = Migration(name="9001_good.sql", sql="CREATE TABLE good ()")
    bad = Migration(name="9002_bad.sql", sql="CREATE TABLE half (); SELECT 1/0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(connection, [*ours, good, bad])
    assert await migrate(connection, [*ours, good]) == []
    assert await connection.fetchval("SELECT to_regclass('half')") is None
    await connection.close()


ONE, TWO = Migration(name="0001_a.sql", sql="a"), Migration(name="0002_b.sql", sql="b")


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ([("0001_a.sql", "another digest")], "0001_a.sql was edited"),
        ([("0000_x.sql", "")], "has 0000_x.sql where"),
        ([("0001_a.sql", ONE.sha256), ("0002_b.sql", TWO.sha256), ("0003_c.sql", "")], "it is newer"),
    ],
)
def test_a_database_with_another_history_is_refused(known, why):
    with pytest.raises(WrongHistory, match=why):
        pending(known, [ONE, TWO])
