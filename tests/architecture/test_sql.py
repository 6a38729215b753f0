"""Every statement is prepared by a real PostgreSQL and fits the Struct that it promises."""

import importlib
import pkgutil

import asyncpg
import msgspec
import pytest

import kanta_tenancy
from kanta_tenancy.machinery.postgres.migrations import MIGRATIONS
from kanta_tenancy.machinery.postgres.statements import QUERIES, Nothing, Statement, number_parameters


def statements() -> list[Statement]:
    found: dict[str, Statement] = {}
    for module in pkgutil.walk_packages(kanta_tenancy.__path__, "kanta_tenancy."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Statement):
                    found[value.name] = value
    return sorted(found.values(), key=lambda one: one.name)


@pytest.mark.parametrize("statement", statements(), ids=lambda one: one.name)
async def test_the_columns_are_the_fields(owner: asyncpg.Connection, statement: Statement):
    prepared = await owner.prepare(statement.sql)
    columns = {attribute.name for attribute in prepared.get_attributes()}
    assert len(prepared.get_parameters()) == len(statement.parameters)
    if statement.row is Nothing:
        return
    fields = msgspec.structs.fields(statement.row)
    assert columns <= {field.encode_name for field in fields}
    assert {field.encode_name for field in fields if field.required} <= columns


def test_no_query_is_left_unused():
    written = {
        f"{file.relative_to(QUERIES).with_suffix('')}.{line.removeprefix('-- name: ')}"
        for file in QUERIES.rglob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == {statement.name for statement in statements()}


@pytest.mark.parametrize("file", sorted(MIGRATIONS.glob("*.sql")), ids=lambda file: file.name)
def test_every_migration_says_why_and_what_it_locks(file):
    text = file.read_text("utf-8")
    assert text.startswith("-- why:")
    assert "\n-- locks:" in text
    assert "SET LOCAL lock_timeout" in text


def test_migrations_are_numbered_without_gaps():
    numbers = [int(file.name[:4]) for file in sorted(MIGRATIONS.glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT :a, :b, :a", ("SELECT $1, $2, $1", ("a", "b"))),
        ("SELECT ':no'::text, :a::int -- :no", ("SELECT ':no'::text, $1::int -- :no", ("a",))),
    ],
)
def test_only_real_parameters_are_numbered(sql, expected):
    assert number_parameters(sql) == expected
