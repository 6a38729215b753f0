"""`run`, `serve`, `work` and `migrate` as processes, on the PostgreSQL that the suite runs on."""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from kanta_tenancy.assembly.roles import DATABASE, OWNER, SERVICE
from kanta_tenancy.machinery.postgres.server import ADMINISTRATOR, Server
from tests.assembly.processes import command, eventually, running
from tests.postgres_server import binaries

pytestmark = pytest.mark.postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own account can reach."""
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def other() -> Iterator[Server]:
    """A PostgreSQL that is not the service's own, as an administrator has one."""
    with open_folder() as made, administered(made) as server:
        yield server


@contextmanager
def open_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kanta-run-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@contextmanager
def administered(folder: Path, *, durable: bool = True) -> Iterator[Server]:
    server = Server(folder / "other", programs=binaries(), durable=durable)
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def execute(url: str, sql: str) -> object:
    async def executed() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(executed())


def make_database(server: Server, *, migrated: bool) -> tuple[str, str]:
    """Make roles and database as docs/operations/run.md says; return the owner's address and the service's."""
    name = f"kanta_{secrets.token_hex(4)}"
    for role in (OWNER, SERVICE):
        if not execute(server.url(), f"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"):  # noqa: S608
            execute(server.url(), f"CREATE ROLE {role} LOGIN")
    execute(server.url(), f"CREATE DATABASE {name} OWNER {OWNER}")
    urls = server.url(role=OWNER, database=name), server.url(role=SERVICE, database=name)
    if migrated:
        assert command("migrate", KANTA_OWNER_DATABASE_URL=urls[0]).returncode == 0
    return urls


def postmaster(home: Path) -> int:
    """Return the process of a home's PostgreSQL, 0 while it has none."""
    try:
        return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    except FileNotFoundError:
        return 0


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def test_a_first_run_serves_and_a_second_finds_its_data_again(folder: Path):
    home = folder / "home"
    for count in (0, 1):
        with running("run", KANTA_HOME=home, PG_BINDIR=binaries()) as service:
            assert eventually(service.is_ready)
            owner = f"postgresql://{OWNER}@/{DATABASE}?host={home}/postgres/socket"
            execute(owner, "CREATE TABLE IF NOT EXISTS kept (word text)")
            assert execute(owner, "SELECT count(*) FROM kept") == count
            execute(owner, "INSERT INTO kept VALUES ('stays')")
            database = postmaster(home)
            assert (service.end(), "Traceback" in service.errors) == (0, False)
            assert service.output.splitlines()[:2] == [
                f"Serving on http://127.0.0.1:{service.port} (Ctrl-C stops it)",
                f"Database: PostgreSQL in {home}/postgres",
            ]
        assert is_gone(database)
    assert stat.S_IMODE((home / "database-url").stat().st_mode) == 0o600
    assert f"{SERVICE}@/{DATABASE}" in (home / "database-url").read_text()


def test_ctrl_c_at_the_terminal_stops_a_run_in_order(folder: Path):
    with running("run", KANTA_HOME=folder / "home", PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)
        assert (service.end(signal.SIGINT), "Traceback" in service.errors) == (0, False)
    assert "database system is shut down" in (folder / "home" / "postgres" / "postgres.log").read_text()


def test_a_killed_run_leaves_nothing_running_and_the_next_recovers(folder: Path):
    home = folder / "home"
    with running("run", KANTA_HOME=home, PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)
        database = postmaster(home)
        service.end(signal.SIGKILL)
    assert eventually(lambda: is_gone(database))
    with running("run", KANTA_HOME=home, PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)


def test_a_run_killed_before_its_database_had_roles_makes_them_at_the_next(folder: Path):
    server = Server(folder / "home", programs=binaries())
    server.start()
    server.wait_until_ready()
    server.stop()
    with running("run", KANTA_HOME=folder / "home", PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)


def test_a_database_killed_under_a_run_comes_back(folder: Path):
    home = folder / "home"
    with running("run", KANTA_HOME=home, PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)
        database = postmaster(home)
        os.kill(database, signal.SIGKILL)
        assert eventually(lambda: postmaster(home) not in {0, database} and service.is_ready())
        assert (service.end(), "Traceback" in service.errors) == (0, False)


def test_a_second_run_on_the_same_home_says_so(folder: Path):
    home = folder / "home"
    with running("run", KANTA_HOME=home, PG_BINDIR=binaries()) as service:
        assert eventually(service.is_ready)
        second = command("run", KANTA_HOME=home, KANTA_PORT=0, PG_BINDIR=binaries())
        assert service.is_ready()
    assert second.returncode == 6
    assert second.stderr == f"kanta-tenancy: {home} is in use: its database is already running\n"


def test_a_port_in_use_stops_the_start_before_anything_is_made(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = command("run", KANTA_HOME=folder / "home", KANTA_PORT=port)
    assert result.returncode == 6
    assert (
        result.stderr == f"kanta-tenancy: 127.0.0.1:{port} is in use by another program: stop it or set KANTA_PORT.\n"
    )
    assert not (folder / "home").exists()


def test_a_run_on_an_administrators_postgres_keeps_the_services_password_to_itself(folder: Path, other: Server):
    home = folder / "home"
    execute(other.url(), 'CREATE DATABASE "any name"')
    settings = {"KANTA_HOME": home, "KANTA_DATABASE_URL": other.url(database="any%20name")}
    for start in ("first", "again", "the password was lost"):
        if start == "the password was lost":
            (home / "service-password").unlink()
        with running("run", **settings) as service:
            assert eventually(service.is_ready), start
            assert service.end() == 0
    assert stat.S_IMODE((home / "service-password").stat().st_mode) == 0o600
    password = (home / "service-password").read_text().strip()
    assert (home / "database-url").read_text().startswith(f"postgresql://{SERVICE}:{password}@/any%20name?host=")
    kept = str(execute(other.url(), "SELECT rolpassword FROM pg_authid WHERE rolname = 'kanta_service'"))
    assert kept.startswith("SCRAM-SHA-256$4096:")
    assert password not in (other.place / "postgres.log").read_text()


def test_migrate_applies_what_is_missing_and_nothing_twice(other: Server):
    owner, _ = make_database(other, migrated=False)
    first = command("migrate", KANTA_OWNER_DATABASE_URL=owner)
    again = command("migrate", KANTA_OWNER_DATABASE_URL=owner)
    assert execute(owner, "SELECT count(*) FROM pg_tables WHERE tableowner = current_user") != 0
    assert (first.returncode, again.returncode, again.stdout) == (0, 0, "")
    assert first.stdout.splitlines()[0] == "0001_foundation.sql"


def test_migrate_says_whose_address_it_needs():
    result = command("migrate")
    assert result.returncode == 2
    assert "KANTA_OWNER_DATABASE_URL is not set" in result.stderr


def test_a_service_waits_for_its_database_and_ends_in_order(folder: Path):
    with administered(folder) as server:
        _, url = make_database(server, migrated=True)
    with running("serve", KANTA_DATABASE_URL=url) as service:
        assert eventually(lambda: service.get("/health/live")[0] == 200)
        assert service.get("/health/ready")[0] == 503
        with administered(folder):
            assert eventually(service.is_ready)
            assert service.process.poll() is None
        assert eventually(lambda: service.get("/health/ready")[0] == 503)
        assert (service.end(), "Traceback" in service.errors) == (0, False)
        assert service.output == f"Serving on http://127.0.0.1:{service.port}\n"


def test_work_alone_does_without_a_port_and_ends_in_order(other: Server):
    _, url = make_database(other, migrated=True)
    with running("work", KANTA_DATABASE_URL=url) as worker:
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert eventually(lambda: execute(url, count) != 0)
        assert worker.get("/health/live")[0] == 0
        assert (worker.end(), worker.output, "Traceback" in worker.errors) == (0, "", False)


def test_a_role_that_is_not_the_services_is_refused(other: Server):
    owner, service = make_database(other, migrated=True)
    administrator = service.replace(SERVICE, ADMINISTRATOR)
    for role, url, why in ((ADMINISTRATOR, administrator, "is a superuser"), (OWNER, owner, "owns the tables")):
        for serves in ("serve", "work"):
            result = command(serves, KANTA_DATABASE_URL=url, KANTA_PORT=0)
            assert (result.returncode, "Traceback" in result.stderr) == (2, False)
            assert f"KANTA_DATABASE_URL connects as {role}, which" in result.stderr
            assert why in result.stderr


def test_a_database_that_loses_what_it_acknowledged_is_refused(folder: Path):
    with administered(folder, durable=False) as server:
        _, url = make_database(server, migrated=True)
        result = command("serve", KANTA_DATABASE_URL=url, KANTA_PORT=0)
    assert result.returncode == 2
    assert "fsync is off in the database" in result.stderr
    assert "synchronous_commit is off in the database" in result.stderr


def test_a_database_that_comes_late_and_is_unfit_ends_the_service(folder: Path):
    with administered(folder) as server:
        _, url = make_database(server, migrated=False)
    with running("serve", KANTA_DATABASE_URL=url) as service:
        assert eventually(lambda: service.get("/health/live")[0] == 200)
        with administered(folder):
            assert service.process.wait(timeout=60) == 2
        assert service.errors.splitlines()[-1].endswith("run `kanta-tenancy migrate`.")


@pytest.mark.parametrize(
    ("settings", "code", "sentence"),
    [
        ({"KANTA_DEBUG": "1"}, 2, "KANTA_DEBUG is not a setting: docs/operations/settings.md lists them."),
        ({}, 2, "KANTA_DATABASE_URL is not set, and `run` has left no database in /nowhere/kanta."),
        ({"KANTA_DATABASE_URL": "postgresql://kanta_service:postgres@db/kanta"}, 2, "anyone would try first"),
        ({"KANTA_DATABASE_URL": "postgresql://kanta_service@/kanta", "KANTA_HOST": "no.such.invalid"}, 6, "KANTA_HOST"),
    ],
)
def test_serve_does_not_start_on_wrong_settings(settings: dict[str, str], code: int, sentence: str):
    result = command("serve", **{"KANTA_HOME": "/nowhere/kanta", "KANTA_PORT": "0", **settings})
    assert result.returncode == code
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
