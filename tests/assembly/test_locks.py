import re
import tomllib

import pytest

from tests.assembly.processes import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def normal(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_a_hash_and_from_no_named_place(lock: str):
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8").replace("\\\n", " "))
    assert len(entries) > 5
    for entry in entries[1:]:
        assert re.match(r"[a-z0-9._-]+==\S+( ;.*?)? +--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]
    assert "://" not in "".join(line for entry in entries for line in entry.splitlines() if "# via" not in line)


def test_the_locks_agree_and_hold_everything_that_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runs = {*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]}
    named = {
        "requirements.lock": runs,
        "requirements-dev.lock": {*runs, *project["dependency-groups"]["dev"]},
        "requirements-build.lock": set(project["dependency-groups"]["build"]),
    }
    everything = pins("requirements-dev.lock")
    for lock, requirements in named.items():
        assert {normal(requirement) for requirement in requirements} <= set(pins(lock)), lock
        assert {name: pin for name, pin in pins(lock).items() if everything.get(name, pin) != pin} == {}, lock
    assert {normal(requirement) for requirement in project["build-system"]["requires"]} <= set(
        pins("requirements-build.lock")
    )
