"""Named SQL statements read from `sql/queries/`, typed by the Struct they return."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

import asyncpg
import msgspec

from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.resources import folder

Row = TypeVar("Row", bound=msgspec.Struct)

QUERIES: Final = folder("sql") / "queries"
_HEADER: Final = re.compile(r"^-- name: ([a-z][a-z0-9_]*)$", re.MULTILINE)
_PARAMETER: Final = re.compile(r"'(?:[^']|'')*'|--[^\n]*|::\w+|(?<!:):([a-z_][a-z0-9_]*)")


class StatementError(Exception):
    """A query file or a call to one of its statements is wrong; a programmer must mend it."""


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """The row of a statement that returns none."""


class Statement(Generic[Row]):
    """One SQL statement with named parameters, returning rows of one Struct type."""

    def __init__(self, name: str, sql: str, row: type[Row]) -> None:
        self.name = name
        self.row = row
        self.sql, self.parameters = number_parameters(sql)
        self._names = frozenset(self.parameters)

    async def one(self, on: "Transaction | Connection", /, **values: Any) -> Row | None:
        record = await _connection(on).fetchrow(self.sql, *self._ordered(values))
        return None if record is None else self._to_row(record)

    async def all(self, on: "Transaction | Connection", /, **values: Any) -> list[Row]:
        return [self._to_row(record) for record in await _connection(on).fetch(self.sql, *self._ordered(values))]

    async def run(self, on: "Transaction | Connection", /, **values: Any) -> int:
        """Execute the statement and return how many rows it touched."""
        status = await _connection(on).execute(self.sql, *self._ordered(values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def run_many(self, on: "Transaction | Connection", rows: Iterable[Mapping[str, Any]], /) -> None:
        """Execute the statement once for each of `rows`, pipelined."""
        await _connection(on).executemany(self.sql, [self._ordered(values) for values in rows])

    def _to_row(self, record: asyncpg.Record) -> Row:
        return msgspec.convert(dict(record), self.row)

    def _ordered(self, values: Mapping[str, Any]) -> list[Any]:
        if values.keys() != self._names:
            raise StatementError(f"{self.name} takes {self.parameters}, got {sorted(values)}")
        return [values[name] for name in self.parameters]


def number_parameters(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn `:named` parameters into asyncpg's `$1`, leaving strings, comments and `::casts` alone."""
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PARAMETER.sub(numbered, sql), tuple(names)


def statement(path: str, row: type[Row]) -> Statement[Row]:
    """Load `folder/file.name`, for instance `agreements/agreement.find`.

    Raises:
        StatementError: the file holds no such name, or holds it twice.
    """
    file, _, name = path.rpartition(".")
    pieces = _HEADER.split((QUERIES / f"{file}.sql").read_text("utf-8"))
    found = [body.strip() for key, body in zip(pieces[1::2], pieces[2::2], strict=True) if key == name]
    if len(found) != 1:
        raise StatementError(f"{path}: found {len(found)} statements of that name, expected 1")
    return Statement(path, found[0], row)


def _connection(on: "Transaction | Connection") -> Connection:
    return on.connection if isinstance(on, Transaction) else on
