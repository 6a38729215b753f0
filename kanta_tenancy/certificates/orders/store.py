"""Orders in PostgreSQL. The only module that reads `sql/queries/certificates/order.sql`."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.certificates.orders.errors import CertificateNotOrdered, OrderChanged, OrderExists, OrderNotFound
from kanta_tenancy.certificates.orders.model import CertificateOrder, ListedOrder, OrderPosition, OrderState
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


class RequestContent(Record, frozen=True, kw_only=True):
    content: bytes


class OrderId(Record, frozen=True, kw_only=True):
    id: UUID


class Arrival(Record, frozen=True, kw_only=True):
    """A certificate that may be the one that was ordered."""

    order_id: UUID
    certificate_id: UUID
    content: bytes
    public_key: bytes  # of the request


INSERT: Final = statement("certificates/order.insert", Nothing)
FIND: Final = statement("certificates/order.find", CertificateOrder)
LOCK: Final = statement("certificates/order.lock", Version)
SAVE: Final = statement("certificates/order.save", Version)
PAGE: Final = statement("certificates/order.page", ListedOrder)
PAGE_OF_STATE: Final = statement("certificates/order.page_of_state", ListedOrder)
REPLACING: Final = statement("certificates/order.replacing", ListedOrder)
CONTENT: Final = statement("certificates/order.content", RequestContent)
OF_CERTIFICATE: Final = statement("certificates/order.of_certificate", OrderId)
ARRIVALS: Final = statement("certificates/order.arrivals", Arrival)

LATEST: Final = OrderPosition(ordered_on=date(9999, 12, 31), id=UUID(int=0))


async def add(tx: Transaction, order: CertificateOrder, *, content: bytes, public_key: bytes) -> None:
    """Write a new order with its request.

    Raises:
        OrderExists: another one with this key waits for its certificate.
    """
    old = order.old
    try:
        await INSERT.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            id=order.id,
            state=order.state,
            profile=order.profile,
            ordered_on=order.ordered_on,
            purpose=order.purpose,
            reference=order.reference,
            content=content,
            public_key=public_key,
            request=msgspec.to_builtins(order.request),
            replaces_id=None if old is None else old.id,
            old_serial=None if old is None else old.serial,
            old_ends_at=None if old is None else old.ends_at,
            old_same_key=None if old is None else old.same_key,
            version=order.version,
            recorded_at=order.recorded_at,
        )
    except asyncpg.UniqueViolationError as why:
        raise OrderExists("an order with the key of this request waits for its certificate") from why


async def find(tx: Transaction, order_id: UUID) -> CertificateOrder:
    """Read an order.

    Raises:
        OrderNotFound: the scope has none of that id.
    """
    order = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, order_id=order_id)
    if order is None:
        raise OrderNotFound(f"no order {order_id}")
    return order


async def hold(tx: Transaction, order_id: UUID) -> CertificateOrder:
    """Read an order and hold it until the transaction ends, at whichever version it is.

    Raises:
        OrderNotFound: the scope has none of that id.
    """
    await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, order_id=order_id)
    return await find(tx, order_id)


async def take(tx: Transaction, order_id: UUID, version: int) -> CertificateOrder:
    """Read an order and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        OrderNotFound: the scope has none of that id.
        OrderChanged: it is at another version.
    """
    order = await hold(tx, order_id)
    if order.version != version:
        raise OrderChanged(f"the order is at version {order.version}, not {version}", version=order.version)
    return order


async def save(tx: Transaction, order: CertificateOrder) -> None:
    """Write a later state of an order.

    Raises:
        OrderChanged: another transaction moved it first.
        CertificateNotOrdered: its certificate came by another order.
    """
    revocation = order.revocation
    try:
        saved = await SAVE.one(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            order_id=order.id,
            state=order.state,
            profile=order.profile,
            ordered_on=order.ordered_on,
            purpose=order.purpose,
            reference=order.reference,
            certificate_id=order.certificate_id,
            arrived_at=order.arrived_at,
            deployed_on=order.deployed_on,
            revoked_serial=None if revocation is None else revocation.serial,
            revoked_because=None if revocation is None else revocation.reason,
            revoked_on=None if revocation is None else revocation.on,
            ended_at=order.ended_at,
            ended_because=order.ended_because,
            version=order.version,
        )
    except asyncpg.UniqueViolationError as why:
        raise CertificateNotOrdered("another order has that certificate") from why
    if saved is None:
        raise OrderChanged(f"the order is no longer at version {order.version - 1}")


async def page(
    tx: Transaction, state: OrderState | None, *, after: OrderPosition | None, count: int
) -> list[ListedOrder]:
    """Read a page of orders, the latest day first.

    Args:
        state: those in this one; None: in every state.
    """
    begin = after or LATEST
    asked: dict[str, Any] = {
        "main_connector_id": tx.scope.main_connector_id,
        "before_day": begin.ordered_on,
        "before_id": begin.id,
        "count": count,
    }
    return await (PAGE.all(tx, **asked) if state is None else PAGE_OF_STATE.all(tx, state=state, **asked))


async def replacing(tx: Transaction, certificate_ids: Collection[UUID]) -> list[ListedOrder]:
    """Read the orders that are to replace some certificates, newest first."""
    return await REPLACING.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(certificate_ids))


async def content(tx: Transaction, order_id: UUID) -> bytes:
    """Read the request of an order, in DER.

    Raises:
        OrderNotFound: the scope has none of that id.
    """
    found = await CONTENT.one(tx, main_connector_id=tx.scope.main_connector_id, order_id=order_id)
    if found is None:
        raise OrderNotFound(f"no order {order_id}")
    return found.content


async def of_certificate(tx: Transaction, certificate_id: UUID) -> UUID | None:
    """Return by which order a certificate came; None: by none that is known."""
    found = await OF_CERTIFICATE.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    return None if found is None else found.id


async def arrivals(tx: Transaction, certificate_ids: Collection[UUID]) -> list[Arrival]:
    """Read those of some certificates that may be ordered ones, by order and then the oldest first."""
    return await ARRIVALS.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(certificate_ids))
