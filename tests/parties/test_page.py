"""docs/capabilities/parties.md says what the code does."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.di import Provide

from kanta_tenancy.assembly.journal_routes import ROUTES as JOURNAL
from kanta_tenancy.kernel.identifiers import AccessKeyId, new_id
from kanta_tenancy.machinery.web.access import accesses
from kanta_tenancy.parties import granting, tokens
from kanta_tenancy.parties.imports.reading_csv import COLUMNS
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Function, Permission
from kanta_tenancy.parties.routes import ROUTES

PAGE = (Path(__file__).parents[2] / "docs" / "capabilities" / "parties.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line] for line in table]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_function_is_explained():
    assert [code(row[0])[0] for row in rows("Functions of a contact")] == list(Function)


def test_every_permission_is_told_for_both_parties():
    told = rows("Access keys")
    assert [code(row[0])[0] for row in told] == list(Permission)
    assert {code(row[0])[0] for row in told if row[2].isascii()} == TENANT_PERMISSIONS
    assert f"after {granting.LONGEST_LIFE.days} days at the latest" in " ".join(PAGE.split())


@pytest.fixture
def app() -> Litestar:
    return Litestar(
        route_handlers=[*ROUTES, JOURNAL],
        dependencies={"call": Provide(object, sync_to_thread=False)},
        openapi_config=None,
    )


def test_every_route_is_listed_with_its_permission(app):
    told = {tuple(code(row[0])[0].split()): code(row[1])[0] for row in rows("Routes")}
    there = {
        (access.method, "/v1" + access.path.replace(":uuid", "")): access.terms.permission for access in accesses(app)
    }
    assert told == there


def test_every_column_of_a_file_is_listed():
    assert [column for row in rows("Importing") for column in code(row[0])] == list(COLUMNS)


def test_every_rule_names_what_keeps_it():
    source = "\n".join(
        file.read_text("utf-8")
        for folder in ("kanta_tenancy/parties", "sql/migrations")
        for file in sorted((Path(__file__).parents[2] / folder).rglob("*"))
        if file.suffix in {".py", ".sql"}
    )
    for row in rows("Rules"):
        for name in code(row[1]):
            word = name.rpartition(".")[2] if "/" not in name else "organisation_business_id"
            assert re.search(rf"\b{word}\b", source), name


def test_every_act_in_the_journal_is_listed():
    folder = Path(__file__).parents[2] / "kanta_tenancy" / "parties" / "actions"
    done = {
        verb for file in folder.glob("*.py") for verb in re.findall(r'acts\.journal\(\s*tx, "(\w+)"', file.read_text())
    }
    told = code(PAGE.partition("## In the journal")[2])
    assert {name.partition(".")[2] for name in told} == done
    assert len(told) == 11


def test_a_key_is_as_long_as_the_page_says():
    assert f"{len(tokens.draw(AccessKeyId(new_id())).text)} characters" in PAGE
