import asyncpg
import msgspec
import pytest

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Connection, connect
from kanta_tenancy.machinery.postgres.errors import UnfitDatabase
from kanta_tenancy.machinery.postgres.fitness import READ, Fitness, ensure_fit, faults

FIT = Fitness(
    role="kanta_service",
    is_superuser=False,
    bypasses_row_security=False,
    owns_tables=False,
    fsync="on",
    synchronous_commit="on",
    encoding="UTF8",
    version=180006,
)


def test_a_fit_database_has_no_faults():
    assert faults(FIT) == []


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ({"is_superuser": True}, "superuser"),
        ({"bypasses_row_security": True}, "row-level security"),
        ({"owns_tables": True}, "owns the tables"),
        ({"fsync": "off"}, "fsync is off"),
        ({"synchronous_commit": "off"}, "synchronous_commit is off"),
        ({"encoding": "SQL_ASCII"}, "SQL_ASCII"),
        ({"version": 140018}, "older than PostgreSQL 15"),
    ],
)
def test_each_fault_is_named(fault: dict[str, object], names: str):
    (sentence,) = faults(msgspec.structs.replace(FIT, **fault))
    assert names in sentence


async def test_the_services_role_is_fit_but_for_the_durability_that_tests_go_without(database_url: str):
    connection = await asyncpg.connect(database_url.replace("postgres@", "kanta_service@"))
    fitness = await READ.one(connection)
    await connection.close()
    assert fitness is not None
    assert msgspec.structs.replace(fitness, fsync="on", version=FIT.version) == FIT
    assert fitness.version >= 150000


async def test_an_administrator_is_refused(owner: Connection):
    with pytest.raises(UnfitDatabase, match="connects as postgres, which is a superuser"):
        await ensure_fit(owner)


@pytest.mark.parametrize(
    ("making", "names"),
    [
        ("BYPASSRLS", "row-level security"),
        ("NOBYPASSRLS; CREATE TABLE own (); ALTER TABLE own OWNER TO {role}", "owns the tables"),
    ],
)
async def test_a_role_that_sees_more_than_its_scope_is_refused(
    owner: Connection, database_url: str, making: str, names: str
):
    role = f"odd_{new_id().hex}"
    await owner.execute(f"CREATE ROLE {role} LOGIN {making.format(role=role)}")
    odd = await asyncpg.connect(database_url.replace("postgres@", f"{role}@"))
    with pytest.raises(UnfitDatabase, match=names):
        await ensure_fit(odd)
    await odd.close()
    await owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_a_pool_lends_no_connection_that_is_unfit(database_url: str):
    async with connect(database_url, check=ensure_fit) as database:
        with pytest.raises(UnfitDatabase):
            async with database.unscoped():
                pass
