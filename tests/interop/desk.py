"""A process that is started once and then asked line by line: one request, one answer."""

import select
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self


class DeskSilent(Exception):
    """The process ended, or did not answer in time."""


class Desk:
    """Runs a program that answers every line of its input with one line."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes], patience_s: float) -> None:
        self._process = process
        self._complaints = complaints
        self._patience_s = patience_s
        self._unread = b""

    @classmethod
    @contextmanager
    def running(cls, command: Sequence[str | Path], *, patience_s: float) -> Iterator[Self]:
        """Start the program and lend it; it ends when its input does, or is killed."""
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, bufsize=0
            ) as process,
        ):
            try:
                yield cls(process, complaints, patience_s)
            finally:
                _end(process, patience_s)

    def ask(self, request: str) -> bytes:
        """Send a line and return the line that answers it.

        Raises:
            DeskSilent: there was no answer.
        """
        if self._process.stdin is None or "\n" in request:
            raise ValueError("a request is one line")
        try:
            self._process.stdin.write(request.encode() + b"\n")
        except BrokenPipeError as ended:
            raise self._silent("ended") from ended
        return self._line()

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            self._unread += self._more()
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _more(self) -> bytes:
        if self._process.stdout is None:
            raise ValueError("the process has no output")
        ready, _, _ = select.select([self._process.stdout], [], [], self._patience_s)
        if not ready:
            self._process.kill()
            raise self._silent(f"did not answer within {self._patience_s} s")
        more = self._process.stdout.read(1 << 16)
        if not more:
            raise self._silent("ended")
        return more

    def _silent(self, what: str) -> DeskSilent:
        self._complaints.seek(0)
        return DeskSilent(f"{self._process.args!r} {what}: {self._complaints.read()[-2000:].decode(errors='replace')}")


def _end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
