"""Change notices in PostgreSQL. The only module that reads `sql/queries/joining/change_notice.sql`."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.joining.errors import ChangeNoticeChanged, ChangeNoticeNotFound
from kanta_tenancy.joining.model import ChangeNotice, Position, Wanted
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("joining/change_notice.insert", Nothing)
FORGET_TENANCIES: Final = statement("joining/change_notice.forget_tenancies", Nothing)
ADD_TENANCIES: Final = statement("joining/change_notice.add_tenancies", Nothing)
FIND: Final = statement("joining/change_notice.find", ChangeNotice)
LOCK: Final = statement("joining/change_notice.lock", Version)
SAVE: Final = statement("joining/change_notice.save", Version)
PAGE: Final = statement("joining/change_notice.page", ChangeNotice)

BEGINNING: Final = Position(due_on=date(1, 1, 1), id=UUID(int=0))


async def add(tx: Transaction, notice: ChangeNotice) -> None:
    await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=notice.id,
        status=notice.status,
        version=notice.version,
        created_at=notice.created_at,
        **_said(notice),
    )
    await _add_tenancies(tx, notice)


async def find(tx: Transaction, change_notice_id: UUID) -> ChangeNotice:
    """Read a notice.

    Raises:
        ChangeNoticeNotFound: the scope has none of that id.
    """
    notice = await FIND.one(tx, change_notice_id=change_notice_id)
    if notice is None:
        raise ChangeNoticeNotFound(f"no change notice {change_notice_id}")
    return notice


async def hold(tx: Transaction, change_notice_id: UUID) -> ChangeNotice:
    """Read a notice and hold it until the transaction ends.

    Raises:
        ChangeNoticeNotFound: the scope has none of that id.
    """
    if await LOCK.one(tx, change_notice_id=change_notice_id) is None:
        raise ChangeNoticeNotFound(f"no change notice {change_notice_id}")
    return await find(tx, change_notice_id)


async def take(tx: Transaction, change_notice_id: UUID, version: int) -> ChangeNotice:
    """Read a notice and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        ChangeNoticeNotFound: the scope has none of that id.
        ChangeNoticeChanged: it is at another version.
    """
    notice = await hold(tx, change_notice_id)
    if notice.version != version:
        raise ChangeNoticeChanged(f"the notice is at version {notice.version}, not {version}", version=notice.version)
    return notice


async def save(tx: Transaction, notice: ChangeNotice) -> None:
    """Write a later state.

    Raises:
        ChangeNoticeChanged: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        change_notice_id=notice.id,
        status=notice.status,
        version=notice.version,
        sent_on=notice.sent_on,
        sent_by=notice.sent_by,
        reference=notice.reference,
        because=notice.because,
        settled_at=notice.settled_at,
        **_said(notice),
    )
    if saved is None:
        raise ChangeNoticeChanged(f"the notice is no longer at version {notice.version - 1}")


async def save_plan(tx: Transaction, notice: ChangeNotice) -> None:
    """Write what a change is now said to be, and whom it concerns.

    Raises:
        ChangeNoticeChanged: another transaction moved it first.
    """
    await save(tx, notice)
    await FORGET_TENANCIES.run(tx, change_notice_id=notice.id)
    await _add_tenancies(tx, notice)


async def page(tx: Transaction, wanted: Wanted, *, after: Position | None, count: int) -> list[ChangeNotice]:
    """Read a page of notices, by due day."""
    begin = BEGINNING if after is None else after
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        statuses=list(wanted.statuses),
        after_due=begin.due_on,
        after_id=begin.id,
        count=count,
    )


def position(notice: ChangeNotice) -> Position:
    return Position(due_on=notice.due_on, id=notice.id)


async def _add_tenancies(tx: Transaction, notice: ChangeNotice) -> None:
    if notice.tenancy_ids:
        realm = tx.scope.main_connector_id
        await ADD_TENANCIES.run(
            tx, change_notice_id=notice.id, main_connector_id=realm, tenancy_ids=list(notice.tenancy_ids)
        )


def _said(notice: ChangeNotice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "description": notice.description,
        "services": notice.services,
        "known_on": notice.known_on,
        "effective_on": notice.effective_on,
        "due_on": notice.due_on,
        "explanation": msgspec.to_builtins(notice.explanation),
    }
