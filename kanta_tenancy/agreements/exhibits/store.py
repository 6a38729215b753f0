"""Files that show something, in PostgreSQL."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class ExhibitContent(Record, frozen=True, kw_only=True):
    content: bytes


INSERT: Final = statement("agreements/exhibit.insert", Nothing)
FIND: Final = statement("agreements/exhibit.find", Exhibit)
CONTENT: Final = statement("agreements/exhibit.content", ExhibitContent)


async def add(tx: Transaction, exhibit: Exhibit, content: bytes) -> None:
    said = msgspec.structs.asdict(exhibit)
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, content=content, **said)


async def find(tx: Transaction, exhibit_id: UUID) -> Exhibit:
    """Read what a file is.

    Raises:
        ExhibitNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, exhibit_id=exhibit_id)
    if found is None:
        raise ExhibitNotFound(f"no file {exhibit_id}")
    return found


async def check(tx: Transaction, exhibit_id: UUID | None, tenancy_id: TenancyId) -> None:
    """Refuse a file that is not there, or is another tenancy's.

    Raises:
        ExhibitNotFound: the tenancy has none of that id.
    """
    if exhibit_id is not None and (await find(tx, exhibit_id)).tenancy_id != tenancy_id:
        raise ExhibitNotFound(f"the tenancy has no file {exhibit_id}")


async def content(tx: Transaction, exhibit_id: UUID) -> bytes:
    """Read the bytes of a file.

    Raises:
        ExhibitNotFound: the scope has none of that id.
    """
    found = await CONTENT.one(tx, exhibit_id=exhibit_id)
    if found is None:
        raise ExhibitNotFound(f"no file {exhibit_id}")
    return found.content
