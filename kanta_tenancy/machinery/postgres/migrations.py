"""Forward-only migrations, applied once each, in order, under one advisory lock."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg
import msgspec

from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.machinery.postgres.errors import UnfitDatabase
from kanta_tenancy.machinery.resources import folder

MIGRATIONS: Final = folder("sql") / "migrations"
_LOCK: Final = 0x4B414E54  # "KANT"


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class WrongHistory(UnfitDatabase):
    """The database's migrations are not the beginning of ours; the sentence says how."""


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Return every migration, oldest first."""
    return [Migration(name=file.name, sql=file.read_text("utf-8")) for file in sorted(folder.glob("*.sql"))]


async def migrate(connection: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is missing, each file in a transaction of its own, and return the names applied, oldest first.

    Raises:
        WrongHistory: an applied file was edited or removed, or the database is newer than this program.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS applied_migration"
            " (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        missing = pending(await applied(connection), migrations)
        for migration in missing:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO applied_migration (name, sha256) VALUES ($1, $2)", migration.name, migration.sha256
                )
        return [migration.name for migration in missing]
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)


async def applied(connection: Connection) -> list[tuple[str, str]]:
    """Return (name, SHA-256) of every migration that the database knows, oldest first; none when it is empty."""
    try:
        rows = await connection.fetch("SELECT name, sha256 FROM applied_migration ORDER BY name")
    except asyncpg.UndefinedTableError:
        return []
    return [(row["name"], row["sha256"]) for row in rows]


def pending(known: Sequence[tuple[str, str]], ours: Sequence[Migration]) -> list[Migration]:
    """Return which of `ours` the database lacks.

    Raises:
        WrongHistory: what it has is not the beginning of ours.
    """
    for position, (name, sha256) in enumerate(known):
        if position >= len(ours):
            raise WrongHistory(f"the database has {name}, which this program does not know: it is newer")
        if ours[position].name != name:
            raise WrongHistory(f"the database has {name} where this program has {ours[position].name}")
        if ours[position].sha256 != sha256:
            raise WrongHistory(f"{name} was edited after it had been applied")
    return list(ours[len(known) :])
