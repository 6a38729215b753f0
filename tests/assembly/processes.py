"""The program as its users start it: a process of its own, asked over HTTP and ended by signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "kanta_tenancy")


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KANTA_", "PG"))}
    return own | {name: str(value) for name, value in settings.items()}


def command(*arguments: str, **settings: object) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        cwd=ROOT,
        env=environment(settings),
        text=True,
        capture_output=True,
        timeout=120,
    )


class Running:
    """A service that runs in a process of its own on a free port."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
        self.process = process
        self.port = port
        self._said = said

    @property
    def output(self) -> str:
        return (self._said / "output").read_text()

    @property
    def errors(self) -> str:
        return (self._said / "errors").read_text()

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        """Return status and body; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)
        except OSError:
            return 0, {}

    def is_ready(self) -> bool:
        return self.get("/health/ready")[0] == 200

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def running(*arguments: str, **settings: object) -> Iterator[Running]:
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="kanta-said-") as said,
        (Path(said) / "output").open("wb") as output,  # files, since a pipe that nobody reads fills and stops it
        (Path(said) / "errors").open("wb") as errors,
        subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=environment({"KANTA_PORT": port, **settings}),
            stdout=output,
            stderr=errors,
        ) as process,
    ):
        try:
            yield Running(process, port, Path(said))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def eventually(holds: Callable[[], bool], within_s: float = 60) -> bool:
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
