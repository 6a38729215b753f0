"""Notices in PostgreSQL: written from any scope, read and put into mails by the main connector's alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.messages.model import Delivery, MessageId, NoticeId, Told, Waiting


class _Written(Record, frozen=True, kw_only=True):
    written: int


class _Realm(Record, frozen=True, kw_only=True):
    main_connector_id: MainConnectorId


class _Alone(Record, frozen=True, kw_only=True):
    alone: bool


TELL: Final[Statement[_Written]] = statement("messages/notice.tell", _Written)
DUE_REALMS: Final[Statement[_Realm]] = statement("messages/notice.due_realms", _Realm)
GATHER_ALONE: Final[Statement[_Alone]] = statement("messages/notice.gather_alone", _Alone)
WAITING: Final[Statement[Waiting]] = statement("messages/notice.waiting", Waiting)
TAKE: Final[Statement[Nothing]] = statement("messages/notice.take", Nothing)
WITHDRAW: Final[Statement[_Written]] = statement("messages/notice.withdraw", _Written)
DELIVERY: Final[Statement[Delivery]] = statement("messages/notice.delivery", Delivery)
OF_MESSAGE: Final[Statement[Told]] = statement("messages/notice.of_message", Told)


async def tell(tx: Transaction, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> int:
    """Write notices, and return how many were not told before."""
    row = await TELL.one(tx, main_connector_id=tx.scope.main_connector_id, told_at=at, told=rows)
    return 0 if row is None else row.written


async def delivery_of(tx: Transaction, key: str) -> Delivery | None:
    """Tell how far the mail of a notice has come; None: the scope has no notice of that key."""
    return await DELIVERY.one(tx, main_connector_id=tx.scope.main_connector_id, key=key)


async def due_realms(connection: Connection, *, now: datetime) -> list[MainConnectorId]:
    return [row.main_connector_id for row in await DUE_REALMS.all(connection, now=now)]


async def gathers_alone(tx: Transaction) -> bool:
    """Return whether nobody else gathers in this realm until the transaction ends."""
    row = await GATHER_ALONE.one(tx, main_connector_id=tx.scope.main_connector_id)
    return row is not None and row.alone


async def waiting(tx: Transaction, *, now: datetime, batch: int) -> list[Waiting]:
    return await WAITING.all(tx, main_connector_id=tx.scope.main_connector_id, now=now, batch=batch)


async def take(tx: Transaction, pairs: Sequence[tuple[MessageId, NoticeId]]) -> int:
    messages: list[UUID] = [message for message, _ in pairs]
    return await TAKE.run(tx, message_ids=messages, notice_ids=[notice for _, notice in pairs])


async def withdraw(tx: Transaction, notice_ids: Collection[NoticeId]) -> None:
    """Withdraw notices that no mail has taken."""
    await WITHDRAW.one(tx, notice_ids=list(notice_ids))


async def of_message(tx: Transaction, message_id: MessageId) -> tuple[Told, ...]:
    realm = tx.scope.main_connector_id
    return tuple(await OF_MESSAGE.all(tx, main_connector_id=realm, message_id=message_id))
