"""A database with a main connector, its tenants and a key of the main connector's."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from tests.conftest import on
from tests.parties.examples import EVERYTHING, a_key, a_realm, a_tenant, owner_of

_FIRST_SERIAL = 1300000


class Realm(Record, frozen=True, kw_only=True):
    owner_url: str
    service_url: str
    caller: Caller
    token: str
    tenancies: tuple[UUID, ...]


async def make_realm(server: str, name: str, *, tenants: int) -> Realm:
    """Make a migrated database on a server and fill it with one realm."""
    await execute(server, f"CREATE DATABASE {name}")
    owner_url, service_url = on(server, name), on(server, name, "kanta_service")
    owner = await asyncpg.connect(owner_url)
    await migrate(owner, read_migrations())
    await owner.close()
    clock = SystemClock()
    async with connect(service_url, size=1) as database:
        caller = await a_realm(database, clock)
        made = [await a_tenant(database, clock, caller, _FIRST_SERIAL + 10 * each) for each in range(tenants)]
        organisation = await owner_of(database, caller)
        token = await a_key(database, clock, caller, organisation, permissions=EVERYTHING)
    return Realm(
        owner_url=owner_url,
        service_url=service_url,
        caller=caller,
        token=token.text,
        tenancies=tuple(tenant.tenancy.id for tenant in made),
    )


async def execute(url: str, sql: str, *arguments: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql, *arguments)
    finally:
        await connection.close()


async def execute_each(url: str, statements: Sequence[str]) -> None:
    """Execute statements one by one, each in a transaction of its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
