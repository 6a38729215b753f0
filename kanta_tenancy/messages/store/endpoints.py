"""Webhook endpoints in PostgreSQL."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import asdict

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.messages.errors import EndpointChanged, EndpointNotFound
from kanta_tenancy.messages.model import Endpoint, EndpointId, SaidEndpoint


class Subscribed(Record, frozen=True, kw_only=True):
    id: EndpointId
    tenancy_id: TenancyId | None


class _Open(Record, frozen=True, kw_only=True):
    open: int


class _Gone(Record, frozen=True, kw_only=True):
    gone: int


INSERT: Final[Statement[Endpoint]] = statement("messages/endpoint.insert", Endpoint)
COUNT_OPEN: Final[Statement[_Open]] = statement("messages/endpoint.count_open", _Open)
ONE_AT_A_TIME: Final[Statement[Nothing]] = statement("messages/endpoint.one_at_a_time", Nothing)
FIND: Final[Statement[Endpoint]] = statement("messages/endpoint.find", Endpoint)
FIND_FOR_UPDATE: Final[Statement[Endpoint]] = statement("messages/endpoint.find_for_update", Endpoint)
PAGE: Final[Statement[Endpoint]] = statement("messages/endpoint.page", Endpoint)
SUBSCRIBED: Final[Statement[Subscribed]] = statement("messages/endpoint.subscribed", Subscribed)
SAVE: Final[Statement[Endpoint]] = statement("messages/endpoint.save", Endpoint)
NOTE_ANSWER: Final[Statement[_Gone]] = statement("messages/endpoint.note_answer", _Gone)


async def insert(
    tx: Transaction, endpoint_id: EndpointId, said: SaidEndpoint, *, secret_key: str, at: datetime
) -> Endpoint:
    kept = await INSERT.one(
        tx,
        id=endpoint_id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tx.scope.tenancy_id,
        url=said.url,
        description=said.description,
        kinds=list(said.kinds),
        at=at,
        secret_key=secret_key,
    )
    return _found(kept, endpoint_id)


async def count_open(tx: Transaction, tenancy_id: TenancyId | None) -> int:
    """Return how many endpoints of an owner are open; no other one comes before the transaction ends."""
    await ONE_AT_A_TIME.run(tx, owner_id=tenancy_id or tx.scope.main_connector_id)
    row = await COUNT_OPEN.one(tx, main_connector_id=tx.scope.main_connector_id, tenancy_id=tenancy_id)
    return 0 if row is None else row.open


async def find(tx: Transaction, endpoint_id: EndpointId) -> Endpoint:
    """Read an endpoint.

    Raises:
        EndpointNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=endpoint_id), endpoint_id)


async def take(tx: Transaction, endpoint_id: EndpointId, version: int | None) -> Endpoint:
    """Read an endpoint and hold it until the transaction ends.

    Args:
        version: the one that the caller saw; None when it does not matter.

    Raises:
        EndpointNotFound: the scope has none of that id.
        EndpointChanged: it is at another version.
    """
    realm = tx.scope.main_connector_id
    held = _found(await FIND_FOR_UPDATE.one(tx, main_connector_id=realm, id=endpoint_id), endpoint_id)
    if version is not None and held.version != version:
        raise EndpointChanged(f"the endpoint is at version {held.version}", version=held.version)
    return held


async def page(tx: Transaction, *, after: UUID, limit: int) -> list[Endpoint]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, limit=limit)


async def subscribed(tx: Transaction, kind: str, *, tenancy_id: TenancyId | None, for_tenant: bool) -> list[Subscribed]:
    realm = tx.scope.main_connector_id
    return await SUBSCRIBED.all(tx, main_connector_id=realm, kind=kind, tenancy_id=tenancy_id, for_tenant=for_tenant)


async def save(tx: Transaction, changed: Endpoint) -> Endpoint:
    """Write a changed endpoint over the version it came from.

    Raises:
        EndpointChanged: another transaction changed it first.
    """
    fields = {name: value for name, value in asdict(changed).items() if name not in {"tenancy_id", "created_at"}}
    kept = await SAVE.one(tx, **fields | {"kinds": list(changed.kinds)}, main_connector_id=tx.scope.main_connector_id)
    if kept is None:
        raise EndpointChanged(f"the endpoint is no longer at version {changed.version - 1}")
    return kept


async def note_answer(tx: Transaction, endpoint_id: EndpointId, *, troubled: bool, gone: bool) -> int:
    """Note how an endpoint answered, and return how often in a row it has said that it is gone."""
    realm = tx.scope.main_connector_id
    row = await NOTE_ANSWER.one(tx, main_connector_id=realm, id=endpoint_id, troubled=troubled, gone=gone)
    return 0 if row is None else row.gone


def _found(endpoint: Endpoint | None, endpoint_id: EndpointId) -> Endpoint:
    if endpoint is None:
        raise EndpointNotFound(f"no webhook endpoint {endpoint_id}")
    return endpoint
