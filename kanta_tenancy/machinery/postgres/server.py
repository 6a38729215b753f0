"""A PostgreSQL of our own: made when missing, started beside the service, gone when the service is gone.

It listens on a Unix socket in a folder that nobody else can enter, and on no port.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from kanta_tenancy.machinery.postgres.errors import ServerTrouble
from kanta_tenancy.machinery.postgres.server_programs import (
    Account,
    account_for,
    account_of_initdb,
    find_programs,
    is_open_to_all,
    place_behind,
    reachable,
    spawn,
    write_through,
)

ADMINISTRATOR: Final = "postgres"
_LONGEST_SOCKET_FOLDER: Final = 88  # sun_path holds 107 bytes, of which `/.s.PGSQL.5432` and a spare take some
_LOG_LIMIT: Final = 5_000_000  # bytes, after which the log starts anew
_FORMER_S: Final = 30.0  # how long the server of a killed run may take to finish
_STOP_S: Final = 6.0
_POLL_S: Final = 0.005


class Server:
    """One PostgreSQL cluster below a home folder, and the process that serves it.

    Start it from a thread that lives as long as the service: the kernel stops the server when that thread ends.
    """

    def __init__(self, home: Path, *, programs: Path | None = None, durable: bool = True) -> None:
        """Choose what to run, touching nothing yet.

        Args:
            programs: the folder of initdb and postgres; None looks for the embedded ones, then the system's.
            durable: False for data that may be lost with the machine's power, such as a test's.
        """
        self._home = home
        self._chosen = programs
        self._durable = durable
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._initdb: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None
        self._programs = Path()
        self.place = Path()
        self.socket = Path()
        self.is_fresh = False  # whether this start made the cluster

    def start(self) -> None:
        """Begin to make or to start the cluster and return at once; `wait_until_ready` does the rest.

        Raises:
            ServerTrouble: another run holds this home, or the programs or the place cannot be used.
        """
        self._prepare_home()
        self._take_lock()
        try:
            self._begin()
        except (ServerTrouble, OSError):
            self.stop()
            raise

    def wait_until_ready(self, timeout_s: float = 60.0) -> None:
        """Return when connections are accepted.

        Raises:
            ServerTrouble: the server gave up, or is not ready in time; its own words are in the sentence.
        """
        deadline = time.monotonic() + timeout_s
        if self._initdb is not None:
            self._finish_cluster(deadline)
            self._launch()
        while not self._accepts_connections():
            if not self.is_running:
                raise ServerTrouble(f"PostgreSQL did not start: {self._last_words()}")
            if time.monotonic() > deadline:
                raise ServerTrouble(f"PostgreSQL is not ready after {timeout_s:.0f} s: {self._last_words()}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Stop the server: in order when it can, in any case soon; and let the home go."""
        self._end(self._initdb, (signal.SIGINT, signal.SIGKILL))
        self._end(self._process, (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        self._initdb = self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def restart(self) -> None:
        """Begin to start a server again that ended by itself."""
        self._await_former()
        self._launch()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self, *, role: str = ADMINISTRATOR, database: str = "postgres") -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='')}"

    @property
    def _data(self) -> Path:
        return self.place / "data"

    @property
    def _log(self) -> Path:
        return self.place / "postgres.log"

    @property
    def _is_made(self) -> bool:
        return (self._data / "PG_VERSION").is_file()

    def _prepare_home(self) -> None:
        if not self._home.is_dir():
            self._home.mkdir(parents=True)
            self._home.chmod(0o755)  # what is secret in it is closed by itself
        self._home = self._home.resolve()

    def _take_lock(self) -> None:
        try:
            lock = (self._home / "postgres.lock").open("ab")
        except PermissionError:
            raise ServerTrouble(f"{self._home} belongs to another user: set KANTA_HOME to a folder of yours") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ServerTrouble(f"{self._home} is in use: its database is already running") from None
        self._lock = lock

    def _choose_place(self) -> None:
        """Settle where the cluster lives and who owns it.

        Started by root, the place itself stays root's, so that PostgreSQL's account cannot put links into it.
        """
        place = self._home / "postgres"
        if place.is_symlink() and not place.exists():
            place.unlink()  # the data that it led to were removed
        if os.geteuid() == 0 and not place.exists() and not is_open_to_all(place):
            place.symlink_to(place_behind(self._home))
        place.mkdir(exist_ok=True)
        self.place = place.resolve()
        if self.place.stat().st_uid != os.geteuid() != 0:
            raise ServerTrouble(f"{self.place} belongs to another user: set KANTA_HOME to a folder of yours")
        self._account = account_for(self._data)
        self.place.chmod(0o700 if self._account is None else 0o711)
        self.socket = self._socket_folder()

    def _socket_folder(self) -> Path:
        folder = self.place / "socket"
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(os.fsencode(self.place)).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"kanta-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = {os.geteuid()} if self._account is None else {os.geteuid(), self._account.uid}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise ServerTrouble(f"{folder} belongs to another user: remove it")
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid)
        folder.chmod(0o700)
        return folder

    def _begin(self) -> None:
        self._choose_place()
        self._programs = reachable(find_programs(self._chosen), self._account)
        if self._is_made:
            self._await_former()
            self._launch()
        else:
            self.is_fresh = True
            self._begin_cluster()

    def _begin_cluster(self) -> None:
        """Run initdb beside the data's final name, so that a cluster half made is never taken for one."""
        maker = account_of_initdb(self._account)
        workshop = self.place / "making"
        shutil.rmtree(workshop, ignore_errors=True)
        workshop.mkdir(mode=0o700)
        if maker is not None:
            os.chown(workshop, maker.uid, maker.gid)
        command: list[str | Path] = [
            self._programs / "initdb",
            f"--pgdata={workshop / 'data'}",
            f"--username={ADMINISTRATOR}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--lc-messages=C",
            "--auth-local=trust",  # whoever can enter the socket's folder is us
            "--auth-host=reject",
            "--no-instructions",
            "--no-sync",  # we do, see below
        ]
        with self._log.open("wb") as output:
            self._initdb = spawn(command, maker, output)

    def _finish_cluster(self, deadline: float) -> None:
        initdb = self._initdb
        if initdb is None:
            return
        try:
            code = initdb.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ServerTrouble(f"initdb takes too long: {self._last_words()}") from None
        self._initdb = None
        if code != 0:
            raise ServerTrouble(f"initdb failed: {self._last_words()}")
        made = self.place / "making" / "data"
        _give_away(made, self._account)
        if self._durable:
            write_through(made)
        made.rename(self._data)
        made.parent.rmdir()
        if self._durable:
            write_through(self.place)

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "cluster_name": "kanta-tenancy",
            "max_connections": "64",
            "log_checkpoints": "off",
            "logging_collector": "off",
            "recovery_init_sync_method": "syncfs",  # a start after a crash, too, is seconds faster on a busy disk
        }
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        command: list[str | Path] = [self._programs / "postgres", "-D", self._data]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        is_long = self._log.exists() and self._log.stat().st_size > _LOG_LIMIT
        with self._log.open("wb" if is_long else "ab") as output:
            self._process = spawn(command, self._account, output)

    def _await_former(self) -> None:
        """Wait for the server of a killed run to finish, and forget it when it is gone.

        PostgreSQL's own test asks only whether the process id exists, and after a restart of the machine or
        the container it may belong to anyone.
        """
        status = self._data / "postmaster.pid"
        deadline = time.monotonic() + _FORMER_S
        while (former := _process_named_in(status)) is not None and _serves(former, self._data):
            if time.monotonic() > deadline:
                raise ServerTrouble(f"{self._data} is in use by another PostgreSQL, process {former}")
            time.sleep(_POLL_S)
        status.unlink(missing_ok=True)

    def _accepts_connections(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        process = self._process
        return process is not None and lines[:1] == [str(process.pid)] and lines[-1].strip() == "ready"

    def _last_words(self) -> str:
        lines = self._log.read_bytes()[-4000:].decode("utf-8", "replace").splitlines()
        telling = ("FATAL:", "PANIC:", "DETAIL:", "initdb: error:")
        words = [line.partition(word)[2].strip() for line in lines for word in telling if word in line]
        return f"{'; '.join((words or lines or ['it said nothing'])[-2:])} (see {self._log})"

    def _end(self, process: "subprocess.Popen[bytes] | None", requests: tuple[signal.Signals, ...]) -> None:
        for request in requests:
            if process is None or process.poll() is not None:
                return
            process.send_signal(request)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                continue


def _give_away(folder: Path, account: Account | None) -> None:
    if account is None:
        return
    os.chown(folder, account.uid, account.gid)
    for within, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(within) / name, account.uid, account.gid, follow_symlinks=False)


def _process_named_in(status: Path) -> int | None:
    try:
        return int(status.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _serves(process: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{process}/cwd").readlink() == data
    except OSError:  # gone, or not ours to look into, and so not the server of our data
        return False
