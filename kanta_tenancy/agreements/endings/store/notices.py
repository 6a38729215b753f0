"""Notices of termination in PostgreSQL."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.endings.errors import NoticeNotFound, OccurrenceChanged
from kanta_tenancy.agreements.endings.model import Notice
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/notice.insert", Nothing)
FIND: Final = statement("agreements/notice.find", Notice)
OF_AGREEMENT: Final = statement("agreements/notice.of_agreement", Notice)
SAVE: Final = statement("agreements/notice.save", Notice)


async def add(tx: Transaction, notice: Notice) -> None:
    said = msgspec.structs.asdict(notice)
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **said)


async def find(tx: Transaction, notice_id: UUID) -> Notice:
    """Read a notice.

    Raises:
        NoticeNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, notice_id=notice_id)
    if found is None:
        raise NoticeNotFound(f"no notice {notice_id}")
    return found


async def of_agreement(tx: Transaction, agreement: Agreement) -> list[Notice]:
    realm = tx.scope.main_connector_id
    return await OF_AGREEMENT.all(
        tx, main_connector_id=realm, tenancy_id=agreement.tenancy_id, agreement_id=agreement.id
    )


async def save(tx: Transaction, notice: Notice) -> None:
    """Write a changed notice.

    Raises:
        OccurrenceChanged: somebody else changed it first.
    """
    saved = await SAVE.one(
        tx,
        id=notice.id,
        delivered_on=notice.delivered_on,
        delivered_how=notice.delivered_how,
        main_connector_agrees_at=notice.main_connector_agrees_at,
        tenant_agrees_at=notice.tenant_agrees_at,
        version=notice.version,
    )
    if saved is None:
        raise OccurrenceChanged(f"the notice is no longer at version {notice.version - 1}")
