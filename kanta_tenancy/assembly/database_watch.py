"""Whether the database may be worked with: asked at the start, and until it answers when it is down then."""

import asyncio
from typing import Final

import asyncpg
import structlog

from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.machinery.postgres.database import Connection, Database
from kanta_tenancy.machinery.postgres.errors import UnfitDatabase
from kanta_tenancy.machinery.postgres.fitness import ensure_fit
from kanta_tenancy.machinery.postgres.migrations import applied, pending, read_migrations

OUT_OF_REACH: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)  # TimeoutError is an OSError
_LOOK_S: Final = 2.0
_RETRY_S: Final = 1.0

log: Final = structlog.get_logger("kanta_tenancy.service")


async def is_fit(db: Database) -> bool:
    """Return True when the database may be worked with, False when it cannot be reached.

    Raises:
        UnfitDatabase: it can be reached and must not be worked with.
    """
    try:
        async with asyncio.timeout(_LOOK_S), db.unscoped() as connection:
            await ensure_fit(connection)
            await ensure_migrated(connection)
    except UnfitDatabase:
        raise
    except OUT_OF_REACH as error:
        log.warning("waiting for the database", error=type(error).__name__)
        return False
    return True


async def ensure_migrated(connection: Connection) -> None:
    """Return when the database has every migration of this program, and no other.

    Raises:
        UnfitDatabase: it has not.
    """
    missing = pending(await applied(connection), read_migrations())
    if missing:
        raise UnfitDatabase(f"The database lacks {len(missing)} migrations: run `kanta-tenancy migrate`.")


async def refuse_unfit_database(db: Database, stop: Stop) -> None:
    """Look again until the database can be reached; one that turns out to be unfit ends the service.

    Until then /health/ready says that we are not ready, and requests are refused.
    """
    while not await stop.wait(_RETRY_S):
        try:
            if await is_fit(db):
                return
        except UnfitDatabase as error:
            stop.ask(error)
