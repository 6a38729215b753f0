"""The way of docs/remote-signing.md, run as a reader would: its lines, after those of the README until the offer."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assembly.processes import ROOT, Running, environment
from tests.journeys.test_readme import ADDRESS, WALK, command_on_the_path, trying_out

__all__ = ["command_on_the_path", "trying_out"]  # fixtures

OFFER = "**The tenant signs**"


def lines(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def walk() -> str:
    until_offered = (ROOT / "README.md").read_text("utf-8").partition(WALK)[2].partition(OFFER)[0]
    from_there = (ROOT / "docs" / "remote-signing.md").read_text("utf-8")
    assert (len(lines(until_offered)), len(lines(from_there))) == (4, 5)
    return "".join(lines(until_offered) + lines(from_there))


@pytest.fixture
def python_on_the_path(command_on_the_path: Path) -> None:
    python = command_on_the_path.with_name("python3")
    python.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)


@pytest.mark.slow
@pytest.mark.usefixtures("python_on_the_path")
def test_the_lines_of_the_page_put_an_agreement_in_force_and_send_no_document(trying_out: Running, tmp_path: Path):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", walk().replace(ADDRESS, f"http://127.0.0.1:{trying_out.port}")],
        check=False,
        cwd=tmp_path,
        env=environment({}),
        text=True,
        capture_output=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r'"status": "(\w+)"', done.stdout) == ["offered", "partly_signed", "in_force"]
    assert "These octets sign that document, on the line of Åke Äijö-Öhberg\n" in done.stdout
