"""An installed wheel works from any directory: nothing of it is found by way of the checkout."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.assembly.processes import ROOT, environment

LOOK = """
from kanta_tenancy.machinery.resources import folder
import kanta_tenancy
print(kanta_tenancy.__file__)
for name, sample in {"sql": "migrations/0001_foundation.sql", "templates": "agreements", "examples": "."}.items():
    print((folder(name) / sample).resolve(strict=True))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel installed, and its dependencies from the one that we run in."""
    work = tmp_path_factory.mktemp("wheel")
    offline = ("--disable-pip-version-check", "--no-index", "--no-deps", "--quiet")
    pip = (sys.executable, "-m", "pip")
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", work, ROOT], check=True)
    venv.create(work / "env", with_pip=False, symlinks=True)
    site = work / "env" / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    (wheel,) = work.glob("*.whl")
    subprocess.run([*pip, "--python", work / "env", "install", *offline, wheel], check=True)
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return work / "env" / "bin" / "python"


def run(*words: str | Path, cwd: Path) -> str:
    result = subprocess.run(words, cwd=cwd, env=environment({}), text=True, capture_output=True, check=True)
    return result.stdout


def test_the_command_works_from_another_directory(installed: Path, tmp_path: Path):
    command = installed.with_name("kanta-tenancy")
    assert "Commands:" in run(command, "--help", cwd=tmp_path)
    assert run(command, "--version", cwd=tmp_path).startswith("kanta-tenancy ")
    assert "KANTA_DATABASE_URL" in run(command, "serve", "--help", cwd=tmp_path)


def test_sql_templates_and_examples_travel_in_it(installed: Path, tmp_path: Path):
    places = run(installed, "-c", LOOK, cwd=tmp_path).splitlines()
    assert len(places) == 4
    for place in places:
        assert Path(place).is_relative_to(installed.parents[1]), place
