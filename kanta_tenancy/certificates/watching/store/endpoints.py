"""Watched servers in PostgreSQL. The only module that reads `sql/queries/certificates/endpoint.sql`."""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.certificates.watching.errors import EndpointChanged, EndpointNotFound, EndpointRefused, EndpointTaken
from kanta_tenancy.certificates.watching.model import Expected, Issuer, WatchedEndpoint
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("certificates/endpoint.insert", Nothing)
FIND: Final = statement("certificates/endpoint.find", WatchedEndpoint)
HOLD: Final = statement("certificates/endpoint.hold", WatchedEndpoint)
SAVE: Final = statement("certificates/endpoint.save", Nothing)
WATCHED: Final = statement("certificates/endpoint.watched", WatchedEndpoint)
EVERY: Final = statement("certificates/endpoint.every", WatchedEndpoint)
EXPECTED: Final = statement("certificates/endpoint.expected", Expected)
ISSUERS: Final = statement("certificates/endpoint.issuers", Issuer)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
_STATE: Final = (
    "id", "probe_every_hours", "expected_id", "system_id", "probed_at", "served_at", "failing_since", "ended_at",
    "ended_because", "version",
)  # fmt: skip
_NEW: Final = (
    "id", "host", "port", "server_name", "start_tls", "probe_every_hours", "expected_id", "system_id", "version",
    "created_at",
)  # fmt: skip


async def add(tx: Transaction, endpoint: WatchedEndpoint) -> None:
    """Write a server that is to be watched.

    Raises:
        EndpointTaken: it is watched already.
        EndpointRefused: the certificate or the system is none of the realm's.
    """
    said = msgspec.structs.asdict(endpoint)
    with _as_refusals():
        await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **{name: said[name] for name in _NEW})


async def find(tx: Transaction, endpoint_id: UUID) -> WatchedEndpoint | None:
    return await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, endpoint_id=endpoint_id)


async def hold(tx: Transaction, endpoint_id: UUID) -> WatchedEndpoint | None:
    """Read a server and hold it until the transaction ends."""
    return await HOLD.one(tx, main_connector_id=tx.scope.main_connector_id, endpoint_id=endpoint_id)


async def take(tx: Transaction, endpoint_id: UUID, version: int) -> WatchedEndpoint:
    """Read a server and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        EndpointNotFound: the scope has none of that id.
        EndpointChanged: it is at another version.
    """
    held = await hold(tx, endpoint_id)
    if held is None:
        raise EndpointNotFound(f"no watched server {endpoint_id}")
    if held.version != version:
        raise EndpointChanged(f"the server is at version {held.version}, not {version}", version=held.version)
    return held


async def save(tx: Transaction, endpoint: WatchedEndpoint) -> None:
    """Write a later state of a server that the transaction holds.

    Raises:
        EndpointRefused: the certificate or the system is none of the realm's.
    """
    said = msgspec.structs.asdict(endpoint)
    with _as_refusals():
        await SAVE.run(tx, main_connector_id=tx.scope.main_connector_id, **{name: said[name] for name in _STATE})


async def page(
    tx: Transaction, *, ended_too: bool, system_id: UUID | None, before: UUID | None, count: int
) -> list[WatchedEndpoint]:
    """Read a page of servers, newest first."""
    return await (EVERY if ended_too else WATCHED).all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        system_id=system_id,
        before=before or NEWEST_POSSIBLE,
        count=count,
    )


async def expected(
    tx: Transaction, *, expected_id: UUID | None, hosts: Sequence[str], day: date
) -> tuple[Expected, ...]:
    """Read which certificates should be served at an address on a day; none when nobody has said."""
    found = await EXPECTED.all(
        tx, main_connector_id=tx.scope.main_connector_id, expected_id=expected_id, hosts=list(hosts), day=day
    )
    return tuple(found)


async def issuers(tx: Transaction, names: Collection[str]) -> tuple[Issuer, ...]:
    """Read the certificates of authorities by the SHA-256 of their names."""
    return tuple(await ISSUERS.all(tx, main_connector_id=tx.scope.main_connector_id, names=list(names)))


@contextmanager
def _as_refusals() -> Generator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as why:
        raise EndpointTaken("a server at that address, asked for that name, is watched already") from why
    except asyncpg.ForeignKeyViolationError as why:
        raise EndpointRefused("the certificate or the system that was named is not there") from why
