"""Whether a database keeps what it acknowledges, and our role in it cannot step around row-level security."""

from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.machinery.postgres.errors import UnfitDatabase
from kanta_tenancy.machinery.postgres.statements import Statement, statement

OLDEST: Final = 150000  # PostgreSQL 15, as server_version_num counts


class Fitness(Record, frozen=True, kw_only=True):
    """What a server says of itself and of the role that asks."""

    role: str
    is_superuser: bool
    bypasses_row_security: bool
    owns_tables: bool
    fsync: str
    synchronous_commit: str
    encoding: str
    version: int


READ: Final[Statement[Fitness]] = statement("postgres/fitness.read", Fitness)


async def ensure_fit(connection: Connection) -> None:
    """Return when this connection may serve.

    Raises:
        UnfitDatabase: it may not, for every reason named.
    """
    fitness = await READ.one(connection)
    if fitness is None:
        raise UnfitDatabase("The database does not know the role that we are.")
    sentences = faults(fitness)
    if sentences:
        raise UnfitDatabase(" ".join(sentences))


def faults(fitness: Fitness) -> list[str]:
    """Say what is wrong, one sentence each; an empty list means that the database is fit."""
    role = f"KANTA_DATABASE_URL connects as {fitness.role}, which"
    instead = "use kanta_service, which owns nothing."
    found = {
        f"{role} is a superuser: {instead}": fitness.is_superuser,
        f"{role} steps around row-level security: {instead}": fitness.bypasses_row_security,
        f"{role} owns the tables or may act as their owner: {instead}": fitness.owns_tables,
        "fsync is off in the database: what it acknowledges can be lost.": fitness.fsync != "on",
        "synchronous_commit is off in the database: what it acknowledges can be lost.": (
            fitness.synchronous_commit == "off"
        ),
        f"The database is encoded in {fitness.encoding}: it must be UTF8.": fitness.encoding != "UTF8",
        "The database is older than PostgreSQL 15.": fitness.version < OLDEST,
    }
    return [sentence for sentence, is_so in found.items() if is_so]
