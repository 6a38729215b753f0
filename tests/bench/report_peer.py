"""Starts the peer of `reports`, FastAPI with SQLAlchemy's ORM, as two processes behind one port."""

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.assembly.processes import ROOT, eventually, free_port

PROCESSES: Final = 2


@contextmanager
def running_peer(owner_url: str) -> Iterator[int]:
    """Start the peer on a database, and return its port.

    Raises:
        TimeoutError: it does not answer; what it said goes with it.
    """
    port = free_port()
    address = urlsplit(owner_url)
    url = f"postgresql+asyncpg://{address.username}@{address.path}?host={parse_qs(address.query)['host'][0]}"
    command = [
        sys.executable, "-m", "uvicorn", "tests.bench.fastapi_peer:app", f"--workers={PROCESSES}", "--loop=uvloop",
        "--http=httptools", "--no-access-log", "--log-level=warning", f"--port={port}",
    ]  # fmt: skip
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, cwd=ROOT, env=os.environ | {"FASTAPI_PEER_URL": url}, stderr=said) as process,
    ):
        try:
            if not eventually(lambda: _answers(port)):
                said.seek(0)
                raise TimeoutError(said.read())
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json", timeout=5):
            return True
    except OSError:
        return False
