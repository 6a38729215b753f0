"""Pictures and tables in the docs are compared with the code that they tell of."""

import re
from pathlib import Path

from kanta_tenancy.agreements.lifecycle import MOVES
from kanta_tenancy.agreements.routes import routes
from kanta_tenancy.assembly.background import JOBS
from kanta_tenancy.assembly.command_line import SUBCOMMANDS

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_the_picture_of_the_lifecycle_is_the_lifecycle():
    drawn = {line.strip() for line in page("capabilities/agreements.md").splitlines() if "-->" in line}
    assert drawn == {f"{before} --> {after}: {move}" for (before, move), after in MOVES.items()}


def test_every_job_is_told_of_with_its_rhythm():
    told = set(re.findall(r"^\| `([a-z-]+)` \| (\d+) s \|", page("jobs.md"), re.MULTILINE))
    assert told == {(job.name, str(int(job.every.total_seconds()))) for job in JOBS}


def test_every_route_of_agreements_is_told_of():
    told = set(re.findall(r"^\| `([A-Z]+) (/v1/\S+)` \|", page("capabilities/agreements.md"), re.MULTILINE))
    found = {
        (method, "/v1" + re.sub(r"\{\w+(:\w+)?\}", "{id}", route.path_format).removesuffix("/"))
        for router in routes(lambda _: None)
        for route in router.routes
        for method in route.methods - {"OPTIONS"}
    }
    assert told == found


def test_every_link_between_pages_leads_somewhere():
    broken = [
        f"{file.relative_to(DOCS)}: {target}"
        for file in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8"))
        if not (file.parent / target).exists()
    ]
    assert broken == []


def test_every_command_is_told_of_in_the_readme():
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert [name for name in SUBCOMMANDS if f"`kanta-tenancy {name}" not in readme] == []
