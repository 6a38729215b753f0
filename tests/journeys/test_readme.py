"""The README's walk to a first agreement, run as a reader would: line by line, beside a running service."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assembly.processes import ROOT, Running, environment, eventually, running

WALK = "## The first agreement over the API\n"
ADDRESS = "http://127.0.0.1:8000"


def lines_of_the_walk() -> str:
    section = (ROOT / "README.md").read_text("utf-8").partition(WALK)[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 7
    return "".join(blocks)


@pytest.fixture
def trying_out(tmp_path):
    with running("run", KANTA_HOME=tmp_path / "var") as service:
        assert eventually(service.is_ready), service.errors
        yield service


@pytest.fixture
def command_on_the_path(tmp_path) -> Path:
    """Stand in for `.venv/bin`: the suite need not be installed to run."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    command = folder / "kanta-tenancy"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kanta_tenancy "$@"\n')
    command.chmod(0o755)
    return command


@pytest.mark.slow
def test_the_lines_of_the_readme_lead_to_an_agreement_in_force(
    trying_out: Running, command_on_the_path: Path, tmp_path: Path
):
    walk = lines_of_the_walk()
    assert ADDRESS in walk
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", walk.replace(ADDRESS, f"http://127.0.0.1:{trying_out.port}")],
        check=False,
        cwd=tmp_path,
        env=environment({}),
        text=True,
        capture_output=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    states = re.findall(r'"status": "(\w+)"', done.stdout)
    assert states == ["offered", "partly_signed", "in_force"]
    assert "\nvalid: 2 signatures\n" in done.stdout
    assert "Whole: 1 main connector" in done.stdout
    assert (tmp_path / "var" / "original.docx").read_bytes() == (tmp_path / "var" / "signed-by-both.docx").read_bytes()
