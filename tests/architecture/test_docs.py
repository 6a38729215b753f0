"""Pictures and tables in the docs are compared with the code that they tell of."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

import click
import pytest

from kanta_tenancy import promises
from kanta_tenancy.agreements import catalogue
from kanta_tenancy.agreements.lifecycle import MOVES
from kanta_tenancy.agreements.model import Party, Register, Status
from kanta_tenancy.agreements.routes import routes
from kanta_tenancy.assembly.background import JOBS
from kanta_tenancy.assembly.command_line import SUBCOMMANDS
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.parties.model import Function
from kanta_tenancy.promises.figures import PromiseFigures
from kanta_tenancy.promises.lifecycle import MOVES as PROMISE_MOVES
from kanta_tenancy.promises.routes import ROUTES as PROMISES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
LINK = re.compile(r"\]\((?![a-z]+:)([^)#]*)(?:#([^)]*))?\)")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "moves"), [("agreements", MOVES), ("promises", PROMISE_MOVES)])
def test_the_picture_of_the_lifecycle_is_the_lifecycle(name, moves):
    drawn = {line.strip() for line in page(f"capabilities/{name}.md").splitlines() if "-->" in line}
    assert drawn == {f"{before} --> {after}: {move}" for (before, move), after in moves.items()}


def test_every_job_is_told_of_with_its_rhythm():
    told = set(re.findall(r"^\| `([a-z-]+)` \| (\d+) s \| (\d+) s \|", page("jobs.md"), re.MULTILINE))
    rhythms = {(job.name, job.every.total_seconds(), job.first_after.total_seconds()) for job in JOBS}
    assert {(name, float(every), float(first)) for name, every, first in told} == rhythms


def test_what_is_done_once_a_day_is_not_done_at_every_start():
    assert [job.name for job in JOBS if job.every > timedelta(hours=1) > job.first_after] == []


@pytest.mark.parametrize(("name", "routers"), [("agreements", routes(lambda _: None)), ("promises", [PROMISES])])
def test_every_route_of_a_room_is_told_of(name, routers):
    told = set(re.findall(r"^\| `([A-Z]+) (/v1/\S+)` \|", page(f"capabilities/{name}.md"), re.MULTILINE))
    found = {
        (method, "/v1" + re.sub(r"\{\w+(:\w+)?\}", "{id}", route.path_format).removesuffix("/"))
        for router in routers
        for route in router.routes
        for method in route.methods - {"OPTIONS"}
    }
    assert told == found


def anchors(file: Path) -> set[str]:
    """Return the addresses of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(file: Path, target: str, anchor: str) -> bool:
    there = file.parent / target if target else file
    return there.exists() and (not anchor or anchor in anchors(there))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(file: Path):
    links = LINK.findall(file.read_text("utf-8"))
    assert [link for link in links if not leads_somewhere(file, *link)] == []


def commands() -> Iterator[str]:
    for name, subcommand in SUBCOMMANDS.items():
        command = load(subcommand.target)
        yield from (f"{name} {one}" for one in command.commands) if isinstance(command, click.Group) else [name]


def test_every_command_is_told_of_in_the_readme():
    told = re.findall(r"^\| `kanta-tenancy ([a-z -]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert told == list(commands())


def test_every_target_of_make_is_told_of_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(targets) > 5
    assert [name for name in targets if name != "help" and f"| `make {name}` |" not in readme] == []


def test_every_dependency_is_told_of_with_the_version_that_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = chain(
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    )
    locked = chain.from_iterable(
        re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
        for lock in ROOT.glob("requirements*.lock")
    )
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in named}
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9.]+) \|", page("dependencies.md"), re.MULTILINE))
    assert told == {(name, version) for name, version in locked if name in names}
    assert {name for name, _ in told} == names


def test_every_debian_package_that_tests_ask_is_told_of():
    script = (ROOT / "tests" / "interop" / "install.sh").read_text("utf-8")
    listed = script.partition("PACKAGES=(\n")[2].partition("\n)")[0]
    packages = " ".join(line.partition("#")[0] for line in listed.splitlines()).split()
    assert len(packages) > 10
    assert [name for name in packages if f"`{name}`" not in page("dependencies.md")] == []


def test_every_word_of_the_api_for_a_thing_of_the_trade_is_in_the_glossary():
    trade = {*Party, *Register, *Status, *Function, *(service.key for service in catalogue.services())}
    words = trade | {*promises.Owner, *promises.State, *promises.What}
    glossary = page("glossary.md")
    assert [word for word in sorted(words) if f"`{word}`" not in glossary] == []


def test_every_metric_and_every_line_of_the_log_is_told_of():
    monitoring = page("operations/monitoring.md")
    sources = [file.read_text("utf-8") for file in (ROOT / "kanta_tenancy").rglob("*.py")]
    lines = {
        (event, level)
        for source in sources
        for level, event in re.findall(r'\blog\.(info|warning|error)\(\s*"([^"]+)"', source)
    }
    assert set(re.findall(r"^\| `([^`]+)` \| (info|warning|error) \|", monitoring, re.MULTILINE)) == lines
    metrics = Metrics()
    PromiseFigures(metrics.registry)
    figures = {family.name for family in metrics.registry.collect() if not family.name.endswith("_created")}
    assert set(re.findall(r"^\| `([a-z_]+)` \| (?:histogram|gauge|counter)", monitoring, re.MULTILINE)) == figures
