"""A real PostgreSQL for every test that asks for one, and a clock that stands still."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.machinery.postgres.database import Connection, Database, connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from tests import postgres_server
from tests.softhsm import SoftHsm

# How long an example takes says more about the machine than about us. Where a change is judged, every run tries the
# same examples; everywhere else each run tries others.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "ours")


class FrozenClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by need, not by hand: whoever asks for the server is a `postgres` test."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The administrator's address of a server that lives as long as the tests of this worker."""
    with postgres_server.running() as url:
        yield url


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    hsm = SoftHsm(tmp_path)
    for name, value in hsm.environment.items():
        monkeypatch.setenv(name, value)
    yield hsm
    hsm.forget()


def on(server: str, database: str, user: str = "postgres") -> str:
    """Return the address of another database, or role, on the same server."""
    return server.replace("postgres@/postgres?", f"{user}@/{database}?")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """One migrated template database per worker, from the same files that production runs."""
    name = f"template_{uuid.uuid4().hex}"

    async def build() -> None:
        administrator = await asyncpg.connect(server)
        await administrator.execute(f"CREATE DATABASE {name}")
        await administrator.close()
        fresh = await asyncpg.connect(on(server, name))
        await migrate(fresh, read_migrations())
        await fresh.close()

    asyncio.run(build())
    return name


@pytest.fixture
async def database_url(server: str, template: str) -> AsyncIterator[str]:
    """The owner's address of a private copy of the template (about 45 ms)."""
    name = f"copy_{uuid.uuid4().hex}"
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield on(server, name)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The service's view of a private database: the role that owns nothing, under row-level security."""
    async with connect(database_url.replace("postgres@", "kanta_service@"), size=8) as database:
        yield database


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Connection]:
    """A connection that owns the tables of `database` and sees every row: to look behind the service's back."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def someone(main_connector_id: uuid.UUID, tenancy_id: uuid.UUID | None = None, *permissions: str) -> Caller:
    """Return a caller of that realm, a tenant's when `tenancy_id` is given."""
    return Caller(
        scope=Scope(
            main_connector_id=MainConnectorId(main_connector_id),
            tenancy_id=None if tenancy_id is None else TenancyId(tenancy_id),
        ),
        actor=Actor(kind=ActorKind.SYSTEM, name="a test"),
        permissions=frozenset(permissions),
    )
