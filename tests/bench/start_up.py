"""From the command `run` to its first answer: with a database of its own, made or found, and with an external one."""

import asyncio
import http.client
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from kanta_tenancy.kernel.records import Record
from tests.assembly.processes import Running, eventually, running
from tests.bench.alternating import Measured, middle_half
from tests.bench.realm import execute
from tests.bench.results import Goal, Row, at_most
from tests.conftest import on

_ROUNDS: Final = 7
_POLL_S: Final = 0.005
_PATIENCE_S: Final = 60.0
_GONE_WITHIN_S: Final = 10.0


class Process(Record, frozen=True, kw_only=True):
    """A process, told from a later one with the same number by when it began."""

    number: int
    began: str

    @property
    def is_running(self) -> bool:
        found = _stat(self.number)
        return found is not None and found.began == self.began and found.state != "Z"


class _Stat(Record, frozen=True, kw_only=True):
    state: str
    parent: int
    began: str


class Starts:
    """Starts the service in its three ways; each time is measured from the command to its first answer."""

    def __init__(self, server: str, folder: Path) -> None:
        self._folder = folder
        self._external = on(server, "bench_start")
        self._number = 0
        self.left = 0  # processes that outlived a killed service

    def external(self) -> float:
        with self._started("external", KANTA_DATABASE_URL=self._external) as (service, seconds):
            service.end()
        return seconds

    def fresh(self) -> float:
        """Start without a database; then kill it, and count what is still running."""
        self._number += 1
        name = f"fresh-{self._number}"
        with self._started(name) as (service, seconds):
            started = descendants(service.process.pid)
            if not started:
                raise LookupError("the service runs without a database of its own")
            service.end(signal.SIGKILL)
            eventually(lambda: not _running(started), within_s=_GONE_WITHIN_S)
            self.left += len(_running(started))
        shutil.rmtree(self._folder / name)
        return seconds

    def again(self) -> float:
        with self._started("again") as (service, seconds):
            service.end()
        return seconds

    @contextmanager
    def _started(self, home: str, **settings: object) -> Iterator[tuple[Running, float]]:
        began = time.monotonic()
        with running("run", KANTA_HOME=self._folder / home, **settings) as service:
            _await_answer(service)
            yield service, time.monotonic() - began


def measure(server: str) -> list[Row]:
    asyncio.run(execute(server, "CREATE DATABASE bench_start"))
    folder = Path(tempfile.mkdtemp(prefix="kanta-bench-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL's own account must reach what is in it
    try:
        starts = Starts(server, folder)
        times = _alternate(starts)
    finally:
        shutil.rmtree(folder)
    against = partial(Measured, theirs=times["external"])
    return [
        _row("start-up with a fresh database against an external one", against(ours=times["fresh"]), at_most(2.5)),
        _row("start-up with its own database against an external one", against(ours=times["again"]), at_most(1.2)),
        Row(
            name="processes left running after SIGKILL",
            ratio=starts.left,
            spread=(starts.left, starts.left),
            goal=at_most(0),
            ours=f"{starts.left}",
            theirs=f"{_ROUNDS + 1} kills",
        ),
    ]


def _alternate(starts: Starts) -> dict[str, tuple[float, ...]]:
    ways = [("external", starts.external), ("fresh", starts.fresh), ("again", starts.again)]
    times: dict[str, list[float]] = {name: [] for name, _ in ways}
    for number in range(_ROUNDS + 1):
        turn = number % len(ways)
        for name, start in (*ways[turn:], *ways[:turn]):
            times[name].append(start())
    return {name: tuple(taken[1:]) for name, taken in times.items()}  # the first ones made what the others find


def _await_answer(service: Running) -> None:
    """Return when the service has answered that it is ready."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and service.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=_PATIENCE_S)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except ConnectionRefusedError:
            time.sleep(_POLL_S)
        finally:
            connection.close()
    raise TimeoutError(service.errors)


def descendants(ancestor: int) -> frozenset[Process]:
    """Return what a process has started, and what that has started in turn."""
    found = {int(entry.name): stat for entry in Path("/proc").glob("[0-9]*") if (stat := _stat(int(entry.name)))}
    reached = {ancestor}
    grown = True
    while grown:
        more = {number for number, stat in found.items() if stat.parent in reached} - reached
        reached |= more
        grown = bool(more)
    return frozenset(Process(number=number, began=found[number].began) for number in reached - {ancestor})


def _running(processes: frozenset[Process]) -> list[Process]:
    return [process for process in processes if process.is_running]


def _stat(number: int) -> _Stat | None:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return _Stat(state=fields[0], parent=int(fields[1]), began=fields[19])


def _row(name: str, measured: Measured, goal: Goal) -> Row:
    return Row(
        name=name,
        ratio=statistics.median(measured.ratios),
        spread=middle_half(measured.ratios),
        goal=goal,
        ours=f"{statistics.median(measured.ours):.2f} s",
        theirs=f"{statistics.median(measured.theirs):.2f} s",
    )
